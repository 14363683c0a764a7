"""All learnings, a person's own page, and what is similar to what is being written."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contributions.enums import Audience, Status
from contributions.lifecycle import advance
from contributions.models import Contribution, TrailEntry
from organisation.enums import Role
from organisation.models import Person
from tests.contributions.test_lists import HTMX, as_person, challenge, idea, words
from tests.factories import PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return PersonFactory.create()


@pytest.fixture
def browser(person: Person) -> Client:
    return as_person(person)


def learnt(row: Contribution, happened: str, **more: Any) -> TrailEntry:
    return TrailEntry.objects.create(
        contribution=row, sort="learning", step="learn", to_status=row.status, learning_happened=happened, by=row.author, **more
    )


def happened(response: Any) -> list[str]:
    return [entry.learning_happened or entry.learning_tried for entry in response.context["entries"].rows]


def test_every_entry_that_teaches_latest_first(browser: Client) -> None:
    now = timezone.now()
    one, other = idea("Sand"), challenge("Halka")
    learnt(one, "Sanden blåste bort.", at=now - datetime.timedelta(days=2))
    learnt(other, "Isen kom tillbaka.", at=now)
    TrailEntry.objects.create(
        contribution=one, step="back_to_exploring", from_status="testing", to_status="exploring", learning_tried="Vi sandade två gånger.",
        at=now - datetime.timedelta(days=1),
    )  # fmt: skip
    TrailEntry.objects.create(contribution=one, step="plan", from_status="exploring", to_status="planned", text="Ett beslut utan lärdom.")
    page = browser.get("/learnings/")
    assert happened(page) == ["Isen kom tillbaka.", "Vi sandade två gånger.", "Sanden blåste bort."]
    assert "Ett beslut utan lärdom." not in words(page)
    assert happened(browser.get("/learnings/?kind=challenge")) == ["Isen kom tillbaka."]
    assert happened(browser.get("/learnings/?q=sand")) == ["Vi sandade två gånger.", "Sanden blåste bort."]
    assert happened(browser.get("/learnings/?q=sanden+bort")) == ["Sanden blåste bort."]
    assert happened(browser.get("/learnings/?q=%25")) == happened(page)


def test_a_learning_that_was_taken_back_is_not_taught(browser: Client) -> None:
    row = idea("Sand", status=Status.EXPLORING)
    values = {"learning_believed": "a", "learning_tried": "b", "learning_happened": "Skrivet på fel idé."}
    kept = {**values, "learning_happened": "Sanden blåste bort."}
    advance(by=row.author, contribution=row, step="learn", values=kept)
    advance(by=row.author, contribution=row, step="learn", values=values)
    advance(by=row.author, contribution=row, step="undo")
    assert happened(browser.get("/learnings/")) == ["Sanden blåste bort."]


def test_the_learnings_come_in_pages(browser: Client) -> None:
    row = idea("Sand")
    for number in range(12):
        learnt(row, f"Prov {number:02}.", at=timezone.now() - datetime.timedelta(hours=number))
    first = browser.get("/learnings/")
    second = browser.get("/learnings/", {"after": first.context["entries"].next})
    assert happened(first) + happened(second) == [f"Prov {number:02}." for number in range(12)]


def rows(response: Any) -> list[str]:
    return [str(row) for row in response.context["page"].rows]


def test_what_i_have_brought_holds_my_drafts_and_nobody_elses(browser: Client, person: Person) -> None:
    now = timezone.now()
    idea("Skickad", author=person, last_activity_at=now)
    draft = idea("", author=person, status=Status.DRAFT, last_activity_at=now - datetime.timedelta(days=1))
    idea("Andras")
    page = browser.get("/mine/")
    assert rows(page) == ["Skickad", "Utkast utan rubrik"]
    assert f'href="/ideas/{draft.pk}/edit/"' in page.content.decode()
    assert "Bara du ser det" in words(page)


def test_what_i_follow_and_support_as_long_as_i_may_read_it(browser: Client, person: Person) -> None:
    followed, supported = idea("Följd"), challenge("Stödd")
    followed.follows.create(person=person)
    supported.supports.create(person=person, kind="help")
    supported.supports.create(person=person, kind="good")
    for row in (idea("Mista", audience=Audience.DEPARTMENT), idea("Indragen", status=Status.DRAFT)):
        row.follows.create(person=person)
        row.supports.create(person=person, kind="good")
    assert rows(browser.get("/mine/?tab=followed")) == ["Följd"]
    page = browser.get("/mine/?tab=supported")
    assert rows(page) == ["Stödd"]
    assert "Du vill hjälpa till" in words(page)


def test_what_waits_for_me(browser: Client, person: Person) -> None:
    idea("Fråga till mig", author=person, status=Status.NEEDS_AUTHOR)
    idea("Mitt utkast", author=person, status=Status.DRAFT)
    idea("Min skickade", author=person)
    RoleAssignmentFactory.create(role=Role.AMBASSADOR, person=person)
    idea("Anförtrott mig", status=Status.DRAFT, audience=Audience.AMBASSADOR, ambassador=person)
    idea("Anförtrott annan", status=Status.DRAFT, audience=Audience.AMBASSADOR, ambassador=PersonFactory.create())
    idea("Att svara på", assigned_to=person)
    idea("Redan svarad", assigned_to=person, answered_at=timezone.now())
    page = browser.get("/mine/?tab=waiting")
    assert sorted(rows(page)) == ["Anförtrott mig", "Att svara på", "Fråga till mig"]
    assert "låter dig läsa" in words(page)


def test_similar_as_json_is_the_contract(browser: Client) -> None:
    other = challenge("Halka vid dörren", status=Status.DECLINED)
    found = browser.get("/contributions/similar/?q=halka", headers={"Accept": "application/json"})
    assert found["Content-Type"] == "application/json"
    [row] = found.json()
    score = row.pop("score")
    assert row == {
        "id": other.pk,
        "kind": "challenge",
        "title": "Halka vid dörren",
        "status": "declined",
        "url": f"/challenges/{other.pk}/",
    }
    assert 0 < score < 1
    assert browser.get("/contributions/similar/?q=", headers={"Accept": "application/json"}).json() == []


def test_similar_as_a_fragment_while_typing(browser: Client, person: Person) -> None:
    for number in range(7):
        idea(f"Halka {number}")
    own = idea("Halka hos kollegan", author=person)
    part = browser.post("/contributions/similar/", {"title": "Vi halkar", "problem": "på trappan"}, headers=HTMX)
    page = part.content.decode()
    assert part.status_code == 200
    assert page.count("<li") == 5
    assert "5 andra har sett något liknande" in page
    assert "<main" not in page
    but = browser.get(f"/contributions/similar/?q=halka+kollegan&except={own.pk}", headers={"Accept": "application/json"}).json()
    assert own.pk not in {row["id"] for row in but}
    assert own.pk in {
        row["id"] for row in browser.get("/contributions/similar/?q=halka+kollegan", headers={"Accept": "application/json"}).json()
    }


def test_similar_offers_to_answer_a_challenge_only_while_writing(browser: Client) -> None:
    row = challenge("Halka", status=Status.OPEN_FOR_IDEAS, ideas_close_at=timezone.now() + datetime.timedelta(days=1))
    typed = {"title": "Halka", "problem": ""}
    assert f'name="answers" value="{row.pk}"' in browser.post("/contributions/similar/?for=idea", typed, headers=HTMX).content.decode()
    assert 'name="answers"' not in browser.post("/contributions/similar/", typed, headers=HTMX).content.decode()


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
@pytest.mark.parametrize(
    "address", ["/ideas/", "/challenges/", "/search/", "/learnings/", "/mine/", "/contributions/similar/", "/ideas/new/"]
)
def test_other_methods_are_refused(browser: Client, address: str, method: str) -> None:
    assert getattr(browser, method)(address).status_code == 405
