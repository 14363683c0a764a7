"""Random steps by everybody, against what the tables and an own reading of the rules say (T36).

After every step: nothing illegal stands, a refused step has changed nothing, a step taken has changed only what its one new line on the trail
remembers, and undoing it gives back all of that. `THOROUGH=1` takes 50,000 steps with each role, or as many as STEPS says.
"""

from __future__ import annotations

import datetime
import json
import os
from collections import Counter
from random import Random
from typing import Any, ClassVar

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from contributions.enums import Audience, Kind, Opening, ReasonCode, Status
from contributions.lifecycle import IllegalStep, StaleVersion, advance, spec_of, specs
from contributions.models import Contribution, TrailEntry
from contributions.rules import UNDO_WITHIN
from contributions.statuses import CLOSED, OPENS, STATUSES, WAY
from organisation.models import Person
from tests.contributions.world import World
from tests.factories import IdeaFactory

THOROUGH = os.environ.get("THOROUGH") == "1"
MANY, LONG = int(os.environ.get("STEPS", "50000")), 20
SHARES = max(1, MANY // 1_250)
FLAWS = ("", "", "", "missing", "stale", "wrong")
ROLES = {
    "staff": "other_department",
    "author": "author",
    "lead": "lead",
    "ambassador": "other_ambassador",
    "coordinator": "organisation_coordinator",
    "coordinator_elsewhere": "other_organisation_coordinator",
    "group_coordinator": "group_coordinator",
    "admin": "admin",
}
NAMES = sorted({step.name for spec in specs() for step in spec.steps} - {"return"})
AUTHORS = {"submit", "reply", "withdraw"}
HINGE_ON_MORE = {"merge", "hand_over", "assign", "widen", "submit", "test", "extend", "close_ideas"}
"""Steps that may be refused for what stands beside the contribution: another row, the time for ideas, the footing of a test."""
REFUSALS = (IllegalStep, PermissionDenied, ValidationError, StaleVersion)
TALLY: Counter[str] = Counter()
TAKEN: Counter[str] = Counter()
"""How often each role has tried something, and how often each step was taken."""


def may(role: str, name: str, row: dict[str, Any], world: World) -> bool:
    """Whether the role may take the step, read from the design and not from the code."""
    sent = row["status"] != Status.DRAFT
    owner = {world.municipality.pk: "coordinator", world.company.pk: "coordinator_elsewhere"}[row["owner_organisation_id"]]
    answers = sent and role in (owner, "group_coordinator")
    if name in AUTHORS:
        return role == "author"
    if name == "widen":
        return role == "author" and sent and row["audience"] != Audience.GROUP
    return answers or (name == "learn" and sent and role in ("author", "lead"))


class Life(RuleBasedStateMachine):
    """One contribution from a draft, or from wherever it is found, on."""

    world: ClassVar[World]
    people: ClassVar[dict[str, Person]]
    target: ClassVar[Contribution]
    role: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.sid = transaction.savepoint()
        self.now = self.taken_at = timezone.now()
        self.came_from: dict[str, Any] | None = None
        self.last_by = ""

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.sid)

    @initialize(kind=st.sampled_from(Kind), place=st.integers(0, 20))
    def begin(self, kind: Kind, place: int) -> None:
        status = STATUSES[kind][place % len(STATUSES[kind])]
        found = place >= len(STATUSES[kind]) or status == Status.MERGED
        start = Status.DRAFT if found else status
        answered = {"answered_at": self.now} if start not in (Status.DRAFT, WAY[kind][0], Status.NEEDS_AUTHOR) else {}
        audience = Audience.AUTHOR if start == Status.DRAFT else Audience.DEPARTMENT
        row = self.world.contribution(
            Kind.IDEA if found else kind, start, audience=audience, submitted_at=None if found else self.now, **answered
        )
        self.world.footing(row)
        self.pk = row.pk
        self.row = self.snapshot()

    @rule(name=st.sampled_from(NAMES), flaw=st.sampled_from(FLAWS), later=st.integers(0, 40))
    def one_acts(self, name: str, flaw: str, later: int) -> None:
        """Whoever is tested, with any step at all."""
        self.act(self.role, name, flaw, later)

    @rule(role=st.sampled_from(sorted(ROLES)), choice=st.integers(0, 40))
    def somebody_moves(self, role: str, choice: int) -> None:
        """Anybody, with a step that the place offers, so that there is something to meet."""
        offered = [step.name for step in spec_of(self.row["kind"]).steps if self.row["status"] in step.sources and step.name != "return"]
        self.act(role, (offered or NAMES)[choice % len(offered or NAMES)], "", 20)

    @rule(late=st.booleans())
    def one_regrets(self, late: bool) -> None:
        before, came_from, last = self.row, self.came_from, self.last_by
        self.now += datetime.timedelta(seconds=11 if late else 3)
        late = self.now - self.taken_at > UNDO_WITHIN
        TALLY[self.role] += 1
        entry = self.take(self.role, "undo", None, None)
        if entry is None:
            assert self.snapshot() == before
            assert late or came_from is None or last != self.role
            return
        assert not late
        assert last == self.role
        self.row, self.came_from = self.snapshot(), None
        assert came_from is not None
        assert apart_from(self.row, "version", "lines") == apart_from(came_from, "version", "lines")
        assert (self.row["lines"], self.row["version"]) == (before["lines"] + 1, before["version"] + 1)
        self.legal()

    def act(self, role: str, name: str, flaw: str, later: int) -> None:
        self.now += datetime.timedelta(minutes=later)
        before, version = self.row, self.row["version"] - (flaw == "stale")
        TALLY[role] += 1
        entry = self.take(role, name, self.values(name, flaw), version)
        after = self.snapshot()
        step = spec_of(before["kind"]).step(name)
        allowed = step is not None and before["status"] in step.sources and may(role, name, before, self.world) and flaw != "stale"
        if entry is None:
            assert after == before, f"{name} was refused and changed {differing(before, after)}"
            assert not allowed or flaw or name in HINGE_ON_MORE, f"{name} by {role} was refused"
            return
        assert allowed, f"{name} by {role} from {before['status']}"
        TAKEN[name] += 1
        self.row, self.came_from, self.last_by, self.taken_at = after, before, role, self.now
        self.remembered(entry, before, after)
        self.legal()

    def take(self, role: str, name: str, values: Any, version: int | None) -> TrailEntry | None:
        contribution = Contribution(pk=self.pk, kind=self.row["kind"], status=self.row["status"])
        try:
            return advance(by=self.people[role], contribution=contribution, step=name, values=values, version=version, now=self.now)
        except REFUSALS:
            return None

    def values(self, name: str, flaw: str) -> dict[str, Any]:
        today, wrong = timezone.localdate(self.now), flaw == "wrong"
        owners = (self.world.municipality, self.world.company)
        there = self.row["owner_organisation_id"] == owners[0].pk
        values: dict[str, Any] = {
            "audience": Audience.AUTHOR if wrong else Audience.DEPARTMENT, "reason": "Därför.", "body": "Hur?", "change": "Pengar.",
            "assignee": self.people["staff" if wrong else "group_coordinator"], "reason_code": ReasonCode.MONEY, "target": self.target,
            "until": today + datetime.timedelta(days=0 if wrong else 9), "closes_on": today + datetime.timedelta(days=-1 if wrong else 9),
            "owner": owners[there != wrong], "decided_by": "Nämnden", "decided_on": today,
            "learning_believed": "x", "learning_tried": "x", "learning_happened": "x",
        }  # fmt: skip
        step = next((one for spec in specs() if (one := spec.step(name))), None)
        if flaw == "missing" and step and step.requires:
            values.pop(step.requires[-1])
        return values

    def snapshot(self) -> dict[str, Any]:
        """Every column of the contribution and of its child, with how much hangs on it."""
        with connection.cursor() as cursor:
            cursor.execute(SNAPSHOT, [self.pk])
            row: dict[str, Any] = json.loads(cursor.fetchone()[0])
        return row

    def remembered(self, entry: TrailEntry, before: dict[str, Any], after: dict[str, Any]) -> None:
        """One new line, which knows every changed column as it was."""
        assert (after["lines"], after["version"]) == (before["lines"] + 1, before["version"] + 1)
        assert (entry.from_status, entry.to_status) == (before["status"], after["status"])
        changed = differing(before, after)
        assert changed & COLUMNS <= set(entry.before), changed & COLUMNS - set(entry.before)
        assert all(same(entry.before[name], before[name]) for name in changed & COLUMNS)
        if before["kind"] == after["kind"] and changed & {"child", "other"}:
            (table,) = changed & {"child", "other"}
            assert {f"child.{name}" for name in differing(before[table], after[table])} <= set(entry.before)

    def legal(self) -> None:
        row, status = self.row, Status(self.row["status"])
        assert status in STATUSES[Kind(row["kind"])]
        assert (row["resumes_as"] != "") == (status in (Status.PARKED, Status.NEEDS_AUTHOR))
        assert (row["merged_into_id"] is not None) == (status == Status.MERGED)
        assert (row["promised_on"] is None) == (status == Status.DRAFT)
        assert status not in CLOSED or row["answered_at"] is not None
        assert not (row["promise_paused_at"] and row["answered_at"])
        assert row["running"] == (row["promised_on"] is not None and row["answered_at"] is None)
        author = Contribution(pk=self.pk, kind=row["kind"], status=status, author_id=self.people["author"].pk)
        assert self.people["author"].has_perm("contributions.edit", author) == (Opening.EDIT in OPENS[status])
        assert self.people["author"].has_perm("contributions.comment", author) == (Opening.COMMENT in OPENS[status])


SNAPSHOT = """
SELECT (to_jsonb(c) || jsonb_build_object(
  'child', (SELECT to_jsonb(i) FROM ideas_idea i WHERE i.contribution_id = c.id),
  'other', (SELECT to_jsonb(h) FROM challenges_challenge h WHERE h.contribution_id = c.id),
  'lines', (SELECT count(*) FROM contributions_trailentry t WHERE t.contribution_id = c.id),
  'running', (SELECT count(*) FROM contributions_promiserecord p WHERE p.contribution_id = c.id AND p.ended_at IS NULL)))::text
FROM contributions_contribution c WHERE c.id = %s
"""
COLUMNS = {field.attname for field in Contribution._meta.concrete_fields}


def differing(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


def apart_from(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}


def same(remembered: Any, stood: Any) -> bool:
    """A moment is one whichever zone it is written in."""
    if isinstance(stood, str) and isinstance(remembered, str) and len(stood) > 18 and stood[10] == "T":
        return datetime.datetime.fromisoformat(remembered) == datetime.datetime.fromisoformat(stood)
    return bool(remembered == stood)


@pytest.fixture
def life(world: World) -> type[Life]:
    Life.world = world
    Life.people = {role: world.person(known) for role, known in ROLES.items()}
    Life.target = Contribution.objects.get(pk=IdeaFactory.create(author=world.people["author"]).pk)
    TALLY.clear()
    TAKEN.clear()
    return Life


@pytest.mark.parametrize("role", ROLES)
def test_no_random_steps_lead_where_the_tables_do_not(life: type[Life], role: str) -> None:
    life.role = role
    run_state_machine_as_test(
        life,
        settings=settings(max_examples=3, stateful_step_count=20, deadline=None, database=None, suppress_health_check=list(HealthCheck)),
    )
    assert TALLY[role] > 0


@pytest.mark.parametrize("kind", Kind)
def test_no_step_is_always_refused(life: type[Life], kind: Kind) -> None:
    """A step that is never taken would show nothing above."""
    steps = [step for step in spec_of(kind).steps if step.name in NAMES and step.sources & set(STATUSES[kind])]
    for step in steps:
        one = life()
        one.begin(kind=kind, place=next(place for place, status in enumerate(STATUSES[kind]) if status in step.sources))
        one.act("author" if step.name in AUTHORS | {"widen"} else "group_coordinator", step.name, "", 1)
        one.teardown()
    assert {step.name for step in steps} - set(TAKEN) == set()


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="the long profile")
@pytest.mark.parametrize("share", range(SHARES))
def test_nor_do_very_many(life: type[Life], share: int) -> None:
    """The same machine, driven by plain chance: Hypothesis finds the shortest way to a fault, and takes most of the time doing so."""
    chance = Random(share)
    while min(TALLY[role] for role in ROLES) < MANY // SHARES:
        walk(life, chance)
    assert set(TALLY) == set(ROLES)


def walk(kind_of: type[Life], chance: Random) -> None:
    life = kind_of()
    life.begin(kind=chance.choice(list(Kind)), place=chance.randrange(21))
    try:
        for _ in range(LONG):
            kind_of.role = chance.choice(tuple(ROLES))
            match chance.randrange(8):
                case 0:
                    life.one_regrets(late=chance.random() < 0.2)
                case 1 | 2 | 3:
                    life.somebody_moves(role=chance.choice((life.role, "group_coordinator")), choice=chance.randrange(41))
                case _:
                    life.one_acts(name=chance.choice(NAMES), flaw=chance.choice(FLAWS), later=chance.randrange(41))
    finally:
        life.teardown()
