"""What was answered and comes back: it stands first in the queue, and whoever answers for it is told, until somebody acts."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contributions.actions.parking import return_parked
from contributions.enums import Status
from contributions.lifecycle import advance
from contributions.models import Contribution, Follow, PromiseRecord
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.test_lifecycle import values_of
from tests.contributions.test_talk import client_of
from tests.contributions.world import World
from tests.factories import IdeaFactory
from triage.enums import Tab
from triage.queries import counts, queue

pytestmark = pytest.mark.django_db
NEAR = "organisation_coordinator"
DAY = datetime.timedelta(days=1)


@pytest.fixture
def world() -> World:
    return World()


def parked(world: World, **more: Any) -> Contribution:
    """Sent and parked until today."""
    about = world.contribution(assigned_to=world.people[NEAR], **more)
    advance(by=world.person(NEAR), contribution=about, step="park", values={"reason": "Efter flytten.", "until": world.today + DAY})
    Contribution.objects.filter(pk=about.pk).update(parked_until=world.today)
    return about


def held(world: World, tab: Tab = Tab.ANSWER) -> list[int]:
    return list(queue(world.person(NEAR), tab).values_list("pk", flat=True))


def told(about: Contribution) -> list[Person]:
    return [notice.recipient for notice in Notice.objects.filter(kind="contributions.came_back", ids__contribution=about.pk)]


def take(world: World, about: Contribution, step: str, role: str = NEAR) -> None:
    values = values_of(world)
    values.pop("target").delete()
    advance(by=world.person(role), contribution=Contribution.objects.get(pk=about.pk), step=step, values=values)


def test_what_was_parked_comes_back_first_where_one_looks(world: World) -> None:
    late = IdeaFactory.create(author=world.people["author"], promised_on=world.today - 30 * DAY)
    about = parked(world)
    records = list(PromiseRecord.objects.filter(contribution=about).values())
    assert held(world) == [late.pk]
    return_parked()
    assert held(world) == [about.pk, late.pk]
    assert held(world, Tab.ONGOING) == []
    seen = counts(world.person(NEAR))
    assert (seen.answer, seen.back, seen.promised, seen.late, seen.ongoing) == (2, 1, 1, 1, 0)
    assert list(PromiseRecord.objects.filter(contribution=about).values()) == records


def test_whoever_is_in_charge_is_told_once_also_when_following_it(world: World) -> None:
    about = parked(world)
    Follow.objects.create(contribution=about, person=world.people[NEAR])
    return_parked()
    return_parked()
    assert told(about) == [world.people[NEAR]]
    heard = Notice.objects.filter(recipient=world.people[NEAR], ids__entry=about.trail.get(step="return").pk)
    assert [notice.kind for notice in heard] == ["contributions.came_back"]


def test_where_nobody_is_in_charge_those_who_answer_are_told(world: World) -> None:
    about = parked(world)
    Contribution.objects.filter(pk=about.pk).update(assigned_to=None)
    return_parked()
    assert {world.people[NEAR], world.people["department_coordinator"], world.people["group_coordinator"]} <= {*told(about)}
    assert world.people["other_organisation_coordinator"] not in told(about)


@pytest.mark.parametrize("status", [Status.DECLINED, Status.ADOPTED])
def test_what_is_opened_again_stands_there_too(world: World, status: Status) -> None:
    about = world.contribution(status=status, assigned_to=world.people[NEAR])
    take(world, about, "reopen", "group_coordinator")
    assert held(world) == [about.pk]
    assert told(about) == [world.people[NEAR]]


def test_a_question_answered_after_the_first_answer_stands_there_too(world: World) -> None:
    about = world.contribution(status=Status.EXPLORING, answered_at=timezone.now())
    take(world, about, "ask")
    assert held(world) == []
    take(world, about, "reply", "author")
    assert held(world) == [about.pk]


def test_a_question_before_the_first_answer_waits_by_its_promise_alone(world: World) -> None:
    about = world.contribution()
    take(world, about, "ask")
    take(world, about, "reply", "author")
    assert Contribution.objects.get(pk=about.pk).came_back_at is None
    assert held(world) == [about.pk]


@pytest.mark.parametrize("step", ["assign", "ask", "park", "decline", "plan", "decide", "convert"])
def test_a_step_of_whoever_answers_for_it_ends_that_and_undo_gives_it_back(world: World, step: str) -> None:
    about = parked(world, status=Status.EXPLORING)
    return_parked()
    assert held(world) == [about.pk]
    take(world, about, step)
    assert held(world) == []
    advance(by=world.person(NEAR), contribution=about, step="undo")
    assert held(world) == [about.pk]


def test_the_authors_own_steps_do_not(world: World) -> None:
    about = parked(world, audience="department")
    return_parked()
    take(world, about, "widen", "author")
    take(world, about, "learn", "author")
    assert held(world) == [about.pk]
    take(world, about, "withdraw", "author")
    assert Contribution.objects.get(pk=about.pk).came_back_at is None


def test_handed_over_it_waits_for_the_new_owner(world: World) -> None:
    about = parked(world)
    return_parked()
    take(world, about, "hand_over")
    assert held(world) == []
    assert list(queue(world.person("other_organisation_coordinator"))) == [about]


def test_the_notice_says_what_came_back_until_somebody_has_acted(world: World) -> None:
    about = parked(world)
    return_parked()
    Notice.objects.update(due_at=timezone.now())
    client = client_of(world.person(NEAR))
    assert "En idé är tillbaka från parkering" in client.get("/notifications/").content.decode()
    take(world, about, "ask")
    assert "En idé är tillbaka från parkering" not in client.get("/notifications/").content.decode()


def test_the_page_says_that_it_is_back(world: World) -> None:
    parked(world)
    return_parked()
    said = client_of(world.person(NEAR)).get("/triage/").content.decode()
    assert said.count("Tillbaka sedan") == 2
    assert "1 har kommit tillbaka." in said


def in_hand(browser: Client, address: str) -> str:
    return str(browser.get(address).context["item"].contribution)


@pytest.mark.parametrize("step", ["return", "reopen", "decline"])
def test_after_an_act_in_the_parked_tab_the_next_one_comes_up(world: World, step: str) -> None:
    for number, title in enumerate(("Först", "Mitten", "Sist")):
        day = world.today + (1 + number) * DAY
        row = IdeaFactory.create(
            author=world.people["author"], title=title, status=Status.PARKED, parked_until=day, answered_at=timezone.now()
        )
    middle = Contribution.objects.get(title="Mitten")
    browser, back = client_of(world.person(NEAR)), f"/triage/?tab=parked&past={middle.pk}"
    take(world, middle, step)
    assert in_hand(browser, back) == "Sist"
    take(world, row, step)
    assert in_hand(browser, f"/triage/?tab=parked&past={row.pk}") == "Först"


def test_after_what_came_back_the_next_that_came_back_comes_up(world: World) -> None:
    IdeaFactory.create(author=world.people["author"], title="Löfte", promised_on=world.today - 30 * DAY)
    first, second = (parked(world, title=title) for title in ("Ett", "Två"))
    for row in (first, second):
        advance(by=None, contribution=Contribution.objects.get(pk=row.pk), step="return")
    browser = client_of(world.person(NEAR))
    assert in_hand(browser, "/triage/") == "Ett"
    take(world, first, "ask")
    assert in_hand(browser, f"/triage/?past={first.pk}") == "Två"
    take(world, second, "ask")
    assert in_hand(browser, f"/triage/?past={second.pk}") == "Löfte"


def test_pages_go_on_over_the_edge_between_what_came_back_and_what_is_promised(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.views.queue.SIZE", 2)
    for number in range(3):
        parked(world, title=f"Åter {number}")
        IdeaFactory.create(author=world.people["author"], title=f"Löfte {number}", promised_on=world.today + number * DAY)
    return_parked()
    browser, after, seen = client_of(world.person(NEAR)), "", list[str]()
    for _page in range(3):
        rows = browser.get("/triage/", {"after": after}).context["rows"]
        seen += [row.title for row in rows.rows]
        after = rows.page.next
    assert len(seen) == 6
    assert not after
    assert seen[3:] == ["Löfte 0", "Löfte 1", "Löfte 2"]


def test_the_tab_is_read_by_its_index(world: World) -> None:
    parked(world)
    rows = queue(world.person("group_coordinator"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    plan = rows.explain()
    assert "contribution_to_answer" in plan
    assert "Sort" not in plan


@pytest.mark.parametrize("between", ["another", "clock"])
def test_undo_after_somebody_else_has_acted_is_too_late_and_no_trespass(world: World, between: str) -> None:
    about = world.contribution()
    take(world, about, "park" if between == "clock" else "ask")
    if between == "clock":
        Contribution.objects.filter(pk=about.pk).update(parked_until=world.today)
        return_parked()
    else:
        take(world, about, "decide", "group_coordinator")
    late = client_of(world.person(NEAR)).post(reverse("step", args=(about.pk, "undo")))
    assert late.status_code == 409
    assert "tio sekunder" in late.content.decode()
    never = client_of(world.person("department_coordinator")).post(reverse("step", args=(about.pk, "undo")))
    assert never.status_code == 403
