"""What its author alone may see shows nowhere else: not in a list, a search, a notice, a mail, a count or a title.

The idea has been everybody's first, with all that hangs on an idea, so that there is something that could leak.
"""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contributions.actions import talk
from contributions.enums import Audience, SupportKind
from contributions.lifecycle import advance
from contributions.models import Contribution
from contributions.rules import UNDO_WITHIN
from notifications import delivery, digests
from notifications.models import Notice
from organisation.enums import Role
from organisation.models import Person
from tests.addresses import addresses, arguments, small_world, whole
from tests.factories import IdeaFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db

TITLE, PROBLEM, PROPOSAL, REMARK, LEARNT = "Kvarnvindseld", "Fjällvråkspolska", "Ripstjärtsval", "Nejonögonljus", "Lavskrikesång"
WORDS = (TITLE, PROBLEM, PROPOSAL, REMARK, LEARNT)
READERS = ("colleague", "elsewhere", "ambassador", "coordinator", "group_coordinator", "admin")
MORNING = datetime.datetime(2026, 11, 24, 7, 0, tzinfo=datetime.UTC)


@pytest.fixture
def world(time_machine: Any) -> dict[str, Any]:
    """Monday: an idea that everybody reads, talks about, supports, follows, answers and learns from."""
    time_machine.move_to(MORNING - datetime.timedelta(days=1), tick=False)
    world = small_world()
    people, author = world["people"], world["idea"].author
    coordinator = people["coordinator"]
    ambassador = RoleAssignmentFactory.create(role=Role.AMBASSADOR, department=author.department).person
    people |= {"ambassador": ambassador, "group_coordinator": RoleAssignmentFactory.create(organisation=None, department=None).person}
    idea = IdeaFactory.create(
        author=author, audience=Audience.GROUP, title=f"{TITLE} i backen", problem=f"{PROBLEM} varje dag.", proposal=f"{PROPOSAL} på prov."
    )
    for role in ("colleague", "elsewhere", "ambassador"):
        talk.comment(by=people[role], contribution=idea, body=f"{REMARK} här med.", token=uuid.uuid4())
        talk.support(by=people[role], contribution=idea, kind=SupportKind.HELP, note=f"{REMARK} kan jag.")
    advance(by=coordinator, contribution=idea, step="assign", values={"assignee": coordinator})
    advance(by=coordinator, contribution=idea, step="explore", values={"reason": f"{TITLE} prövas."})
    learnt = {"learning_believed": LEARNT, "learning_tried": LEARNT, "learning_happened": LEARNT}
    advance(by=coordinator, contribution=idea, step="learn", values=learnt)
    return {**world, "secret": idea}


SILENT = ("account_", "organisation:", "live", "ready", "set_language")
"""Addresses that know nothing of contributions."""


def surfaces(world: dict[str, Any]) -> list[str]:
    """Every address that answers a GET, and those where words are asked for."""
    every = [
        reverse(name, kwargs=arguments(name, route, world)) for name, route in sorted(addresses().items()) if not name.startswith(SILENT)
    ]
    about = world["secret"]
    asked = [f"/{place}/?q={TITLE}" for place in ("search", "ideas", "challenges", "contributions/similar", "network")]
    tabs = [f"/mine/?tab={tab}" for tab in ("followed", "supported", "waiting")]
    tabs += [f"/triage/?tab={tab}" for tab in ("mine", "waiting", "ongoing", "reports")]
    of_author = [f"/network/people/{about.author_id}/", f"/network/departments/{about.department_id}/", "/notifications/?show=all"]
    own = [f"/ideas/{about.pk}/", f"/ideas/{about.pk}/edit/", f"/contributions/{about.pk}/", f"/contributions/{about.pk}/steps/decline/"]
    return [*every, *asked, f"/learnings/?q={LEARNT}", *tabs, *of_author, *own, f"/ideas/new/?answers={about.pk}"]


def found_by(person: Person, world: dict[str, Any]) -> set[str]:
    """Addresses at which the person meets any of the words, but for the one they have themselves asked for."""
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    found = set()
    for address in surfaces(world):
        accept = "application/json" if "similar" in address else "text/html"
        page = whole(client.get(address, HTTP_ACCEPT=accept, follow=True)).decode(errors="replace")
        asked = address.partition("?q=")[2]
        if any(word in page for word in WORDS if word != asked) or f"{TITLE} i backen" in page:
            found.add(address)
    return found


def tell_all(time_machine: Any) -> list[str]:
    """Everything that is mailed to others the next morning, digests too."""
    mail.outbox.clear()
    time_machine.move_to(MORNING, tick=False)
    digests.gather()
    delivery.deliver()
    return [f"{message.subject}\n{message.body}\n{message.message()}" for message in mail.outbox if message.to != ["author@example.test"]]


def others(world: dict[str, Any]) -> dict[str, Person]:
    """Read anew: what they may see is worked out once per object."""
    people = {role: person for role, person in world["people"].items() if person is not None and role in READERS}
    return {role: Person.objects.with_place().get(pk=person.pk) for role, person in people.items()}


def test_it_could_leak(world: dict[str, Any], time_machine: Any) -> None:
    people = others(world)
    met = {address for role in ("colleague", "coordinator") for address in found_by(people[role], world)}
    assert len(met) >= 12, sorted(met)
    assert any(TITLE in message for message in tell_all(time_machine))


def test_once_taken_back_it_shows_to_nobody_else(world: dict[str, Any], time_machine: Any) -> None:
    secret: Contribution = world["secret"]
    advance(by=Person.objects.with_place().get(pk=secret.author_id), contribution=secret, step="withdraw")
    time_machine.move_to(timezone.now() + UNDO_WITHIN + datetime.timedelta(seconds=1), tick=False)
    assert {role: found for role, person in others(world).items() if (found := found_by(person, world))} == {}
    assert Notice.objects.filter(ids__contribution=secret.pk).exists()
    assert [message for message in tell_all(time_machine) if any(word in message for word in WORDS)] == []


def test_the_author_still_has_all_of_it(world: dict[str, Any]) -> None:
    secret: Contribution = world["secret"]
    advance(by=Person.objects.with_place().get(pk=secret.author_id), contribution=secret, step="withdraw")
    assert {f"/ideas/{secret.pk}/", "/mine/"} <= found_by(Person.objects.with_place().get(pk=secret.author_id), world)
