"""What people are told of contributions: the kinds, and what a notice says to its reader now."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from contributions.messages import drafting, merging, moderation, steps, talk, together
from contributions.messages.telling import Telling, read
from notifications.enums import Channel
from notifications.outbox import Fact, Facts, Kind, Told
from organisation.enums import Role
from organisation.models import Person

SAYINGS: Mapping[str, Callable[[Telling], Fact | None]] = {**steps.SAYINGS, **talk.SAYINGS, **moderation.SAYINGS, **together.SAYINGS}
SAID_UNSEEN = {"contributions.withdrawn"}


def facts(person: Person, told: Sequence[Told]) -> list[Fact | None]:
    """What each of the notices says, or None where the person may no longer see it."""
    tellings = read(person, told)
    return [SAYINGS[telling.kind](telling) if telling.contribution or telling.kind in SAID_UNSEEN else None for telling in tellings]


def coordinates(person: Person) -> bool:
    return person.has_perm("contributions.coordinate")


def is_ambassador(person: Person) -> bool:
    return bool(person.coverage(Role.AMBASSADOR))


def _kind(code: str, label: Any, default: Channel, says: Facts = facts, **more: Any) -> Kind:
    return Kind(f"contributions.{code}", label, says, default, **more)


KINDS = (
    _kind(
        "asked", gettext_lazy("Somebody asks you something"), Channel.DIRECT, waits_for_reader=True,
        help=gettext_lazy("The promise waits until you answer"),
    ),
    _kind("moved", gettext_lazy("What you brought gets an answer"), Channel.DIRECT, help=gettext_lazy("Every step, with the reason")),
    _kind("invited", gettext_lazy("Somebody asks you to write together"), Channel.DIRECT, waits_for_reader=True),
    _kind(
        "brought_in", gettext_lazy("Somebody has written down an idea of yours"), Channel.DIRECT, waits_for_reader=True,
        help=gettext_lazy("It is sent only if you say yes"),
    ),
    _kind("invitation_answered", gettext_lazy("Somebody answers your invitation"), Channel.DIGEST),
    _kind("mentioned", gettext_lazy("Somebody names you in a comment"), Channel.DIRECT),
    _kind(
        "merge_asked", gettext_lazy("Somebody asks whether what you brought belongs together with another"), Channel.DIRECT,
        says=merging.facts, waits_for_reader=True,
    ),
    _kind("merge_done", gettext_lazy("Another is merged with what you brought"), Channel.DIRECT, says=merging.facts),
    _kind("commented", gettext_lazy("Somebody comments on what you brought"), Channel.DIGEST),
    _kind("answered_comment", gettext_lazy("Somebody answers your comment"), Channel.DIGEST),
    _kind("help_offered", gettext_lazy("Somebody wants to help"), Channel.DIGEST),
    _kind("supported", gettext_lazy("Somebody supports what you brought"), Channel.BELL, help=gettext_lazy("Good idea, or the same need")),
    _kind(
        "reported_yours", gettext_lazy("Something you wrote is reported"), Channel.BELL, help=gettext_lazy("That it is, and that it is looked at"),
    ),
    _kind("hidden", gettext_lazy("Something you wrote is hidden"), Channel.DIRECT),
    _kind("masked", gettext_lazy("Words are masked in something you wrote"), Channel.DIRECT),
    _kind("file_taken_away", gettext_lazy("A file is taken away from what you brought"), Channel.DIRECT),
    _kind("followed_moved", gettext_lazy("Something you follow moves"), Channel.DIGEST),
    _kind("followed_commented", gettext_lazy("Somebody comments on something you follow"), Channel.BELL),
    _kind(
        "entrusted", gettext_lazy("Somebody asks you to read a draft"), Channel.DIRECT, waits_for_reader=True,
        help=gettext_lazy("As innovation ambassador"), offered_to=is_ambassador,
    ),
    _kind("sent", gettext_lazy("Something new to answer"), Channel.DIGEST, waits_for_reader=True, offered_to=coordinates),
    _kind("assigned", gettext_lazy("You are given something to answer"), Channel.DIRECT, waits_for_reader=True, offered_to=coordinates),
    _kind("noted", gettext_lazy("Somebody writes an internal note"), Channel.DIGEST, offered_to=coordinates),
    _kind(
        "draft_to_read", gettext_lazy("Somebody asks you to read an answer before it goes"), Channel.DIRECT,
        says=drafting.facts, waits_for_reader=True, offered_to=coordinates,
    ),
    _kind("replied", gettext_lazy("An author answers a question"), Channel.DIGEST, waits_for_reader=True, offered_to=coordinates),
    _kind(
        "came_back", gettext_lazy("Something comes back to you"), Channel.DIGEST, waits_for_reader=True, offered_to=coordinates,
        help=gettext_lazy("From being parked, or opened again"),
    ),
    _kind(
        "merge_answered", gettext_lazy("An author answers whether two belong together"), Channel.DIGEST,
        says=merging.facts, waits_for_reader=True, offered_to=coordinates,
    ),
    _kind("withdrawn", gettext_lazy("An author takes back what you were to answer"), Channel.BELL, offered_to=coordinates),
    _kind(
        "reported", gettext_lazy("Somebody reports a contribution or a comment"), Channel.DIRECT,
        waits_for_reader=True, offered_to=coordinates,
    ),
)  # fmt: skip
"""In the order in which people choose among them."""
