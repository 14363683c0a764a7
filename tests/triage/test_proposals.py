"""Steps that those who lead a challenge propose, in the coordinator's queue: what is in it, in which order, what can be done, what it costs."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.utils import timezone

from challenges.actions import leading
from challenges.models import StepProposal
from contributions.enums import Kind, Status
from contributions.lifecycle import advance
from contributions.models import Contribution
from notifications.messages import render
from notifications.models import Notice
from tests.contributions.conftest import world
from tests.contributions.test_talk import client_of
from tests.contributions.world import DAY, World
from tests.triage.test_views import in_hand, queued, words
from triage.enums import Scope, Tab
from triage.queries import Wish, counts, queue

__all__ = ["world"]
WHY = "Vi har hört alla tre grupperna, och **nycklarna** är det som stjäl tid."
PAGE = "/triage/?tab=proposed"
LEARNT = {"learning_believed": "Att det räckte.", "learning_tried": "Två veckor.", "learning_happened": "Det räckte inte."}


def proposed(world: World, step: str = "open", status: Status = Status.UNDERSTANDING, **more: Any) -> Contribution:
    """A challenge answered long ago, and a step that its lead proposes."""
    about = world.contribution(Kind.CHALLENGE, status, answered_at=timezone.now(), **more)
    leading.propose(by=world.person("lead"), challenge=about, step=step, text=WHY)
    return about


def take(world: World, about: Contribution, step: str, **values: Any) -> None:
    advance(by=world.person("organisation_coordinator"), contribution=about, step=step, values={"reason": "Ja.", "body": "När?", **values})


def waiting(world: World, role: str = "organisation_coordinator", **wish: Any) -> list[Contribution]:
    rows = list(queue(world.person(role), Wish(tab=Tab.PROPOSED, **wish)))
    assert counts(world.person(role), wish=Wish(**wish)).proposed == len(rows)
    return rows


def test_whoever_answers_for_it_finds_it_and_nobody_else(world: World) -> None:
    about = proposed(world)
    coordinators = ("department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent")
    assert [waiting(world, role) for role in coordinators] == [[about]] * 4
    assert [waiting(world, role) for role in ("other_organisation_coordinator", "other_department_coordinator")] == [[], []]
    assert waiting(world, scope=Scope.MINE) == []
    take(world, about, "assign", assignee=world.person("organisation_coordinator"))
    assert waiting(world, scope=Scope.MINE) == [about]


def test_it_is_in_the_queue_for_as_long_as_it_holds(world: World) -> None:
    about, by = proposed(world), world.person("organisation_coordinator")
    take(world, about, "ask")
    assert waiting(world) == []
    advance(by=world.person("author"), contribution=about, step="reply", values={"body": "I går."})
    assert waiting(world) == [about]
    take(world, about, "park", until=world.today + DAY)
    assert waiting(world) == []
    advance(by=None, contribution=about, step="return")
    assert waiting(world) == [about]
    take(world, about, "open", closes_on=world.today + 9 * DAY)
    assert waiting(world) == []
    advance(by=by, contribution=about, step="undo")
    assert waiting(world) == [about]


def test_what_was_taken_is_not_proposed_anew_when_the_challenge_comes_back(world: World) -> None:
    about, coordinator = proposed(world), world.person("organisation_coordinator")
    take(world, about, "open", closes_on=world.today + 9 * DAY)
    take(world, about, "back_to_understanding", **LEARNT)
    ((_notice, fact),) = render(coordinator, Notice.objects.filter(recipient=coordinator, kind="challenges.step_proposed"))
    said = f"{world.people['lead'].full_name} föreslår"
    page = client_of(coordinator).get(about.get_absolute_url()).content.decode()
    assert (waiting(world), fact.act, said in page) == ([], "", False)
    again = leading.propose(by=world.person("lead"), challenge=about, step="open", text="Nu vet vi mer.")
    assert (waiting(world), StepProposal.objects.get(closed_at=None)) == ([about], again)


def test_what_became_an_idea_has_no_step_of_a_challenge(world: World) -> None:
    about = proposed(world, "solve", Status.TESTING)
    take(world, about, "convert")
    assert (Contribution.objects.get(pk=about.pk).status, waiting(world)) == (Status.TESTING, [])
    assert client_of(world.person("organisation_coordinator")).get(f"/triage/?item={about.pk}").status_code == 200


def test_the_one_that_has_waited_longest_stands_first(world: World) -> None:
    late, early, middle = (proposed(world, title=title, promised_on=world.today) for title in ("Sist", "Först", "Mitten"))
    for days, about in enumerate((late, middle, early), start=1):
        StepProposal.objects.filter(contribution=about).update(at=timezone.now() - days * DAY)
    browser = client_of(world.person("organisation_coordinator"))
    page = browser.get(PAGE)
    assert (queued(page), in_hand(page), "Föreslagna steg 3" in words(page)) == (["Först", "Mitten", "Sist"], "Först", True)
    take(world, middle, "open", closes_on=world.today + 9 * DAY)
    after = browser.get(f"{PAGE}&past={middle.pk}")
    assert (queued(after), in_hand(after)) == (["Först", "Sist"], "Sist")


@pytest.mark.parametrize("tab", [Tab.PROPOSED, Tab.ONGOING])
def test_the_row_and_the_item_say_who_proposes_what_and_why(world: World, tab: Tab) -> None:
    about, said = proposed(world), f"{world.people['lead'].full_name} föreslår: Öppna för idéer"
    page = client_of(world.person("organisation_coordinator")).get(f"/triage/?tab={tab}")
    html = page.content.decode()
    assert (words(page).count(said), "<strong>nycklarna</strong> är det som stjäl tid." in html) == (2, True)
    back = quote(f"/triage/?tab={tab}&past={about.pk}").replace("&", "&amp;")
    assert f'href="/contributions/{about.pk}/steps/open/?next={back}" data-dialog aria-keyshortcuts="P"' in html


def test_what_nobody_proposes_says_nothing_of_it(world: World) -> None:
    world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING, answered_at=timezone.now())
    page = client_of(world.person("organisation_coordinator")).get("/triage/?tab=ongoing")
    assert ("föreslår" in words(page), "Föreslagna steg 0" in words(page), 'shortcuts="P"' in page.content.decode()) == (False, True, False)


def test_not_now_leads_back_to_the_queue(world: World) -> None:
    about, browser = proposed(world), client_of(world.person("organisation_coordinator"))
    address = f"/challenges/{about.pk}/propose/{StepProposal.objects.get().pk}/"
    queue_at = f"{PAGE}&past={about.pk}"
    html = browser.get(PAGE).content.decode()
    assert f'action="{address}"' in html
    assert f'name="next" value="{queue_at.replace("&", "&amp;")}"' in html
    assert browser.post(address, {"next": "https://evil.example/"})["Location"] == about.get_absolute_url()
    came = browser.post(address, {"next": queue_at})
    assert (came.status_code, came["Location"], waiting(world)) == (303, queue_at, [])
    assert "Inget här" in words(browser.get(queue_at))


def test_pages_of_it_follow_each_other(world: World) -> None:
    for number in range(31):
        proposed(world, title=f"Nummer {number:02}")
    browser = client_of(world.person("organisation_coordinator"))
    first = browser.get(PAGE)
    second = browser.get(PAGE, {"tab": "proposed", "after": first.context["rows"].page.next})
    assert (len(queued(first)), queued(second)) == (30, ["Nummer 30"])


@pytest.mark.parametrize(("query", "queries"), [("", 10), ("&past={past}", 12), ("&item={past}", 12)])
def test_it_costs_the_same_with_one_row_and_with_three(world: World, django_assert_num_queries: Any, query: str, queries: int) -> None:
    browser = client_of(world.person("organisation_coordinator"))
    past = proposed(world)
    take(world, past, "open", closes_on=world.today + 9 * DAY)
    for size in (1, 2):
        for _ in range(size):
            proposed(world)
        with django_assert_num_queries(queries):
            assert browser.get(PAGE + query.format(past=past.pk)).status_code == 200


def test_the_proposals_that_stand_are_found_by_their_index(world: World) -> None:
    """However many contributions there are: from the few proposals to their challenges by id."""
    proposed(world)
    rows = queue(world.person("organisation_coordinator"), Tab.PROPOSED)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = rows.explain()
    assert re.search(r"Index Scan using \w+ on challenges_stepproposal", plan)
    assert "Seq Scan" not in plan
