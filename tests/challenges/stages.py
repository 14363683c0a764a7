"""Challenges that have come some way, for the tests of the stages."""

from __future__ import annotations

from typing import Any

from challenges.actions import plan, trials
from challenges.enums import WayKind
from challenges.models import PlanItem, Trial, Way
from contributions.enums import Kind, Status
from contributions.models import Contribution
from tests.contributions.world import DAY, World


def in_plan(world: World, **more: Any) -> Contribution:
    return world.contribution(Kind.CHALLENGE, Status.ACTION_PLAN, **more)


def item_in(world: World, about: Contribution, *, who: str = "author", **more: Any) -> PlanItem:
    values = {"what": "Sätt upp skåp", "who": world.people[who], "due_on": world.today + 9 * DAY, **more}
    return plan.add_item(by=world.person("lead"), challenge=about, **values)


def small_way(world: World, about: Contribution, **more: Any) -> Way:
    footing = {"manager": "Enhetschefen", "yes_on": world.today, "stops_on": world.today + 30 * DAY, **more}
    return trials.choose_way(by=world.person("lead"), challenge=about, kind=WayKind.SMALL, standing=None, **footing)


def trial_in(world: World, about: Contribution, **more: Any) -> Trial:
    """On the way that stands, or a small one."""
    if not about.ways.filter(ended_at__isnull=True).exists():
        small_way(world, about)
    words = {"believed": "Skåpet hjälper.", "tried": "Ett skåp i ett trapphus.", "place": "Lombolo"}
    values = {**words, "starts_on": world.today, "stops_on": world.today + 9 * DAY, **more}
    return trials.begin_trial(by=world.person("lead"), challenge=about, values=values)
