"""The promise: the day by which the author hears back. Counted in Swedish working days, per organisation.

How it stands now is written on the contribution, by the steps. What was promised by whom and how it went is kept in PromiseRecord, so that
neither handing over nor taking back wipes it out.
"""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from contributions.enums import Ending
from contributions.models import Contribution, PromiseRecord, TrailEntry
from lib.working_days import add_working_days, working_days_between
from organisation.models import Organisation

COLUMNS = {"promised_on", "answered_at", "promise_paused_at"}


def promise_day(organisation: Organisation, sent_on: datetime.date | None = None) -> datetime.date:
    """The day an answer is promised for something sent on the given day (today when left out)."""
    return add_working_days(sent_on or timezone.localdate(), organisation.answer_within, organisation.days_off)


def started(contribution: Contribution, now: datetime.datetime) -> dict[str, Any]:
    day = promise_day(contribution.owner_organisation, timezone.localdate(now))
    return {"promised_on": day, "answered_at": None, "promise_paused_at": None}


def handed_over(contribution: Contribution, owner: Organisation, now: datetime.datetime) -> dict[str, Any]:
    """The new owner's own promise, from today on; one that waits for the author goes on waiting. What is answered is answered."""
    if contribution.answered_at or contribution.promised_on is None:
        return {}
    return {
        "promised_on": promise_day(owner, timezone.localdate(now)),
        "promise_paused_at": now if contribution.promise_paused_at else None,
    }


def paused(contribution: Contribution, now: datetime.datetime) -> dict[str, Any]:
    if contribution.answered_at or contribution.promise_paused_at:
        return {}
    return {"promise_paused_at": now}


def resumed(contribution: Contribution, now: datetime.datetime) -> dict[str, Any]:
    """The day moves on by as many working days as the promise waited."""
    if contribution.promise_paused_at is None or contribution.promised_on is None:
        return {}
    off = contribution.owner_organisation.days_off
    waited = working_days_between(timezone.localdate(contribution.promise_paused_at), timezone.localdate(now), off)
    day = add_working_days(contribution.promised_on, waited, off) if waited > 0 else contribution.promised_on
    return {"promised_on": day, "promise_paused_at": None}


def answered(contribution: Contribution, now: datetime.datetime) -> dict[str, Any]:
    """Kept by the first step with text to the author; later ones change nothing."""
    if contribution.answered_at:
        return {}
    return {**resumed(contribution, now), "answered_at": now}


def ended(_contribution: Contribution, _now: datetime.datetime) -> dict[str, Any]:
    return {"promised_on": None, "answered_at": None, "promise_paused_at": None}


def follow(contribution: Contribution, entry: TrailEntry) -> None:
    """Keep the record true to what a step has just done to the promise."""
    if not COLUMNS & entry.before.keys():
        return
    running = PromiseRecord.objects.filter(contribution=contribution, ended_at__isnull=True).first()
    ending = _ending(contribution, entry)
    if running and ending:
        _end(running, contribution, entry, ending)
    elif running:
        _move(running, contribution)
    if ending == Ending.HANDED_OVER or entry.before.get("promised_on", contribution.promised_on) is None:
        give(contribution, entry)


def give(contribution: Contribution, entry: TrailEntry) -> None:
    record = record_of(contribution)
    record.given_by, record.started_at = entry, entry.at
    record.save(force_insert=True)


def take_back(contribution: Contribution, undone: TrailEntry) -> None:
    """A step has been undone: what it gave was never given, and what it ended runs on."""
    PromiseRecord.objects.filter(given_by=undone).delete()
    PromiseRecord.objects.filter(ended_by=undone).update(ended_by=None, ended_at=None, ending="", is_kept=None, took=None)
    running = PromiseRecord.objects.filter(contribution=contribution, ended_at__isnull=True).first()
    if running:
        _move(running, contribution)


def record_of(contribution: Contribution) -> PromiseRecord:
    """The record of a sent contribution as its columns tell it, unsaved: of one promise, by its owner."""
    assert contribution.promised_on
    assert contribution.submitted_at
    record = PromiseRecord(
        contribution_id=contribution.pk,
        organisation_id=contribution.owner_organisation_id,
        started_at=contribution.submitted_at,
        first_promised_on=contribution.promised_on,
        promised_on=contribution.promised_on,
        paused_at=contribution.promise_paused_at,
    )
    if contribution.answered_at:
        record.started_at = min(record.started_at, contribution.answered_at)
        _answer(record, contribution.answered_at, contribution.owner_organisation)
    return record


def _ending(contribution: Contribution, entry: TrailEntry) -> Ending | None:
    """How the step ended the promise, if it did."""
    if contribution.promised_on is None:
        return Ending.WITHDRAWN
    if entry.before.get("owner_organisation_id", contribution.owner_organisation_id) != contribution.owner_organisation_id:
        return Ending.HANDED_OVER
    return Ending.ANSWERED if contribution.answered_at else None


def _move(record: PromiseRecord, contribution: Contribution) -> None:
    if contribution.promised_on is not None:
        record.promised_on, record.paused_at = contribution.promised_on, contribution.promise_paused_at
        record.save(update_fields=["promised_on", "paused_at"])


def _end(record: PromiseRecord, contribution: Contribution, entry: TrailEntry, ending: Ending) -> None:
    """Without an answer a promise is broken when its day had passed, and says nothing of how it was kept when not."""
    if ending == Ending.ANSWERED:
        assert contribution.promised_on
        record.promised_on = contribution.promised_on
        _answer(record, entry.at, contribution.owner_organisation)
    else:
        was_late = timezone.localdate(record.paused_at or entry.at) > record.promised_on
        record.ending, record.is_kept, record.ended_at = ending, False if was_late else None, max(entry.at, record.started_at)
    record.ended_by = entry
    record.save(update_fields=["promised_on", "paused_at", "ending", "is_kept", "ended_at", "ended_by", "took"])


def _answer(record: PromiseRecord, at: datetime.datetime, organisation: Organisation) -> None:
    day, off = timezone.localdate(at), organisation.days_off
    waited = working_days_between(record.first_promised_on, record.promised_on, off)
    record.took = max(0, working_days_between(timezone.localdate(record.started_at), day, off) - waited)
    record.ending, record.ended_at, record.is_kept = Ending.ANSWERED, max(at, record.started_at), day <= record.promised_on
    record.paused_at = None
