"""Everything needed to answer on one screen: what an item answers, whom it touches, notes, drafts, and what is understood of a challenge."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from challenges.models import Challenge, Why
from contributions.actions.drafting import save_draft
from contributions.actions.talk import comment
from contributions.enums import Audience, Kind, Status
from contributions.models import Contribution
from tests.contributions.test_talk import client_of
from tests.contributions.world import World
from tests.factories import ChallengeFactory, DepartmentFactory, PersonFactory
from tests.triage.test_views import words

pytestmark = pytest.mark.django_db
NEAR = "organisation_coordinator"
IN_A_WEEK = datetime.timedelta(days=7)


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def browser(world: World) -> Client:
    return client_of(world.person(NEAR))


def around(browser: Client, about: Contribution) -> str:
    return words(browser.get(reverse("triage_history", args=(about.pk,))))


def note(world: World, about: Contribution, body: str) -> None:
    comment(by=world.person(NEAR), contribution=about, body=body, token=uuid.uuid4(), internal=True)


def answering(world: World, **challenge: Any) -> tuple[Contribution, Contribution]:
    elsewhere = PersonFactory.create(department=DepartmentFactory.create(organisation=world.company))
    asked = ChallengeFactory.create(author=elsewhere, title="Mörka stigar", **challenge)
    return world.contribution(answers_id=asked.pk), asked


def test_an_idea_says_which_challenge_it_answers_and_until_when(world: World, browser: Client) -> None:
    about, _asked = answering(world, status=Status.OPEN_FOR_IDEAS, ideas_close_at=timezone.now() + IN_A_WEEK)
    assert "Svarar på Mörka stigar öppen för idéer till och med" in around(browser, about)
    Challenge.objects.update(ideas_close_at=timezone.now() - IN_A_WEEK)
    assert "Svarar på Mörka stigar tiden för idéer tog slut" in around(browser, about)


def test_a_challenge_that_the_reader_may_not_see_is_not_named(world: World, browser: Client) -> None:
    about, asked = answering(world)
    assert "Mörka stigar" in around(browser, about)
    Contribution.objects.filter(pk=asked.pk).update(audience=Audience.DEPARTMENT)
    assert "Mörka stigar" not in around(browser, about)


def test_whom_it_touches_and_the_notes_in_words(world: World, browser: Client) -> None:
    about = world.contribution(touched_groups=["tenants"])
    about.touched.add(world.beside)
    note(world, about, "Ring Vatten först.")
    comment(by=world.person("author"), contribution=about, body="Tack!", token=uuid.uuid4())
    said = around(browser, about)
    assert all(part in said for part in (f"Berör {world.beside.name}", "Hyresgäster", "Interna anteckningar", "Ring Vatten först."))
    assert "Tack!" not in said
    for number in range(6):
        note(world, about, f"Anteckning {number}.")
    said = around(browser, about)
    assert all(f"Anteckning {number}." in said for number in (1, 5))
    assert "Anteckning 0." not in said
    assert "Äldre anteckningar på sidan" in said


def test_a_challenge_says_what_is_understood_who_leads_it_and_its_time(world: World, browser: Client) -> None:
    closes = timezone.now() + IN_A_WEEK
    about = world.contribution(
        Kind.CHALLENGE, Status.OPEN_FOR_IDEAS, answered_at=timezone.now(), root_problem="Ingen äger frågan.", ideas_close_at=closes
    )
    Why.objects.create(contribution=about, position=1, question="Varför är det mörkt?", answer="Lampan är trasig.")
    said = around(browser, about)
    lead = world.people["lead"].full_name
    assert all(
        part in said
        for part in ("Tid för idéer öppen för idéer till och med", f"Leds av {lead}", "Ingen äger frågan.", "Lampan är trasig.")
    )


def test_a_draft_is_seen_in_the_list_and_on_the_item_with_its_writer(world: World, browser: Client) -> None:
    about = world.contribution()
    group = world.person("group_coordinator")
    assert "utkast" not in words(browser.get("/triage/")).replace("Svarsutkast", "")
    save_draft(by=group, contribution=about, step="decline", values={"reason": "Inte i år."}, read_at=1, version=None)
    page = browser.get("/triage/")
    said = words(page)
    assert f"{group.full_name} har ett utkast till svar: " in said
    assert f"Utkast av {group.full_name}" in said
    assert said.count("Inte i år.") == 0
    assert page.content.decode().count(reverse("step", args=(about.pk, "decline"))) == 2


@pytest.mark.parametrize(("kind", "queries"), [(Kind.IDEA, 11), (Kind.CHALLENGE, 11)])
def test_it_costs_the_same_with_one_of_each_and_with_three(
    world: World, browser: Client, django_assert_num_queries: Any, kind: Kind, queries: int
) -> None:
    about, _asked = answering(world) if kind == Kind.IDEA else (world.contribution(kind), None)
    for size in (1, 2):
        for number in range(size):
            note(world, about, f"Anteckning {size}{number}.")
            about.touched.add(world.beside if size == 1 else (world.abroad, world.above)[number])
            if kind == Kind.CHALLENGE:
                Why.objects.create(contribution=about, position=size + number, question="Varför?", answer="Därför.")
            world.contribution()
        with django_assert_num_queries(queries):
            assert browser.get(reverse("triage_history", args=(about.pk,))).status_code == 200
