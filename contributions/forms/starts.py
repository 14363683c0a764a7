"""Beginnings of an answer that says no, one for each reason. Each has places in square brackets to fill in; none can be sent with them left."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.enums import ReasonCode
from lib.dates import day as day_words
from lib.working_days import add_working_days

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

PLACE = re.compile(r"\[[^\[\]\n]{1,120}\](?!\()")
"""Something left to fill in; a link in Markdown is none."""


@dataclass(frozen=True)
class Start:
    """How an answer may begin: why, and what would change it."""

    reason: str | StrPromise
    change: str | StrPromise


STARTS: Mapping[ReasonCode, Start] = {
    ReasonCode.LAW: Start(
        gettext_lazy(
            "Thank you for telling us. What you describe is a real problem. We cannot do it the way you propose, because [the law or the "
            "agreement, in plain words] says that [what it says]. We have asked [whom]."
        ),
        gettext_lazy("If [the rule or the agreement] changes, or if it can be done without [what stands in the way]."),
    ),
    ReasonCode.DONE_ELSEWHERE: Start(
        gettext_lazy(
            "Thank you for telling us. You are not alone: [who] works with the same thing now and has come to [how far]. You are welcome to "
            "join them: talk to [name]."
        ),
        gettext_lazy("If what they do does not solve it for you. Tell us [how and when]."),
    ),
    ReasonCode.MONEY: Start(
        gettext_lazy(
            "Thank you for telling us. We think that it would help, but there is no money for it this year: it would cost about [sum], and "
            "[what the money goes to] comes first. [What can be done already now at no cost.]"
        ),
        gettext_lazy("If [who] puts money aside in the budget for [year], or if it can be done for less than [sum]."),
    ),
    ReasonCode.SCOPE: Start(
        gettext_lazy(
            "Thank you for telling us. We may not do this ourselves, because it is the task of [who]. We have [what you have done to pass it on]."
        ),
        gettext_lazy("If [who] asks us to take part, or if [what] becomes our task."),
    ),
}


def check_filled_in(text: str) -> None:
    """Raises ValidationError where a place is left to fill in."""
    if place := PLACE.search(text):
        raise ValidationError(_("Fill in or take away what stands in square brackets: %(place)s") % {"place": place[0]})


def begun(reason_code: str) -> Start | None:
    return STARTS.get(ReasonCode(reason_code)) if reason_code in ReasonCode.values else None


def quick_days(today: datetime.date) -> list[tuple[str, str, str]]:
    """A week, a month and a quarter ahead, never on a day off: the day as a form takes it, the choice in words, the day in words."""
    choices = ((7, _("A week")), (30, _("A month")), (91, _("A quarter")))
    days = [(add_working_days(today + datetime.timedelta(days=ahead), 0), words) for ahead, words in choices]
    return [(day.isoformat(), words, str(day_words(day))) for day, words in days]
