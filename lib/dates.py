"""Days and times in words, in the reader's language and in the time of Kiruna."""

import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as in_words
from django.utils.translation import gettext, pgettext

KIRUNA = ZoneInfo("Europe/Stockholm")


def day_of(when: datetime.date) -> datetime.date:
    """The day a moment falls on in Kiruna; a day is itself."""
    return timezone.localdate(when, KIRUNA) if isinstance(when, datetime.datetime) else when


def today() -> datetime.date:
    return timezone.localdate(timezone=KIRUNA)


def day(when: datetime.date) -> str:
    """måndag 7 december; with the year when it is another than this."""
    date = day_of(when)
    return in_words(date, "l j F" if date.year == today().year else "l j F Y")


def day_year(when: datetime.date) -> str:
    """12 november 2026"""
    return in_words(day_of(when), "j F Y")


def quarter(first: datetime.date) -> str:
    """okt–dec 2026, for the quarter that begins on the day"""
    last = first.replace(month=first.month + 2)
    return f"{in_words(first, 'M')}–{in_words(last, 'M Y')}"


def clock(when: datetime.datetime) -> str:
    """14.02 in Swedish, 14:02 in English"""
    return in_words(timezone.localtime(when, KIRUNA), pgettext("time format", "H:i"))


def moment(when: datetime.datetime) -> str:
    """i dag 08.12, i går 15.40, fredag 13.05 within the last week, otherwise 5 november 14.05 (and the year when it is another)."""
    date = day_of(when)
    away = (date - today()).days
    words = in_words(date, "l") if -7 < away < -1 else _near(date) or in_words(date, "j F" if date.year == today().year else "j F Y")
    return f"{words} {clock(when)}"


def relative_day(when: datetime.date) -> str:
    """i dag, i går, i morgon, på onsdag, i onsdags; more than six days away the day itself."""
    return _near(day_of(when)) or day(when)


def _near(date: datetime.date) -> str:
    weekday = {"weekday": in_words(date, "l")}
    match (date - today()).days:
        case 0:
            return gettext("today")
        case 1:
            return gettext("tomorrow")
        case -1:
            return gettext("yesterday")
        case away if 1 < away < 7:
            return gettext("on %(weekday)s") % weekday
        case away if -7 < away < -1:
            return gettext("last %(weekday)s") % weekday
        case _:
            return ""
