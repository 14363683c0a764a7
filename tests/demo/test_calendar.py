"""Times counted in working days."""

import datetime

import pytest
from django.utils import timezone

from kiruna_innovation.demo.calendar import Calendar


def seen_from(year: int, month: int, day: int) -> Calendar:
    return Calendar(datetime.datetime(year, month, day, 9, 30, tzinfo=timezone.get_default_timezone()))


@pytest.mark.parametrize(
    ("today", "at", "expected"),
    [
        ((2026, 11, 23), "3 06.40", "2026-11-18T06:40:00+01:00"),
        ((2026, 11, 22), "1 14.02", "2026-11-20T14:02:00+01:00"),  # a Sunday: Friday was the last working day
        ((2027, 1, 7), "1 08.00", "2027-01-05T08:00:00+01:00"),  # Epiphany between
        ((2026, 11, 23), "50 07.00", "2026-09-14T07:00:00+02:00"),  # summer time then
    ],
)
def test_a_moment_is_so_many_working_days_ago(today: tuple[int, int, int], at: str, expected: str) -> None:
    assert timezone.localtime(seen_from(*today).moment(at)).isoformat() == expected


@pytest.mark.parametrize(
    ("today", "ahead", "expected"),
    [
        ((2026, 11, 23), 0, "2026-11-23"),
        ((2026, 11, 23), 9, "2026-12-04"),
        ((2026, 11, 23), -4, "2026-11-17"),
        ((2026, 11, 23), "friday", "2026-11-27"),
        ((2026, 11, 27), "friday", "2026-12-04"),
    ],
)
def test_a_day_is_so_many_working_days_ahead(today: tuple[int, int, int], ahead: int | str, expected: str) -> None:
    assert seen_from(*today).day(ahead).isoformat() == expected
