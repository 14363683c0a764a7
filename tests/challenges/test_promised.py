"""What somebody has promised, on a page of their own: as long as it can be done, and honest about what rests."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from contributions.enums import Kind, Status
from contributions.models import Contribution
from contributions.statuses import STATUSES
from tests.challenges.stages import in_plan, item_in
from tests.contributions.test_talk import client_of
from tests.contributions.world import DAY, World

GOES_ON = {Status.ACTION_PLAN, Status.TESTING}
GONE = {Status.SOLVED, Status.DECLINED, Status.MERGED}


def moved(world: World, about: Contribution, status: Status) -> None:
    """As it stands after some way, whatever the steps would have asked for."""
    columns: dict[str, Any] = {"status": status}
    if status in (Status.PARKED, Status.NEEDS_AUTHOR):
        columns["resumes_as"] = Status.ACTION_PLAN
    if status == Status.PARKED:
        columns["parked_until"] = world.today + DAY
    if status == Status.NEEDS_AUTHOR:
        columns["promise_paused_at"] = about.submitted_at
    if status == Status.MERGED:
        columns["merged_into"] = world.contribution(Kind.CHALLENGE).pk
    Contribution.objects.filter(pk=about.pk).update(**columns)


@pytest.mark.parametrize("status", STATUSES[Kind.CHALLENGE])
def test_a_button_only_where_it_can_be_done_and_nothing_where_all_is_over(world: World, status: Status) -> None:
    about = in_plan(world)
    item = item_in(world, about, who="same_department")
    moved(world, about, status)
    client = client_of(world.person("same_department"))
    page, done = client.get("/mine/promised/").content.decode(), reverse("plan_item_done", args=(about.pk, item.pk))
    assert (item.what in page, done in page) == (status not in GONE, status in GOES_ON)
    assert ("Vilar" in page) == (status not in GONE | GOES_ON)
    assert (client.post(done).status_code == 303) == (status in GOES_ON)


def test_what_is_parked_says_so(world: World) -> None:
    about = in_plan(world)
    item_in(world, about, who="same_department")
    moved(world, about, Status.PARKED)
    assert "Vilar: utmaningen är parkerad" in client_of(world.person("same_department")).get("/mine/promised/").content.decode()
