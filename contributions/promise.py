"""The promise: the day by which the author hears back. Counted in Swedish working days, per organisation."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from lib.working_days import add_working_days, working_days_between

if TYPE_CHECKING:
    from contributions.models import Contribution
    from organisation.models import Organisation


def promise_day(organisation: Organisation, sent_on: datetime.date | None = None) -> datetime.date:
    """The day an answer is promised for something sent on the given day (today when left out)."""
    return add_working_days(sent_on or timezone.localdate(), organisation.answer_within)


def started(contribution: Contribution, now: datetime.datetime) -> dict[str, Any]:
    day = promise_day(contribution.owner_organisation, timezone.localdate(now))
    return {"promised_on": day, "answered_at": None, "promise_paused_at": None}


def paused(contribution: Contribution, now: datetime.datetime) -> dict[str, Any]:
    if contribution.answered_at or contribution.promise_paused_at:
        return {}
    return {"promise_paused_at": now}


def resumed(contribution: Contribution, now: datetime.datetime) -> dict[str, Any]:
    """The day moves on by as many working days as the promise waited."""
    if contribution.promise_paused_at is None or contribution.promised_on is None:
        return {}
    waited = working_days_between(timezone.localdate(contribution.promise_paused_at), timezone.localdate(now))
    day = add_working_days(contribution.promised_on, waited) if waited > 0 else contribution.promised_on
    return {"promised_on": day, "promise_paused_at": None}


def answered(contribution: Contribution, now: datetime.datetime) -> dict[str, Any]:
    """Kept by the first step with text to the author; later ones change nothing."""
    if contribution.answered_at:
        return {}
    return {**resumed(contribution, now), "answered_at": now}


def ended(_contribution: Contribution, _now: datetime.datetime) -> dict[str, Any]:
    return {"promised_on": None, "answered_at": None, "promise_paused_at": None}
