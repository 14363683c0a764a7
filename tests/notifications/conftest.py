"""A world where something is told: a mail server, a kind of our own, and an idea with its people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from contributions.lifecycle import advance
from contributions.models import Contribution, Follow
from kiruna_innovation.embedded.ports import LOOPBACK
from notifications import outbox
from notifications.enums import Channel
from notifications.models import Notice
from notifications.outbox import Fact, Kind, Told
from organisation.enums import Role
from organisation.models import Person
from tests.factories import DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory
from tests.notifications.sink import Sink


@pytest.fixture
def sink(settings: Any) -> Iterator[Sink]:
    """A real mail server, and settings that lead there."""
    sink = Sink()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = LOOPBACK, sink.port, 2
    sink.start()
    yield sink
    sink.stop()


@dataclass
class Saying:
    """The facts of the kind "test.note": what each number says now, and how often it was asked."""

    gone: set[int] = field(default_factory=set)
    done: set[int] = field(default_factory=set)
    broken: set[int] = field(default_factory=set)
    asked: int = 0

    def facts(self, person: Any, told: Sequence[Told]) -> list[Fact | None]:
        self.asked += 1
        if self.broken & {item["n"] for item in told}:
            raise ValueError("a bug in a kind")
        return [None if item["n"] in self.gone else self._fact(item["n"]) for item in told]

    def _fact(self, n: int) -> Fact:
        act = "" if n in self.done else "Act"
        return Fact(text=f"Text {n}", title=f"Title {n}", url=f"/thing/{n}/", reason="you asked", quote=f"Quote {n}", act=act)


@pytest.fixture
def saying(monkeypatch: pytest.MonkeyPatch) -> Saying:
    """Registers "test.note" (direct), "test.news" (digest) and "test.request" (digest, waits for the reader)."""
    saying = Saying()
    monkeypatch.setattr(outbox, "_kinds", dict(outbox._kinds))
    outbox.register(
        Kind("test.note", "Notes", saying.facts, Channel.DIRECT),
        Kind("test.news", "News", saying.facts, Channel.DIGEST),
        Kind("test.request", "Requests", saying.facts, Channel.DIGEST, waits_for_reader=True),
        Kind("test.duty", "Duties", saying.facts, Channel.DIRECT, choosable=False),
    )
    return saying


@dataclass
class World:
    author: Person
    coordinator: Person
    follower: Person
    idea: Contribution

    def take(self, step: str, by: Person | None = None, **values: Any) -> int:
        """Take a step and let the ten seconds of undoing pass: the trail entry's id."""
        entry = advance(by=by or self.coordinator, contribution=self.idea, step=step, values=values)
        let_undo_pass()
        self.idea.refresh_from_db()
        return entry.pk


@pytest.fixture
def world(db: None) -> World:
    """An idea sent to the whole group, its author, the coordinator who answers, and a follower in another organisation."""
    home = DepartmentFactory.create(name="Hemtjänsten")
    author = PersonFactory.create(given_name="Sanna", family_name="Niemi", email="sanna@example.test", department=home)
    coordinator = PersonFactory.create(given_name="Karin", family_name="Ek", email="karin@example.test", department=home)
    follower = PersonFactory.create(given_name="Olle", family_name="Stålnacke", email="olle@example.test")
    RoleAssignmentFactory.create(person=coordinator, role=Role.COORDINATOR, organisation=home.organisation)
    idea = IdeaFactory.create(author=author, title="Lampor som räcker hela passet")
    Follow.objects.create(contribution=idea, person=follower)
    return World(author, coordinator, follower, Contribution.objects.with_place().get(pk=idea.pk))


def let_undo_pass() -> None:
    """As if every notice had been told a minute ago."""
    for notice in Notice.objects.all():
        Notice.objects.filter(pk=notice.pk).update(due_at=notice.created_at)


def number_of(queries: Any) -> int:
    return len(queries.captured_queries)
