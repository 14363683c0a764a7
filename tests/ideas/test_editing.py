"""Changing what is written: in two windows at once, once it is sent, and when it is closed."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils.html import escape

from contributions.enums import Status
from contributions.models import Contribution
from ideas.actions import share_with_ambassador
from ideas.models import Idea
from organisation.models import Person
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory
from tests.ideas.screens import PROBLEM, ambassador_for, as_person, first, second_screen, text

pytestmark = pytest.mark.django_db


def test_a_draft_changed_in_another_window_is_shown_beside_what_was_typed(browser: Client, person: Person) -> None:
    touched = DepartmentFactory.create()
    second_screen(browser)
    pk = Contribution.objects.get().pk
    browser.post(f"/ideas/{pk}/edit/", {"version": 1, "title": "Hala trappor", "problem": PROBLEM})
    mine = {"version": 1, "title": "Isiga trappor", "problem": PROBLEM, "touched": [touched.pk], "touched_groups": ["pupils"]}
    came = browser.post(f"/ideas/{pk}/edit/", mine)
    page = came.content.decode()
    assert came.status_code == 409
    assert "Rubrik – så står det nu Hala trappor Rubrik – det du skrev" in text(came)
    assert 'value="Isiga trappor"' in page
    assert 'name="version" value="2"' in page
    hidden = dict(re.findall(r'<input type="hidden" name="(problem|touched|touched_groups)" value="([^"]*)"', page))
    assert hidden == {"problem": escape(PROBLEM), "touched": str(touched.pk), "touched_groups": "pupils"}
    saved = browser.post(f"/ideas/{pk}/edit/", {**mine, "version": 2, "resolved": "1"})
    assert saved["Location"] == f"/ideas/{pk}/edit/"
    draft = Contribution.objects.get()
    assert (draft.title, draft.touched_groups, list(draft.touched.all())) == ("Isiga trappor", ["pupils"], [touched])


def test_choices_changed_in_another_window_are_shown_beside_each_other(browser: Client, person: Person) -> None:
    units = [DepartmentFactory.create(name=name) for name in ("Fritid", "Vattenverk")]
    idea = IdeaFactory.create(author=person, title="Hal trappa", problem=PROBLEM, proposal="Sanda.")
    values = {"version": 1, "title": "Hal trappa", "problem": PROBLEM, "proposal": "Sanda.", "benefit": ""}
    browser.post(f"/ideas/{idea.pk}/edit/", {**values, "touched": [units[0].pk], "touched_groups": ["pupils", "clients"]})
    came = browser.post(f"/ideas/{idea.pk}/edit/", {**values, "touched": [units[1].pk]})
    assert came.status_code == 409
    words = text(came)
    assert "Förvaltningar och enheter – så står det nu Fritid Förvaltningar och enheter – det du valde Vattenverk" in words
    assert "Vem berörs? – så står det nu Brukare, Elever och barn Vem berörs? – det du valde Inget" in words
    assert f'<input type="hidden" name="touched" value="{units[1].pk}">' in came.content.decode()


def test_an_idea_that_is_sent_is_edited_on_one_page(browser: Client, person: Person) -> None:
    idea = IdeaFactory.create(author=person, title="Hal trappa", problem=PROBLEM, proposal="Sanda.")
    page = browser.get(f"/ideas/{idea.pk}/edit/").content.decode()
    assert "Sanda.</textarea>" in page
    assert 'name="audience"' not in page
    values = {"version": 1, "title": "Hal trappa", "problem": PROBLEM, "proposal": "Salta.", "benefit": ""}
    came = browser.post(f"/ideas/{idea.pk}/edit/", values, follow=True)
    assert came.redirect_chain == [(f"/ideas/{idea.pk}/", 303)]
    assert "Ändringen är sparad." in came.content.decode()
    assert Idea.objects.get().proposal == "Salta."
    stale = browser.post(f"/ideas/{idea.pk}/edit/", {**values, "proposal": "Grusa."})
    assert stale.status_code == 409
    assert "Salta." in text(stale)
    assert "Grusa.</textarea>" in stale.content.decode()
    again = browser.post(f"/ideas/{idea.pk}/edit/", values, follow=True)
    assert again.redirect_chain == [(f"/ideas/{idea.pk}/", 303)]
    assert "Ändringen är sparad." not in again.content.decode()


@pytest.mark.parametrize("field", ["title", "problem", "proposal"])
def test_a_sent_idea_is_not_emptied(browser: Client, person: Person, field: str) -> None:
    idea = IdeaFactory.create(author=person, title="Hal trappa", problem=PROBLEM, proposal="Sanda.")
    values = {"version": 1, "title": "Hal trappa", "problem": PROBLEM, "proposal": "Sanda.", "benefit": "", field: "  "}
    assert browser.post(f"/ideas/{idea.pk}/edit/", values).status_code == 422
    assert Idea.objects.get().version == 1


def test_a_window_left_open_loses_nothing_when_the_idea_was_sent_meanwhile(browser: Client, person: Person) -> None:
    idea = IdeaFactory.create(author=person, title="Hal trappa", problem=PROBLEM, proposal="Sanda.", version=3)
    second = browser.post(f"/ideas/{idea.pk}/edit/?part=proposal", {"version": 1, "proposal": "Värmeslinga.", "audience": "group"})
    assert second.status_code == 409
    assert "Värmeslinga.</textarea>" in second.content.decode()
    screen = browser.post(f"/ideas/{idea.pk}/edit/", {"version": 1, "title": "Halt varje morgon", "problem": PROBLEM})
    assert screen.status_code == 409
    assert 'value="Halt varje morgon"' in screen.content.decode()
    assert Idea.objects.get().version == 3


def test_a_window_left_open_loses_nothing_when_it_became_a_challenge(browser: Client, person: Person) -> None:
    challenge = ChallengeFactory.create(author=person, title="Hal trappa", problem=PROBLEM, version=3)
    came = browser.post(f"/ideas/{challenge.pk}/edit/?part=proposal", {"version": 1, "proposal": "Värmeslinga.", "audience": "group"})
    assert came.status_code == 409
    assert "Värmeslinga.</textarea>" in came.content.decode()
    assert "Spara det jag skrev" not in text(came)


@pytest.mark.parametrize("status", [Status.PLANNED, Status.TESTING, Status.ADOPTED, Status.DECLINED])
def test_when_the_status_closes_editing_the_page_is_refused(browser: Client, person: Person, status: Status) -> None:
    idea = IdeaFactory.create(author=person, status=status)
    assert browser.get(f"/ideas/{idea.pk}/edit/").status_code == 403
    assert browser.post(f"/ideas/{idea.pk}/edit/", {"version": 1, "title": "Annat"}).status_code == 403


def test_somebody_elses_draft_is_not_there_and_somebody_elses_idea_is_closed(person: Person) -> None:
    other = as_person(PersonFactory.create())
    draft, idea = IdeaFactory.create(author=person, status=Status.DRAFT), IdeaFactory.create(author=person)
    assert [other.get(f"/ideas/{row.pk}/edit/").status_code for row in (draft, idea)] == [404, 403]
    assert [other.post(f"/ideas/{row.pk}/edit/", first(version=1)).status_code for row in (draft, idea)] == [404, 403]
    ambassador = ambassador_for(person)
    share_with_ambassador(by=person, draft=draft, ambassador=ambassador)
    assert as_person(ambassador).get(f"/ideas/{draft.pk}/edit/").status_code == 403
