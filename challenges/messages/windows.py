"""What people are told when the time for ideas ends."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Challenge
from contributions.models import Contribution
from notifications.enums import Channel
from notifications.outbox import Fact, Kind, Told
from organisation.models import Person


def window_facts(person: Person, told: Sequence[Told]) -> list[Fact | None]:
    """One query: challenges the person may see, and that have not been opened for ideas again."""
    visible = Contribution.objects.visible_to(person).values("pk")
    found = Challenge.objects.filter(pk__in=visible).in_bulk([item["contribution"] for item in told])
    return [_fact(person, found.get(item["contribution"])) for item in told]


def _fact(person: Person, challenge: Challenge | None) -> Fact | None:
    if challenge is None or challenge.is_open_for_ideas:
        return None
    is_author = challenge.author_id == person.pk
    return Fact(
        text=_("The time for ideas has ended"),
        title=str(challenge),
        url=challenge.get_absolute_url(),
        reason=_("you brought up the challenge") if is_author else _("you lead the challenge or answer for it"),
        act=_("Choose what goes on to the plan"),
        status=str(challenge.get_status_display()),
        status_tone="accent",
    )


WINDOW_KINDS = (
    Kind("challenges.window_closed", gettext_lazy("The time for ideas has ended in a challenge I lead"), window_facts, Channel.DIRECT),
)
