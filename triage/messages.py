"""What coordinators are told of promises, and people of what they might help with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.messages import coordinates
from contributions.models import Contribution
from lib.dates import day
from notifications.enums import Channel
from notifications.outbox import Fact, Ids, Kind
from organisation.enums import Role
from organisation.models import Person, RoleAssignment
from triage.models import Introduction


def promise_facts(person: Person, ids: Sequence[Ids]) -> list[Fact | None]:
    """One query: what is still waiting, and still the person's to answer."""
    rows = Contribution.objects.answered_by(person).awaiting_answer().select_related("owner_organisation")
    waiting = rows.in_bulk([item["contribution"] for item in ids])
    return [_fact(waiting.get(item["contribution"])) for item in ids]


def _fact(contribution: Contribution | None) -> Fact | None:
    if contribution is None or contribution.promised_on is None:
        return None
    return Fact(
        text=_("An answer was promised by %(day)s") % {"day": date_format(contribution.promised_on, "l j F")},
        title=str(contribution),
        url=f"{contribution.get_absolute_url()}",
        reason=_("you answer for it as a coordinator"),
        act=_("Answer"),
    )


def stand_in_facts(person: Person, ids: Sequence[Ids]) -> list[Fact | None]:
    """One query. Nothing once the holder is back, or somebody else stands in."""
    held = RoleAssignment.objects.filter(deputy=person, person__away_until__gte=timezone.localdate()).select_related("person")
    roles = held.in_bulk([item["assignment"] for item in ids])
    return [_stand_in_fact(roles.get(item["assignment"])) for item in ids]


def _stand_in_fact(role: RoleAssignment | None) -> Fact | None:
    if role is None or role.person.away_from is None or role.person.away_until is None:
        return None
    days = {"from": day(role.person.away_from), "until": day(role.person.away_until)}
    return Fact(
        text=_("You stand in for %(name)s") % {"name": role.person.full_name},
        title=_("%(from)s to %(until)s") % days,
        url=reverse("triage") if role.role == Role.COORDINATOR else reverse("person", args=(role.person_id,)),
        reason=_("you are the deputy"),
    )


def introduction_facts(person: Person, ids: Sequence[Ids]) -> list[Fact | None]:
    """Two queries: what the person may still see, and who told them of it."""
    seen = Contribution.objects.visible_to(person).in_bulk([item["contribution"] for item in ids])
    rows = Introduction.objects.filter(person=person).select_related("by").in_bulk([item["introduction"] for item in ids])
    return [_introduction(seen.get(item["contribution"]), rows.get(item["introduction"])) for item in ids]


def _introduction(contribution: Contribution | None, row: Introduction | None) -> Fact | None:
    if contribution is None or row is None:
        return None
    return Fact(
        text=_("%(name)s thinks that you can help") % {"name": row.by.full_name},
        title=str(contribution),
        url=contribution.get_absolute_url(),
        reason=_("a coordinator has thought of you"),
        act=_("Have a look"),
    )


def _promise_kind(stage: str, label: Any, default: Channel) -> Kind:
    return Kind(f"triage.{stage}", label, promise_facts, default, waits_for_reader=True, offered_to=coordinates)


PROMISE_KINDS = (
    _promise_kind("soon", gettext_lazy("A promise runs out in two days"), Channel.DIGEST),
    _promise_kind("due", gettext_lazy("A promise runs out today"), Channel.DIRECT),
    _promise_kind("late", gettext_lazy("A promise has run out"), Channel.DIRECT),
    Kind("triage.standing_in", gettext_lazy("I am to stand in for somebody"), stand_in_facts, Channel.DIRECT),
)

INTRODUCED = Kind("triage.introduced", gettext_lazy("A coordinator thinks that I can help"), introduction_facts, Channel.DIRECT)
