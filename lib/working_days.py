"""Swedish working days: Monday to Friday, public holidays and three eves off.

Public holidays are those of lagen (1989:253) om allmänna helgdagar. Midsummer Eve, Christmas Eve and New Year's Eve are
counted with them, as semesterlagen (1977:480) 3 a § does: "Med söndag jämställs allmän helgdag samt midsommarafton,
julafton och nyårsafton."

`off` are further days that are no working days, such as those on which an organisation is closed.
"""

import datetime
from collections.abc import Collection
from functools import cache

from holidays.constants import DE_FACTO, PUBLIC
from holidays.countries.sweden import Sweden

_DAY = datetime.timedelta(days=1)
_SATURDAY = 5


@cache
def days_off(year: int) -> frozenset[datetime.date]:
    """The holidays and eves of the year that fall on Monday to Friday."""
    holidays = Sweden(years=year, expand=False, categories=(PUBLIC, DE_FACTO))
    return frozenset(day for day in holidays if day.weekday() < _SATURDAY)


def is_working_day(day: datetime.date, off: Collection[datetime.date] = ()) -> bool:
    return day.weekday() < _SATURDAY and day not in days_off(day.year) and day not in off


def add_working_days(day: datetime.date, n: int, off: Collection[datetime.date] = ()) -> datetime.date:
    """The n-th working day after the day. With n=0 the day itself, or the next working day when it is none."""
    if n < 0:
        raise ValueError("Working days are only added.")
    while n > 0:
        day += _DAY
        n -= is_working_day(day, off)
    while not is_working_day(day, off):
        day += _DAY
    return day


def working_days_between(start: datetime.date, end: datetime.date, off: Collection[datetime.date] = ()) -> int:
    """How many working days lie after start, up to and with end. Negative when end comes before start."""
    if end < start:
        return -working_days_between(end, start, off)
    weeks, rest = divmod((end - start).days, 7)
    weekdays = weeks * 5 + sum((start + _DAY * n).weekday() < _SATURDAY for n in range(1, rest + 1))
    closed = {day for day in off if day.weekday() < _SATURDAY}.union(*(days_off(year) for year in range(start.year, end.year + 1)))
    return weekdays - sum(start < day <= end for day in closed)
