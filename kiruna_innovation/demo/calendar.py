"""Times counted in working days from the day the demo is loaded, so that nobody decides anything on a Sunday."""

import datetime
from collections.abc import Callable

from django.utils import timezone

from lib.working_days import add_working_days, is_working_day

Event = tuple[datetime.datetime, Callable[[datetime.datetime], None]]
"""When something happens, and what."""
_DAY = datetime.timedelta(days=1)
_FRIDAY = 4


class Calendar:
    """What the texts' `3 06.40`, `-12` and `friday` mean, seen from one moment."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now
        self.today = timezone.localdate(now)
        self._past = [self.today]

    def day(self, ahead: int | str) -> datetime.date:
        """So many working days ahead (negative: back); `friday` is the coming one, never today."""
        if ahead == "friday":
            day = self.today + _DAY
            while day.weekday() != _FRIDAY:
                day += _DAY
            return day
        ahead = int(ahead)
        return add_working_days(self.today, ahead) if ahead > 0 else self._back(-ahead)

    def moment(self, at: str) -> datetime.datetime:
        """`3 06.40`: twenty to seven, three working days ago."""
        ago, clock = at.split()
        hour, minute = clock.split(".")
        return timezone.make_aware(datetime.datetime.combine(self._back(int(ago)), datetime.time(int(hour), int(minute))))

    def _back(self, days: int) -> datetime.date:
        while len(self._past) <= days:
            day = self._past[-1] - _DAY
            while not is_working_day(day):
                day -= _DAY
            self._past.append(day)
        return self._past[days]
