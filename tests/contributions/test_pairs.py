"""Two coordinators take a step with the same thing at the same moment: one does, the other hears what happened, and nothing is lost (T33)."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any

import pytest

from contributions.enums import ReasonCode, Status
from contributions.lifecycle import StaleVersion, advance
from contributions.models import Contribution, PromiseRecord, TrailEntry
from contributions.views.steps import lines_since
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.threads import at_once
from tests.contributions.world import DAY, World

PAIRS = 200 if os.environ.get("THOROUGH") == "1" else 12
STEPS = ("explore", "decline", "park", "ask", "assign", "hand_over", "convert", "learn", "decide")


def values(world: World, said: str) -> dict[str, Any]:
    return {
        "reason": said, "body": said, "change": said, "reason_code": ReasonCode.MONEY, "until": world.today + 9 * DAY,
        "assignee": world.people["group_coordinator"], "owner": world.company, "decided_by": said, "decided_on": world.today,
        "learning_believed": said, "learning_tried": said, "learning_happened": said,
    }  # fmt: skip


def taking(person: Person, contribution: Contribution, step: str, world: World) -> Callable[[], Any]:
    given = values(world, f"{person.pk} säger {step}")
    return lambda: advance(by=person, contribution=contribution, step=step, values=given, version=contribution.version)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_acts_and_the_other_hears_of_it() -> None:
    world, chance = World(), Random(33)
    first, second = world.person("organisation_coordinator"), world.person("group_coordinator")
    won = {first.pk: 0, second.pk: 0}
    for number in range(PAIRS):
        contribution = world.contribution()
        steps = [chance.choice(STEPS) for _ in range(2)]
        acts = [taking(person, contribution, step, world) for person, step in zip((first, second), steps, strict=True)]
        results = at_once(*(acts if number % 2 else reversed(acts)))
        assert sorted(type(result).__name__ for result in results) == ["StaleVersion", "TrailEntry"], (steps, results)
        (entry,) = [result for result in results if isinstance(result, TrailEntry)]
        (stale,) = [result for result in results if isinstance(result, StaleVersion)]
        won[entry.by_id or 0] += 1
        assert [line.entry.pk for line in lines_since(stale.contribution, contribution.version)] == [entry.pk]
        assert (stale.contribution.version, stale.contribution.status) == (contribution.version + 1, entry.to_status)
        assert list(contribution.trail.values_list("pk", flat=True)) == [entry.pk]
        assert set(Notice.objects.filter(thread=contribution.thread).values_list("cause", flat=True)) <= {entry.cause}
        row = Contribution.objects.get(pk=contribution.pk)
        running = PromiseRecord.objects.filter(contribution=row, ended_at__isnull=True).count()
        assert running == (row.answered_at is None)
    assert sum(won.values()) == PAIRS


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_author_and_a_coordinator_at_the_same_moment() -> None:
    """Taking back against answering, without a version to hold them to: whoever is second is refused or acts on what then stands."""
    world = World()
    author, coordinator = world.person("author"), world.person("organisation_coordinator")
    for _ in range(PAIRS // 4):
        contribution = world.contribution()
        results = at_once(
            partial(advance, by=author, contribution=contribution, step="withdraw"),
            partial(advance, by=coordinator, contribution=contribution, step="explore", values={"reason": "Ja."}),
        )
        row = Contribution.objects.get(pk=contribution.pk)
        assert isinstance(results[0], TrailEntry)
        assert (row.status, row.promised_on, row.answered_at) == (Status.DRAFT, None, None)
        assert row.trail.count() == sum(isinstance(result, TrailEntry) for result in results)
        assert not PromiseRecord.objects.filter(contribution=row, ended_at__isnull=True).exists()
