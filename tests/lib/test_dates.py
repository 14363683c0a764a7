import datetime as dt
from typing import Any

import pytest
import time_machine
from django.template import Context, Template
from django.utils import translation

from lib.dates import KIRUNA

NOW = dt.datetime(2026, 11, 25, 9, 30, tzinfo=KIRUNA)  # a Wednesday


def shown(expression: str, language: str, value: Any) -> str:
    with translation.override(language), time_machine.travel(NOW, tick=False):
        return Template("{% load kiruna %}{{ value|" + expression + " }}").render(Context({"value": value}))


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=KIRUNA).astimezone(dt.UTC)


@pytest.mark.parametrize(
    ("expression", "value", "swedish", "english"),
    [
        ("day", dt.date(2026, 12, 7), "måndag 7 december", "Monday 7 December"),
        ("day", dt.date(2027, 1, 4), "måndag 4 januari 2027", "Monday 4 January 2027"),
        ("day", at("2026-12-07 00:30"), "måndag 7 december", "Monday 7 December"),
        ("day", at("2027-01-01 00:30"), "fredag 1 januari 2027", "Friday 1 January 2027"),
        ("day_year", dt.date(2026, 11, 12), "12 november 2026", "12 November 2026"),
        ("clock", at("2026-11-25 14:02"), "14.02", "14:02"),
        ("clock", at("2026-07-01 08:05"), "08.05", "08:05"),
        ("moment", at("2026-11-25 08:12"), "i dag 08.12", "today 08:12"),
        ("moment", at("2026-11-25 00:01"), "i dag 00.01", "today 00:01"),
        ("moment", at("2026-11-24 23:59"), "i går 23.59", "yesterday 23:59"),
        ("moment", at("2026-11-20 13:05"), "fredag 13.05", "Friday 13:05"),
        ("moment", at("2026-11-19 13:05"), "torsdag 13.05", "Thursday 13:05"),
        ("moment", at("2026-11-18 13:05"), "18 november 13.05", "18 November 13:05"),
        ("moment", at("2025-11-05 14:05"), "5 november 2025 14.05", "5 November 2025 14:05"),
        ("moment", at("2026-11-26 07:00"), "i morgon 07.00", "tomorrow 07:00"),
        ("moment", at("2026-11-27 07:00"), "på fredag 07.00", "on Friday 07:00"),
        ("relative_day", dt.date(2026, 11, 25), "i dag", "today"),
        ("relative_day", dt.date(2026, 11, 24), "i går", "yesterday"),
        ("relative_day", dt.date(2026, 11, 26), "i morgon", "tomorrow"),
        ("relative_day", at("2026-11-26 00:30"), "i morgon", "tomorrow"),
        ("relative_day", dt.date(2026, 11, 27), "på fredag", "on Friday"),
        ("relative_day", dt.date(2026, 12, 1), "på tisdag", "on Tuesday"),
        ("relative_day", dt.date(2026, 12, 2), "onsdag 2 december", "Wednesday 2 December"),
        ("relative_day", dt.date(2026, 11, 23), "i måndags", "last Monday"),
        ("relative_day", dt.date(2026, 11, 22), "i söndags", "last Sunday"),
        ("relative_day", dt.date(2026, 11, 18), "onsdag 18 november", "Wednesday 18 November"),
    ],
)
def test_days_and_times_in_words(expression: str, value: dt.date, swedish: str, english: str) -> None:
    assert (shown(expression, "sv", value), shown(expression, "en", value)) == (swedish, english)


@time_machine.travel(dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC), tick=False)
def test_the_year_turns_when_it_does_in_kiruna() -> None:
    template = Template("{% load kiruna %}{{ value|day }}")
    assert template.render(Context({"value": dt.date(2027, 1, 4)})) == "måndag 4 januari"


@pytest.mark.parametrize("expression", ["day", "day_year", "clock", "moment", "relative_day", "initials", "markdown", "excerpt"])
@pytest.mark.parametrize("value", [None, ""])
def test_nothing_gives_nothing(expression: str, value: object) -> None:
    assert shown(expression, "sv", value) == ""


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Sanna Nilsson", "SN"),
        ("Anna-Lena af Åström", "AÅ"),
        ("sanna", "S"),
        ("“Bo” (Ek)", "BE"),
        ("<b> &", "B"),
        ("- -", ""),
        ("Øyvind ßtein", "ØSS"),
    ],
)
def test_initials(name: str, letters: str) -> None:
    assert shown("initials", "sv", name) == letters


def test_markdown_is_rendered_and_an_excerpt_escaped() -> None:
    assert shown("markdown", "sv", "**a** <b>") == "<p><strong>a</strong> &lt;b&gt;</p>"
    assert shown("excerpt:8", "sv", "**a** <b> ccc") == "a &lt;b&gt;…"
