"""Whom to write with: who can be asked, who is."""

from __future__ import annotations

from django.db.models import Q

from contributions.enums import ParticipantRole
from contributions.models import Contribution, Participant
from contributions.rules import chosen
from notifications.models import Notice
from organisation.enums import Role
from organisation.models import Person, PersonQuerySet
from organisation.queries import found_by

CLOSE = (ParticipantRole.COAUTHOR, ParticipantRole.LEAD, ParticipantRole.ON_BEHALF)
"""Participants who hear of everything that is said, as the author does."""
SHOWN = 8
SHORTEST = 2


def people_found(text: str, among: PersonQuerySet | None = None) -> list[Person]:
    """Active people by name, title or place, in name order; nobody before there is something to look for."""
    if len(text) < SHORTEST:
        return []
    people = Person.objects.active() if among is None else among
    return some_of(people.filter(found_by(text)))


def askable(contribution: Contribution) -> PersonQuerySet:
    """Everybody active but the author and those who write with them or are asked to."""
    tied = (ParticipantRole.COAUTHOR, ParticipantRole.INVITED, ParticipantRole.ON_BEHALF)
    out = Q(pk=contribution.author_id) | Q(pk__in=contribution.participants.filter(role__in=tied).values("person_id"))
    return Person.objects.active().exclude(out)


def brought_in_among(person: Person) -> PersonQuerySet:
    """Those for whom the person may write as an ambassador: `contributions.bring_in` as a condition on people."""
    coverage = person.coverage(Role.AMBASSADOR)
    people = Person.objects.active().exclude(pk=person.pk)
    if coverage.group:
        return people
    return people.filter(Q(department_id__in=coverage.departments) | Q(department__organisation_id__in=coverage.organisations))


def some_of(people: PersonQuerySet) -> list[Person]:
    return list(people.with_place().order_by("sort_key", "pk")[:SHOWN])


def writing(contribution: Contribution) -> list[Participant]:
    """Co-authors and open invitations, with the people's places."""
    rows = contribution.participants.filter(role__in=(ParticipantRole.COAUTHOR, ParticipantRole.INVITED))
    return list(rows.select_related("person__department__organisation").order_by("role", "since", "pk"))


def close_to(contribution: Contribution) -> list[int]:
    """Ids of the author and of those who work on it with the author."""
    participants = contribution.participants.filter(role__in=CLOSE)
    if contribution.is_draft:
        participants = participants.filter(chosen())
    return list(dict.fromkeys((contribution.author_id, *participants.values_list("person_id", flat=True))))


def was_asked(person: Person, pk: int) -> bool:
    """Whether the person was once invited to this, or it was brought in for them: only to them may be said that it is over."""
    kinds = ("contributions.invited", "contributions.brought_in")
    return Notice.objects.filter(recipient=person, kind__in=kinds, ids__contribution=pk).exists()
