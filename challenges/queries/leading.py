"""Who leads a challenge, and who can be asked to."""

from __future__ import annotations

from contributions.enums import ParticipantRole
from contributions.models import Contribution, Participant
from organisation.models import Person, PersonQuerySet


def leads_of(contribution: Contribution) -> list[Participant]:
    """With the people's places, in the order in which they came."""
    rows = Participant.objects.filter(contribution=contribution, role=ParticipantRole.LEAD, person__is_active=True)
    return list(rows.select_related("person__department__organisation"))


def askable(contribution: Contribution) -> PersonQuerySet:
    """Everybody active who does not lead it."""
    return Person.objects.active().exclude(pk__in=contribution.participants.filter(role=ParticipantRole.LEAD).values("person_id"))
