"""The way on from a plan to a test, and the small tests."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.actions.stages import Overtaken, locked_for, moved
from challenges.enums import Verdict, WayKind
from challenges.models import Trial, Way
from challenges.queries.trials import footing_problem, learnt, named
from contributions.lifecycle import advance, note_on_trail
from contributions.models import Contribution
from lib.dates import day_year
from lib.registration import check_registration_number
from organisation.models import Person

WAY_CHOSEN, WAY_MOVED = "way_chosen", "way_moved"


@transaction.atomic
def choose_way(*, by: Person, challenge: Contribution, kind: WayKind, standing: int | None, reason: str = "", **footing: Any) -> Way:
    """Small: `manager`, `yes_on`, `stops_on`. Formal: `body`, `ground`. `standing` is the id of the way that the person saw, or None.

    Where one stands it ends, with the reason. Raises PermissionDenied, Overtaken, or ValidationError keyed by field.
    """
    locked = locked_for(by, challenge.pk, "challenges.plan")
    before = Way.objects.filter(contribution=locked, ended_at__isnull=True).first()
    if (before.pk if before else None) != standing:
        raise Overtaken(before)
    if before and not reason:
        raise ValidationError({"reason": _("Say why another way is needed, so that it can be read afterwards.")})
    if kind == WayKind.SMALL:
        _check_small(locked, footing["yes_on"], footing["stops_on"])
    if before:
        before.ended_at, before.reason = timezone.now(), reason
        before.save(update_fields=["ended_at", "reason"])
    way = Way.objects.create(contribution=locked, kind=kind, chosen_by=by, **footing)
    note_on_trail(by=by, contribution=locked, step=WAY_MOVED if before else WAY_CHOSEN, text=way_in_words(way, reason))
    moved(locked)
    return way


def _check_small(locked: Contribution, yes_on: datetime.date, stops_on: datetime.date) -> None:
    """The yes has been, the stop is to come, and what is being tried already stops no later."""
    today = timezone.localdate()
    if yes_on > today:
        raise ValidationError({"yes_on": _("Choose a day that has been. Without a yes there is no test yet.")})
    if stops_on <= today:
        raise ValidationError({"stops_on": _("Choose tomorrow or a later day.")})
    if beyond := list(Trial.objects.filter(contribution=locked, ended_at__isnull=True, stops_on__gt=stops_on)):
        words = _("Goes on longer: %(tests)s. Choose a day no earlier, or write first what happened there.")
        raise ValidationError({"stops_on": words % {"tests": named(beyond)}})


def way_in_words(way: Way, reason: str = "") -> str:
    if way.kind == WayKind.SMALL:
        words = _("Try on a small scale, with a yes from %(manager)s %(day)s, at the longest until %(stop)s.") % {
            "manager": way.manager,
            "day": day_year(way.yes_on or timezone.localdate()),
            "stop": day_year(way.stops_on or timezone.localdate()),
        }
    else:
        words = _("Needs a formal decision by %(body)s. Ground: %(ground)s") % {"body": way.body, "ground": way.ground}
    return f"{words}\n\n{reason}" if reason else words


@transaction.atomic
def record_decision(*, by: Person, way: Way, granted: bool, decision: str, decided_on: datetime.date, registration_number: str) -> Way:
    """The decision that was waited for. It stands on the trail as every decision does, and cannot be taken back there: the way holds it."""
    locked = locked_for(by, way.contribution_id, "challenges.record_decision")
    row = Way.objects.get(pk=way.pk)
    if not row.awaits or row.ended_at:
        raise Overtaken(row)
    if decided_on > timezone.localdate():
        raise ValidationError({"decided_on": _("Choose a day that has been.")})
    check_registration_number(registration_number)
    row.decided_on, row.registration_number, row.refused = decided_on, registration_number, not granted
    row.save(update_fields=["decided_on", "registration_number", "refused"])
    answer = _("The decision was a yes.") if granted else _("The decision was a no.")
    values = {
        "reason": f"{answer}\n\n{decision}", "decided_by": row.body, "decided_on": decided_on, "ground": row.ground, "registration_number": registration_number,
    }  # fmt: skip
    advance(by=by, contribution=locked, step="decide", values=values, final=True)
    return row


@transaction.atomic
def begin_trial(*, by: Person, challenge: Contribution, values: Mapping[str, Any]) -> Trial:
    """`values`: believed, tried, place, starts_on, stops_on. It stops in the time to come, and no later than the small scale allows."""
    locked = locked_for(by, challenge.pk, "challenges.try")
    starts_on, stops_on = values["starts_on"], values["stops_on"]
    if stops_on < timezone.localdate():
        raise ValidationError({"stops_on": _("Choose today or a day to come.")})
    if stops_on < starts_on:
        raise ValidationError({"stops_on": _("The test cannot stop before it starts.")})
    way = Way.objects.filter(contribution=locked, ended_at__isnull=True).first()
    if problem := footing_problem(way, timezone.localdate()):
        raise ValidationError(problem)
    if way and way.stops_on and stops_on > way.stops_on:
        raise ValidationError(
            {"stops_on": _("The small scale holds until %(day)s. Choose a day no later.") % {"day": day_year(way.stops_on)}}
        )
    trial = Trial.objects.create(contribution=locked, created_by=by, **values)
    moved(locked)
    return trial


@transaction.atomic
def end_trial(*, by: Person, trial: Trial, happened: str, onward: str, verdict: Verdict) -> Trial:
    """What was learnt becomes a learning on the trail, whatever became of the challenge meanwhile. Raises Overtaken when it has ended already."""
    locked = locked_for(by, trial.contribution_id, "challenges.end_trial")
    row = Trial.objects.get(pk=trial.pk)
    if row.ended_at:
        raise Overtaken(row)
    row.happened, row.next, row.verdict, row.ended_at, row.ended_by = happened, onward, verdict, timezone.now(), by
    row.save(update_fields=["happened", "next", "verdict", "ended_at", "ended_by"])
    advance(by=by, contribution=locked, step="learn", values=learnt(row), final=True)
    return row
