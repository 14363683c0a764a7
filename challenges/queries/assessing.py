"""What is assessed, by whom, and what came of it: per idea, never per person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from challenges.models import Assessment, AssessmentNote, Assessor, Challenge, Criterion, Score
from contributions.enums import ParticipantRole, Status
from contributions.models import Contribution, ContributionQuerySet
from contributions.rules import UNDO_WITHIN, is_author, is_coauthor, may_see, visible_to
from organisation.models import Person, PersonQuerySet

PAST_IDEAS = (Status.ACTION_PLAN, Status.TESTING, Status.SOLVED)
FEWEST = 2
"""Assessors, for it to end by itself: on one person's numbers whoever leads it has the say."""


def assessable(challenge: Contribution) -> ContributionQuerySet:
    """The ideas that answer it and are not at an end, in the order in which they came: neutral, whatever they got."""
    rows = Contribution.objects.sent().filter(answers_id=challenge.pk).exclude(status__in=(Status.DECLINED, Status.MERGED))
    return rows.order_by("submitted_at", "pk")


def is_written_by(person: Person, idea: Contribution) -> bool:
    return bool(is_author(person, idea) or is_coauthor(person, idea))


def expected_of(person: Person, challenge: Contribution) -> list[int]:
    """Ids of the ideas that the person is to assess: those they may see and did not write."""
    own = Q(author=person) | Q(participants__person=person, participants__role=ParticipantRole.COAUTHOR)
    return list(assessable(challenge).filter(visible_to(person)).exclude(own).values_list("pk", flat=True))


def drops_out(assessor: Assessor, challenge: Contribution) -> bool:
    """Has said no, has left, or may no longer read the challenge: nobody waits for them."""
    return assessor.declined_at is not None or not may_see(assessor.person, challenge)


def takes_no_more_ideas(challenge: Contribution) -> bool:
    """The time for ideas has ended, or its stage is past. Not while that can still be taken back, nor where it rests or has gone back."""
    now = timezone.now()
    ended = Challenge.objects.filter(Q(status__in=PAST_IDEAS) | Q(status=Status.OPEN_FOR_IDEAS, ideas_close_at__lte=now), pk=challenge.pk)
    return ended.exists() and not challenge.trail.filter(at__gt=now - UNDO_WITHIN, before__has_key="version").exists()


def left_to_assess(assessment: Assessment, challenge: Contribution) -> list[tuple[Assessor, int]]:
    """Everybody still there, with how many ideas each has not assessed."""
    done = set(Score.objects.filter(assessor__assessment=assessment).values_list("assessor_id", "idea_id"))
    rows = [row for row in assessment.assessors.select_related("person__department__organisation") if not drops_out(row, challenge)]
    return [(row, sum((row.pk, idea) not in done for idea in expected_of(row.person, challenge))) for row in rows]


def assessment_of(challenge: Contribution) -> Assessment | None:
    return Assessment.objects.filter(contribution=challenge).select_related("closed_by").prefetch_related("criteria").first()


def criteria_of(assessment: Assessment) -> list[tuple[str, int]]:
    """Names and weights, in order."""
    return [(one.name, one.weight) for one in assessment.criteria.all()]


def may_change_criteria(assessment: Assessment) -> bool:
    """Nobody has given a number by them."""
    return not assessment.is_closed and not is_begun(assessment)


def is_begun(assessment: Assessment) -> bool:
    """Somebody has given a number."""
    return Score.objects.filter(assessor__assessment=assessment).exists()


def assessors_of(assessment: Assessment) -> list[Assessor]:
    """Those still asked; `scored` is how many ideas each has assessed."""
    rows = assessment.assessors.filter(declined_at__isnull=True).annotate(scored=Count("scores__idea", distinct=True))
    return list(rows.select_related("person__department__organisation"))


def askable(challenge: Contribution, assessment: Assessment) -> PersonQuerySet:
    from_before = assessment.assessors.values("person_id")
    return Person.objects.active().exclude(pk__in=from_before)


@dataclass
class Mean:
    """Of one criterion: the mean, the lowest and the highest."""

    criterion: Criterion
    values: list[int] = field(default_factory=list)

    @property
    def mean(self) -> float | None:
        return sum(self.values) / len(self.values) if self.values else None

    @property
    def lowest(self) -> int | None:
        return min(self.values, default=None)

    @property
    def highest(self) -> int | None:
        return max(self.values, default=None)


@dataclass
class Assessed:
    """An idea with what it got. `means` is empty for who may read the notes alone."""

    idea: Contribution
    means: list[Mean]
    notes: list[AssessmentNote]

    @property
    def weighted(self) -> float | None:
        weighed = [(one.criterion.weight, one.mean) for one in self.means if one.mean is not None]
        return sum(weight * mean for weight, mean in weighed) / sum(weight for weight, _mean in weighed) if weighed else None


def results(assessment: Assessment, person: Person, *, whole: bool, sort: int | None = None) -> list[Assessed]:
    """Of a closed assessment: of every idea the person may see, or with `whole` False the notes of those they wrote. Four queries."""
    rows = assessable(assessment.contribution).filter(visible_to(person)).select_related("department__organisation", "author")
    ideas = list(rows.prefetch_related("participants"))
    if not whole:
        ideas = [idea for idea in ideas if is_written_by(person, idea)]
    criteria = list(assessment.criteria.all())
    values = _values(assessment, ideas) if whole else {}
    notes = _notes(assessment, ideas)
    found = [
        Assessed(idea, [Mean(one, values.get((idea.pk, one.pk), [])) for one in criteria] if whole else [], notes.get(idea.pk, []))
        for idea in ideas
    ]
    if whole and sort in {one.pk for one in criteria}:
        place = [one.pk for one in criteria].index(sort)
        found.sort(key=lambda one: -(one.means[place].mean or 0))
    return found


def _values(assessment: Assessment, ideas: Sequence[Contribution]) -> dict[tuple[int, int], list[int]]:
    rows = Score.objects.filter(assessor__assessment=assessment, idea__in=ideas).values_list("idea_id", "criterion_id", "value")
    values: dict[tuple[int, int], list[int]] = defaultdict(list)
    for idea, criterion, value in rows:
        values[idea, criterion].append(value)
    return values


def _notes(assessment: Assessment, ideas: Sequence[Contribution]) -> dict[int, list[AssessmentNote]]:
    rows = AssessmentNote.objects.filter(assessor__assessment=assessment, idea__in=ideas)
    notes: dict[int, list[AssessmentNote]] = defaultdict(list)
    for note in rows.select_related("assessor__person").prefetch_related("replies__by"):
        notes[note.idea_id].append(note)
    return notes


def own_scores(assessment: Assessment, person: Person, idea: Contribution | None = None) -> dict[int, dict[int, int]]:
    """What the person has given, by idea and criterion."""
    rows = Score.objects.filter(assessor__assessment=assessment, assessor__person=person)
    rows = rows.filter(idea=idea) if idea else rows
    given: dict[int, dict[int, int]] = defaultdict(dict)
    for one in rows:
        given[one.idea_id][one.criterion_id] = one.value
    return given
