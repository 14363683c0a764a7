import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.working_days import add_working_days, days_off, is_working_day, working_days_between

DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2040, 12, 31))

DAYS_OFF = """
2025: 01-01 01-06 04-18 04-21 05-01 05-29 06-06 06-20 12-24 12-25 12-26 12-31
2026: 01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31
2027: 01-01 01-06 03-26 03-29 05-06 06-25 12-24 12-31
2028: 01-06 04-14 04-17 05-01 05-25 06-06 06-23 12-25 12-26
"""


@pytest.mark.parametrize("line", DAYS_OFF.strip().splitlines())
def test_days_off_of_a_year_as_the_almanac_has_them(line: str) -> None:
    year, days = line.split(": ")
    assert days_off(int(year)) == {dt.date.fromisoformat(f"{year}-{day}") for day in days.split()}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2026-04-02", True),  # Maundy Thursday
        ("2026-04-03", False),  # Good Friday
        ("2026-04-04", False),  # Saturday
        ("2026-04-30", True),  # Walpurgis Night
        ("2026-05-25", True),  # Whit Monday has been an ordinary day since 2005
        ("2026-06-05", True),
        ("2026-06-18", True),
        ("2026-06-19", False),  # Midsummer Eve
        ("2026-10-30", True),
        ("2028-06-06", False),  # the national day on a Tuesday
    ],
)
def test_is_working_day(day: str, works: bool) -> None:
    assert is_working_day(dt.date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("day", "n", "expected"),
    [
        ("2026-11-23", 10, "2026-12-07"),
        ("2026-11-23", 0, "2026-11-23"),
        ("2026-11-21", 0, "2026-11-23"),  # from a Saturday
        ("2026-11-21", 1, "2026-11-23"),
        ("2026-04-02", 1, "2026-04-07"),  # over Easter
        ("2026-04-30", 1, "2026-05-04"),  # over 1 May, a Friday
        ("2026-05-13", 1, "2026-05-15"),  # over Ascension Day
        ("2026-06-18", 1, "2026-06-22"),  # over Midsummer
        ("2028-06-05", 1, "2028-06-07"),  # over the national day
        ("2026-12-23", 1, "2026-12-28"),  # over Christmas
        ("2026-12-30", 1, "2027-01-04"),  # over the turn of the year
        ("2026-12-18", 10, "2027-01-08"),
    ],
)
def test_add_working_days(day: str, n: int, expected: str) -> None:
    assert add_working_days(dt.date.fromisoformat(day), n) == dt.date.fromisoformat(expected)


def test_working_days_are_never_taken_away() -> None:
    with pytest.raises(ValueError, match="only added"):
        add_working_days(dt.date(2026, 11, 23), -1)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-11-23", "2026-12-07", 10),
        ("2026-12-07", "2026-11-23", -10),
        ("2026-11-23", "2026-11-23", 0),
        ("2026-11-20", "2026-11-22", 0),
        ("2026-12-23", "2027-01-07", 6),
        ("2025-12-31", "2026-12-31", 251),
    ],
)
def test_working_days_between(start: str, end: str, expected: int) -> None:
    assert working_days_between(dt.date.fromisoformat(start), dt.date.fromisoformat(end)) == expected


@given(DAYS, st.integers(1, 300))
def test_what_is_added_is_what_lies_between(day: dt.date, n: int) -> None:
    end = add_working_days(day, n)
    assert is_working_day(end)
    assert working_days_between(day, end) == n


@given(DAYS, DAYS)
def test_between_counts_each_working_day(start: dt.date, end: dt.date) -> None:
    first, last = sorted((start, end))
    counted = sum(is_working_day(first + dt.timedelta(days=n)) for n in range(1, (last - first).days + 1))
    assert working_days_between(first, last) == counted == -working_days_between(last, first)
