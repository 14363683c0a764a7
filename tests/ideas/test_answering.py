"""An idea that answers a challenge, and one that is much like another."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contributions.enums import Audience, Status
from contributions.lifecycle import reindex_texts
from contributions.models import Contribution, Support
from ideas.models import Idea
from organisation.models import Person
from tests.factories import DepartmentFactory, IdeaFactory, PersonFactory
from tests.ideas.screens import HTMX, PROBLEM, first, open_challenge, text

pytestmark = pytest.mark.django_db


def test_an_idea_answers_a_challenge_from_the_link_to_the_end(browser: Client) -> None:
    challenge = open_challenge()
    page = browser.get(f"/ideas/new/?answers={challenge.pk}")
    assert "Det svarar på utmaningen ”Halka vid entréerna”" in text(page)
    assert re.search(rf'name="answers" value="{challenge.pk}" checked', page.content.decode())
    came = browser.post("/ideas/new/", first(answers=challenge.pk))
    assert "Det svarar på utmaningen ”Halka vid entréerna”" in text(browser.get(came["Location"]))
    browser.post(came["Location"], {"version": 1, "proposal": "Sanda.", "audience": "group"})
    assert Idea.objects.get().answers_id == challenge.pk


@pytest.mark.parametrize("closed", [{"ideas_close_at": timezone.now()}, {"audience": Audience.DEPARTMENT}, {"status": Status.ACTION_PLAN}])
def test_a_challenge_that_takes_no_ideas_is_said_and_the_words_kept(browser: Client, closed: dict[str, Any]) -> None:
    challenge = open_challenge(**closed)
    said = "Utmaningen tar inte emot idéer nu. Din text är kvar som ett eget utkast, och du kan skicka den ändå."
    page = browser.get(f"/ideas/new/?answers={challenge.pk}")
    assert said in text(page)
    assert "Halka vid entréerna" not in text(page)
    came = browser.post("/ideas/new/", first(answers=challenge.pk), follow=True)
    assert said in came.content.decode()
    assert list(Contribution.objects.exclude(pk=challenge.pk).values_list("title", "answers")) == [("Hal trappa", None)]


def test_a_challenge_that_closed_meanwhile_leaves_a_draft_of_its_own(browser: Client) -> None:
    challenge = open_challenge()
    screen = browser.post("/ideas/new/", first(answers=challenge.pk))["Location"]
    type(challenge).objects.filter(pk=challenge.pk).update(ideas_close_at=timezone.now())
    came = browser.post(screen, {"version": 1, "proposal": "Sanda.", "audience": "group"})
    assert came.status_code == 422
    assert "Utmaningen tar inte emot idéer nu." in text(came)
    assert list(Idea.objects.values_list("status", "proposal", "answers")) == [("draft", "Sanda.", None)]
    version = re.findall(r'name="version" value="(\d+)"', came.content.decode())[0]
    sent = browser.post(screen, {"version": version, "proposal": "Sanda.", "audience": "group"})
    assert sent.status_code == 303
    assert Idea.objects.get().status == Status.SUBMITTED


def test_what_is_similar_stands_on_the_page_without_script(browser: Client) -> None:
    reindex_texts(IdeaFactory.create(title="Halka vid trapporna"))
    draft = IdeaFactory.create(author=PersonFactory.create(), status=Status.DRAFT, title="Hal trappa i hemlighet")
    reindex_texts(draft)
    browser.post("/ideas/new/", first(later="1"))
    words = text(browser.get(f"/ideas/{Contribution.objects.latest('pk').pk}/edit/"))
    assert "En annan har sett något liknande Halka vid trapporna" in words
    assert "hemlighet" not in words


def similar_one(**more: Any) -> Contribution:
    idea = IdeaFactory.create(**{"title": "Trappan är hal", "status": Status.SUBMITTED, "audience": Audience.GROUP, **more})
    reindex_texts(idea)
    return idea


def test_a_similar_one_can_be_supported_instead_and_what_was_written_is_kept(browser: Client, person: Person) -> None:
    other = similar_one()
    shown = browser.post("/contributions/similar/?for=idea", {"title": "hal trappa", "problem": PROBLEM}, headers=HTMX).content.decode()
    assert f'name="support_instead" value="{other.pk}"' in shown
    for _ in range(2):  # twice the same is one
        came = browser.post("/ideas/new/", first(title="", support_instead=other.pk))
        assert (came.status_code, came["Location"]) == (303, other.get_absolute_url())
    assert list(Support.objects.values_list("contribution_id", "person_id", "kind")) == [(other.pk, person.pk, "good")]
    assert {row.problem for row in Idea.objects.filter(author=person, status=Status.DRAFT)} == {PROBLEM}
    assert "Nu stöder du den" in browser.get(came["Location"]).content.decode()


def test_a_draft_that_is_there_already_is_saved_before_the_other_is_supported(browser: Client, person: Person) -> None:
    other = similar_one()
    browser.post("/ideas/new/", first(later="1"))
    draft = Idea.objects.get(author=person)
    came = browser.post(f"/ideas/{draft.pk}/edit/", first(problem="Nu ännu halare.", version=draft.version, support_instead=other.pk))
    draft.refresh_from_db()
    assert (came["Location"], draft.problem, draft.status) == (other.get_absolute_url(), "Nu ännu halare.", Status.DRAFT)


@pytest.mark.parametrize("state", ["unseen", "closed", "own", "nonsense"])
def test_what_takes_no_support_is_said_and_the_text_is_kept(browser: Client, person: Person, state: str) -> None:
    states: dict[str, dict[str, Any]] = {
        "unseen": {"audience": Audience.DEPARTMENT, "department": DepartmentFactory.create()},
        "closed": {"status": Status.DECLINED},
        "own": {"author": person},
        "nonsense": {},
    }
    other = similar_one(**states[state])
    shown = browser.post("/contributions/similar/?for=idea", {"title": "hal trappa"}, headers=HTMX).content.decode()
    assert ("support_instead" in shown) == (state == "nonsense")
    came = browser.post("/ideas/new/", first(support_instead="ingen" if state == "nonsense" else other.pk))
    draft = Idea.objects.get(author=person, status=Status.DRAFT)
    assert (came["Location"], draft.problem, Support.objects.count()) == (f"/ideas/{draft.pk}/edit/", PROBLEM, 0)
    assert "Den tar inte emot stöd just nu" in browser.get(came["Location"]).content.decode()
