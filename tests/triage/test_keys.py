"""A key for every act that an item offers, and no two acts of an item with one key."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from django.urls import reverse

from challenges.models import StepProposal
from contributions.enums import Kind, Status
from contributions.lifecycle import specs
from contributions.models import Contribution
from contributions.statuses import STATUSES
from network.models import Competence
from tests.contributions.test_talk import client_of
from tests.contributions.world import World
from triage.views.queue import AT_HAND, KEYS, ONWARD, OWN

pytestmark = pytest.mark.django_db
SPELLED = set("AVPWMETFSNDOHBRGLZIXUJK123?")


class Acts(HTMLParser):
    """What an item lets one press, each with its key: what opens a form in place, and every button of a form."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_setting = given.get("name") == "stays"
        if (tag == "a" and "data-dialog" in given) or (tag == "button" and not is_setting):
            name = given.get("href") or given.get("name") or "button"
            self.found.append((name, given.get("aria-keyshortcuts") or ""))


def acts(page: str) -> list[tuple[str, str]]:
    parser = Acts()
    parser.feed(re.search(r"<article.*?</article>", page, re.DOTALL)[0])  # type: ignore[index]
    return parser.found


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize(("kind", "status"), [(kind, status) for kind in Kind for status in STATUSES[kind] if status != Status.DRAFT])
def test_each_act_has_a_key_of_its_own(world: World, kind: Kind, status: Status) -> None:
    about = world.contribution(kind, status)
    if kind == Kind.CHALLENGE and status == Status.UNDERSTANDING:
        StepProposal.objects.create(contribution=about, step="open", text="Nu vet vi.", by=world.people["lead"], from_status=status)
    browser = client_of(world.person("organisation_coordinator"))
    found = acts(browser.get("/triage/", {"item": about.pk}).content.decode())
    assert [name for name, key in found if not key] == []
    keys = [key for _name, key in found]
    assert sorted(keys) == sorted(set(keys)), found
    offered = {match[1] for name, _key in found if (match := re.search(r"/steps/([a-z_]+)/", name))}
    coordinator = world.person("organisation_coordinator")
    fresh = Contribution.objects.with_place().get(pk=about.pk)
    takeable = {
        step.name
        for spec in specs() if spec.kind == kind
        for step in spec.steps if fresh.status in step.sources and coordinator.has_perm(step.permission, fresh)
    }  # fmt: skip
    assert offered == takeable


def test_the_first_whom_one_can_bring_in_is_reached_by_a_key_and_not_told_by_it(world: World) -> None:
    about = world.contribution(problem="Vi behöver någon som kan drönare.")
    for role in ("other_department", "other_organisation"):
        Competence.objects.create(person=world.people[role], name="Drönare", key="dronare")
    page = client_of(world.person("organisation_coordinator")).get(reverse("triage_people", args=(about.pk,))).content.decode()
    assert page.count('aria-keyshortcuts="I"') == page.count(" data-key-focus") == 1


def test_every_key_is_spelled_out_on_the_page_of_keys(world: World) -> None:
    page = client_of(world.person("organisation_coordinator")).get("/triage/keys/").content.decode()
    spelled = set(re.findall(r"<kbd>(.)</kbd>", page))
    assert spelled >= SPELLED
    assert set(KEYS.values()) <= SPELLED


def test_no_step_is_without_a_key() -> None:
    """A step that is new has to be given one."""
    names = {step.name for spec in specs() for step in spec.steps}
    assert names == {*KEYS, *ONWARD, *OWN}
    assert {*AT_HAND} <= {*KEYS}
    for spec in specs():
        by_key = [KEYS[step.name] for step in spec.steps if step.name in KEYS]
        assert len(by_key) == len(set(by_key))
