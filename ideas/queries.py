"""What sharing asks: the challenge an idea may answer."""

from __future__ import annotations

from challenges.models import Challenge
from contributions.models import Contribution
from organisation.models import Person


def answerable(person: Person, wanted: str) -> Challenge | None:
    """The challenge with this id, when the person may see it and it takes ideas now."""
    if not wanted.isdecimal() or len(wanted) > 18:
        return None
    visible = Contribution.objects.visible_to(person).filter(pk=int(wanted))
    challenge = Challenge.objects.filter(pk__in=visible.values("pk")).first()
    return challenge if challenge and challenge.is_open_for_ideas else None
