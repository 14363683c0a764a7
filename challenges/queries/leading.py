"""Who leads a challenge, who can be asked to, and the step they propose."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TypeVar, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from challenges.models import StepProposal
from contributions.enums import Kind, ParticipantRole, Status
from contributions.lifecycle import step_named
from contributions.models import Contribution, Participant, TrailEntry
from contributions.steps import Step
from organisation.models import Person, PersonQuerySet

C = TypeVar("C", bound=Contribution)


def leads_of(contribution: Contribution) -> list[Participant]:
    """With the people's places, in the order in which they came."""
    rows = Participant.objects.filter(contribution=contribution, role=ParticipantRole.LEAD, person__is_active=True)
    return list(rows.select_related("person__department__organisation"))


def askable(contribution: Contribution) -> PersonQuerySet:
    """Everybody active who does not lead it."""
    return Person.objects.active().exclude(pk__in=contribution.participants.filter(role=ParticipantRole.LEAD).values("person_id"))


@dataclass(frozen=True)
class Proposed:
    """A step that somebody who leads a challenge proposes."""

    pk: int
    step: Step
    text: str
    by_id: int
    by: str
    at: datetime.datetime


def standing() -> QuerySet[StepProposal]:
    """Those that still hold: the challenge stands where it stood then, and has not moved on and come back meanwhile.

    A question to the author, a rest and what was undone are no moves.
    """
    no_move = Q(step="undo") | Q(from_status=F("to_status")) | Q(from_status__in=(Status.NEEDS_AUTHOR, Status.PARKED))
    came_back = TrailEntry.objects.filter(
        ~no_move, contribution=OuterRef("contribution"), at__gt=OuterRef("at"), to_status=OuterRef("from_status")
    )
    return StepProposal.objects.filter(
        ~Exists(came_back), closed_at__isnull=True, contribution__kind=Kind.CHALLENGE, contribution__status=F("from_status")
    )


def with_standing(rows: QuerySet[StepProposal]) -> QuerySet[StepProposal]:
    """Adds `stands`: whether it still holds."""
    return rows.annotate(stands=Exists(standing().filter(pk=OuterRef("pk"))))


def with_proposal(rows: QuerySet[C]) -> QuerySet[C]:
    """Adds `step_proposed`: what somebody who leads it proposes; plain values, for `proposed`."""
    names = {"given_name": "by__given_name", "family_name": "by__family_name"}
    row = JSONObject(pk="pk", step="step", text="text", by="by", at="at", **names)
    told = standing().filter(contribution=OuterRef("pk")).values(row=row)
    return cast("QuerySet[C]", rows.annotate(step_proposed=ArraySubquery(told)))


def proposed(contribution: Contribution) -> Proposed | None:
    """Of what was read with `with_proposal`."""
    for row in contribution.step_proposed:  # type: ignore[attr-defined]
        if step := step_named(contribution.kind, row["step"]):
            name = f"{row['given_name']} {row['family_name']}"
            return Proposed(row["pk"], step, row["text"], row["by"], name, datetime.datetime.fromisoformat(row["at"]))
    return None
