"""What sharing asks: the challenge an idea may answer, and for whom it is written."""

from __future__ import annotations

from challenges.models import Challenge
from contributions.enums import ParticipantRole
from contributions.models import Contribution
from contributions.queries.together import brought_in_among
from organisation.models import Person


def answerable(person: Person, wanted: str) -> Challenge | None:
    """The challenge with this id, when the person may see it and it takes ideas now."""
    if not wanted.isdecimal() or len(wanted) > 18:
        return None
    visible = Contribution.objects.visible_to(person).filter(pk=int(wanted))
    challenge = Challenge.objects.filter(pk__in=visible.values("pk")).first()
    return challenge if challenge and challenge.is_open_for_ideas else None


def colleague_named(person: Person, wanted: str) -> Person | None:
    """The colleague with this id, for whom the person may write as an ambassador."""
    if not wanted.isdecimal() or len(wanted) > 18:
        return None
    return brought_in_among(person).with_place().filter(pk=int(wanted)).first()


def written_for(draft: Contribution) -> Person | None:
    """The colleague whose idea the draft is to be."""
    return Person.objects.filter(participations__contribution=draft, participations__role=ParticipantRole.ON_BEHALF).first()
