"""Assessing the ideas that answer a challenge. Everything under the challenge's lock; results are open once it is closed, and closed for good.

It closes by itself when no more ideas can come and at least two who were asked have assessed all of them; otherwise whoever leads it closes it.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.actions.stages import Overtaken
from challenges.actions.understanding import held
from challenges.actions.windows import CLOSES_WINDOW, leads
from challenges.models import Assessment, AssessmentNote, Assessor, Criterion, NoteReply, Score
from challenges.queries.assessing import (
    FEWEST,
    PAST_IDEAS,
    assessable,
    criteria_of,
    is_begun,
    is_written_by,
    left_to_assess,
    takes_no_more_ideas,
)
from contributions.enums import Status
from contributions.lifecycle import lock, note_on_trail
from contributions.models import Contribution
from contributions.rules import readers_of
from notifications import outbox
from organisation.models import Person

MOST_ASSESSORS = 10
BEGAN, ENDED, ENDED_EARLY = "assessment_began", "assessment_ended", "assessment_ended_early"
CRITERIA_CHANGED = "criteria_changed"


class AlreadyClosed(Exception):
    """Nothing more is written: the result is open."""


class AlreadyScored(Exception):
    """Somebody has given numbers by the criteria, so they stand."""


@transaction.atomic
def begin(*, by: Person, challenge: Contribution, criteria: Sequence[tuple[str, int]], now: datetime.datetime | None = None) -> Assessment:
    """Set it up, with names of criteria and their weights. The same once more is the same one.

    Raises PermissionDenied, or Overtaken with the one that stands when it has other criteria.
    """
    locked, _row = held(challenge)
    if not by.has_perm("challenges.set_assessment", locked):
        raise PermissionDenied
    made, is_new = Assessment.objects.get_or_create(contribution=locked, defaults={"by": by, "created_at": now or timezone.now()})
    if is_new:
        _write_criteria(by, locked, made, criteria, BEGAN, now)
    elif criteria_of(made) != list(criteria):
        raise Overtaken(made)
    return made


@transaction.atomic
def change_criteria(*, by: Person, challenge: Contribution, version: int, criteria: Sequence[tuple[str, int]]) -> Assessment:
    """Other criteria, while nobody has scored. Raises PermissionDenied, AlreadyClosed, AlreadyScored, or Overtaken after another change."""
    locked, assessment = _open(challenge)
    if not by.has_perm("challenges.set_assessment", locked):
        raise PermissionDenied
    if is_begun(assessment):
        raise AlreadyScored
    if assessment.version != version:
        raise Overtaken(assessment)
    if criteria_of(assessment) != list(criteria):
        assessment.criteria.all().delete()
        assessment.version += 1
        assessment.save(update_fields=["version"])
        _write_criteria(by, locked, assessment, criteria, CRITERIA_CHANGED)
    return assessment


def _write_criteria(
    by: Person,
    locked: Contribution,
    assessment: Assessment,
    criteria: Sequence[tuple[str, int]],
    step: str,
    now: datetime.datetime | None = None,
) -> None:
    Criterion.objects.bulk_create(
        Criterion(assessment=assessment, position=place, name=name, weight=weight) for place, (name, weight) in enumerate(criteria, start=1)
    )
    note_on_trail(by=by, contribution=locked, step=step, text=", ".join(name for name, _weight in criteria), at=now)


@transaction.atomic
def invite(*, by: Person, challenge: Contribution, person: Person, now: datetime.datetime | None = None) -> bool:
    """Ask somebody who may read the challenge to assess. Whether they were not asked already.

    Raises PermissionDenied, AlreadyClosed, or ValidationError keyed `person`.
    """
    locked, assessment = _open(challenge)
    if not by.has_perm("challenges.drive", locked):
        raise PermissionDenied
    name = {"name": person.full_name}
    if not Person.objects.filter(readers_of(locked), pk=person.pk).exists():
        raise ValidationError({"person": _("%(name)s may not read the challenge. Choose somebody who may.") % name})
    asked = assessment.assessors.filter(declined_at__isnull=True)
    if asked.count() >= MOST_ASSESSORS:
        raise ValidationError({"person": _("At most %(number)d people can assess.") % {"number": MOST_ASSESSORS}})
    asked_now = {"invited_by": by, "invited_at": now or timezone.now()}
    row, is_new = Assessor.objects.get_or_create(assessment=assessment, person=person, defaults=asked_now)
    if row.declined_at is not None:
        words = _("%(name)s has been taken away from the assessment. Choose somebody else.")
        raise ValidationError({"person": (words if row.removed_by_id else _("%(name)s has said no. Choose somebody else.")) % name})
    if is_new and person.pk != by.pk:
        ids = {"contribution": locked.pk, "person": by.pk}
        outbox.tell([person], "challenges.assess_asked", ids, thread=locked.thread, cause=f"assessor:{row.pk}", not_before=now)
    return is_new


@transaction.atomic
def score(
    *,
    by: Person,
    challenge: Contribution,
    idea: Contribution,
    values: Mapping[int, int],
    note: str = "",
    now: datetime.datetime | None = None,
) -> None:
    """Write a person's scores of an idea (by id of criterion) and their note; written anew they replace the earlier ones.

    The last one in closes the assessment. Raises PermissionDenied, AlreadyClosed, or ValidationError when a criterion is missing.
    """
    locked, assessment = _open(challenge)
    row = assessment.assessors.filter(person=by, declined_at__isnull=True).first()
    standing = assessable(locked).with_place().prefetch_related("participants").filter(pk=idea.pk).first()
    if row is None or standing is None or is_written_by(by, standing):
        raise PermissionDenied
    if not by.has_perm("contributions.see", locked) or not by.has_perm("contributions.see", standing):
        raise PermissionDenied
    criteria = list(assessment.criteria.all())
    if {one.pk for one in criteria} != set(values):
        raise ValidationError(_("Give every criterion a number."))
    for criterion in criteria:
        Score.objects.update_or_create(assessor=row, criterion=criterion, idea_id=standing.pk, defaults={"value": values[criterion.pk]})
    if note:
        AssessmentNote.objects.update_or_create(assessor=row, idea_id=standing.pk, defaults={"text": note, "at": now or timezone.now()})
    else:
        AssessmentNote.objects.filter(assessor=row, idea_id=standing.pk).delete()
    _settle(locked, assessment, now)


@transaction.atomic
def decline(*, by: Person, challenge: Contribution, person: Person) -> bool:
    """The assessor says no, or whoever leads it asks no longer; it blocks nobody. What was scored is taken away with it."""
    locked, assessment = _open(challenge)
    if by.pk != person.pk and not by.has_perm("challenges.drive", locked):
        raise PermissionDenied
    row = assessment.assessors.filter(person=person, declined_at__isnull=True).first()
    if row is None:
        if by.pk == person.pk:
            raise PermissionDenied
        return False
    outbox.cancel(f"assessor:{row.pk}")
    row.scores.all().delete()
    row.notes.all().delete()
    row.declined_at, row.removed_by = timezone.now(), None if by.pk == person.pk else by
    row.save(update_fields=["declined_at", "removed_by"])
    _settle(locked, assessment)
    return True


@transaction.atomic
def close(*, by: Person, challenge: Contribution, reason: str) -> None:
    """Open the result before all are in; the reason stands in the trail. Raises PermissionDenied or AlreadyClosed."""
    locked, assessment = _open(challenge)
    if not by.has_perm("challenges.drive", locked):
        raise PermissionDenied
    _close(locked, assessment, by=by, reason=reason)


@transaction.atomic
def reply(*, by: Person, note: AssessmentNote, text: str, now: datetime.datetime | None = None) -> NoteReply:
    """Answer a note: the idea's author, those who lead, the assessors. Raises PermissionDenied."""
    assessment = Assessment.objects.get(assessors__notes=note)
    locked = lock(assessment.contribution_id)
    idea = Contribution.objects.with_place().prefetch_related("participants").get(pk=note.idea_id)
    standing = Assessment.objects.get(pk=assessment.pk)
    may = by.has_perm("challenges.see_result", locked) or (standing.is_closed and is_written_by(by, idea))
    if not may or not by.has_perm("contributions.see", idea) or not by.has_perm("contributions.see", locked):
        raise PermissionDenied
    said = NoteReply.objects.create(note=note, by=by, text=text, at=now or timezone.now())
    people = {note.assessor.person_id, idea.author_id, *note.replies.values_list("by_id", flat=True)} - {by.pk}
    ids = {"contribution": locked.pk, "person": by.pk}
    outbox.tell(sorted(people), "challenges.note_answered", ids, thread=locked.thread, not_before=now)
    return said


def settle_all() -> int:
    """Close those that waited for the last idea, or for somebody who has left. Returns how many."""
    waiting = Assessment.objects.filter(closed_at__isnull=True, contribution__status__in=(Status.OPEN_FOR_IDEAS, *PAST_IDEAS))
    return sum(_settle_one(pk) for pk in waiting.values_list("contribution_id", flat=True))


@transaction.atomic
def _settle_one(pk: int) -> bool:
    locked = lock(pk)
    assessment = Assessment.objects.filter(contribution=locked, closed_at__isnull=True).first()
    return assessment is not None and _settle(locked, assessment)


def _open(challenge: Contribution) -> tuple[Contribution, Assessment]:
    locked, _row = held(challenge)
    assessment = Assessment.objects.filter(contribution=locked).first()
    if assessment is None:
        raise PermissionDenied
    if assessment.is_closed:
        raise AlreadyClosed
    return locked, assessment


def _settle(locked: Contribution, assessment: Assessment, now: datetime.datetime | None = None) -> bool:
    """Close it when all are in and that cannot change by itself. Whether it did; whoever it waits for hears of it, once."""
    if not takes_no_more_ideas(locked):
        return False
    left = left_to_assess(assessment, locked)
    missing = [row for row, number in left if number]
    if missing:
        _tell_missing(locked, missing)
    elif len(left) >= FEWEST and is_begun(assessment):
        _close(locked, assessment, by=None, reason="", now=now)
        return True
    elif is_begun(assessment):
        key = f"assess_waits:{assessment.pk}:{'-'.join(str(row.pk) for row, _number in left)}"
        people = sorted({assessment.by_id, *leads(locked)})
        outbox.tell(people, "challenges.assess_waits", {"contribution": locked.pk}, thread=locked.thread, dedupe_key=key)
    return False


def _tell_missing(locked: Contribution, missing: Sequence[Assessor]) -> None:
    """Those who were asked before the time for ideas ended: now all ideas are there."""
    ended = locked.trail.filter(step__in=CLOSES_WINDOW).order_by("-at", "-pk").first()
    if ended is not None:
        people = [row.person_id for row in missing if row.invited_at < ended.at]
        key = f"assess_left:{ended.pk}"
        outbox.tell(people, "challenges.assess_left", {"contribution": locked.pk}, thread=locked.thread, dedupe_key=key)


def _close(locked: Contribution, assessment: Assessment, *, by: Person | None, reason: str, now: datetime.datetime | None = None) -> None:
    assessment.closed_at, assessment.closed_by = now or timezone.now(), by
    assessment.save(update_fields=["closed_at", "closed_by"])
    note_on_trail(by=by, contribution=locked, step=ENDED_EARLY if by else ENDED, text=reason, at=now)
    authors = assessable(locked).filter(pk__in=Score.objects.filter(assessor__assessment=assessment).values("idea"))
    assessors = assessment.assessors.filter(declined_at__isnull=True).values_list("person_id", flat=True)
    people = {assessment.by_id, *leads(locked), *assessors, *authors.values_list("author_id", flat=True)} - {by.pk if by else 0}
    ids = {"contribution": locked.pk}
    outbox.tell(sorted(people), "challenges.assessed", ids, thread=locked.thread, dedupe_key=f"assessed:{assessment.pk}", not_before=now)
