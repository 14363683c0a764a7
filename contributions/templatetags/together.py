"""Who writes together, as the pages say it. Reads the participants that the page has read already."""

from __future__ import annotations

from django import template

from contributions.enums import Audience, ParticipantRole
from contributions.models import Contribution, Participant
from contributions.queries.readers import in_words
from contributions.rules import is_chosen
from organisation.models import Person

register = template.Library()


@register.filter
def coauthors(contribution: Contribution) -> list[Person]:
    return [one.person for one in contribution.participants.all() if one.role == ParticipantRole.COAUTHOR]


@register.filter
def invited(contribution: Contribution) -> list[Person]:
    """Whose answer is awaited: for the author's eyes alone."""
    return [one.person for one in contribution.participants.all() if one.role == ParticipantRole.INVITED]


@register.filter
def written_for(contribution: Contribution) -> Participant | None:
    """Whose idea an ambassador's draft is to be; `invited_by_id` says that they are asked."""
    return next((one for one in contribution.participants.all() if one.role == ParticipantRole.ON_BEHALF), None)


@register.filter
def settled(contribution: Contribution) -> list[Participant]:
    """Those who take part and have said yes to it; leads and co-authors have places of their own."""
    return [one for one in contribution.participants.all() if one.role == ParticipantRole.READER]


@register.simple_tag
def part_of(contribution: Contribution, person: Person) -> str:
    """What the person is asked, or is, beyond its author: the role's code, or nothing."""
    roles = {one.role for one in contribution.participants.all() if one.person_id == person.pk and is_chosen(one)}
    order = (ParticipantRole.INVITED, ParticipantRole.ON_BEHALF, ParticipantRole.COAUTHOR)
    return next((str(role) for role in order if role in roles), "")


@register.filter
def ambassador_has_left(contribution: Contribution) -> bool:
    """The draft was shared with an ambassador who may no longer read it."""
    if contribution.audience != Audience.AMBASSADOR:
        return False
    return contribution.ambassador_id not in {person.pk for person in contribution.draft_readers}


@register.filter
def names(people: list[Person]) -> str:
    return in_words([person.full_name for person in people])
