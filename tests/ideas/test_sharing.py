"""The two screens as people meet them, with and without script."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contributions.enums import Audience, Kind
from contributions.lifecycle import reindex_texts
from contributions.models import Contribution
from contributions.promise import promise_day
from ideas.actions import share_with_ambassador
from ideas.models import Idea
from lib.dates import day
from organisation.models import Person
from tests.factories import DepartmentFactory, IdeaFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory
from tests.ideas.screens import HTMX, PROBLEM, ambassador_for, first, second_screen, text

pytestmark = pytest.mark.django_db


def test_from_the_first_word_to_the_promise(browser: Client, person: Person) -> None:
    touched = DepartmentFactory.create()
    came = browser.post("/ideas/new/", first(touched=[touched.pk], touched_groups=["clients", "tenants"]))
    draft = Idea.objects.get()
    assert (came.status_code, came["Location"]) == (303, f"/ideas/{draft.pk}/edit/?part=proposal")
    assert (draft.title, draft.problem, list(draft.touched.all()), draft.touched_groups) == (
        "Hal trappa",
        PROBLEM,
        [touched],
        ["clients", "tenants"],
    )
    promised = day(promise_day(person.organisation))
    assert f"Du får svar senast {promised}" in text(browser.get(came["Location"]))
    sent = browser.post(
        came["Location"], {"version": 1, "proposal": "Sanda.", "benefit": "Färre fall.", "audience": "department"}, follow=True
    )
    idea = Idea.objects.get()
    assert sent.redirect_chain == [(f"/ideas/{idea.pk}/", 303)]
    assert (idea.status, idea.audience, idea.proposal, idea.benefit) == ("submitted", "department", "Sanda.", "Färre fall.")
    assert f"Skickat. Du får svar senast {promised}." in sent.content.decode()
    assert promised in text(sent)


def test_without_a_proposal_the_answer_is_the_challenges_page(browser: Client) -> None:
    browser.post("/ideas/new/", first())
    pk = Contribution.objects.get().pk
    sent = browser.post(f"/ideas/{pk}/edit/?part=proposal", {"version": 1, "proposal": " \n ", "benefit": "", "audience": "group"})
    assert (sent.status_code, sent["Location"]) == (303, f"/challenges/{pk}/")
    assert Contribution.objects.get().kind == Kind.CHALLENGE


def test_the_quick_capture_lands_on_the_first_screen(browser: Client) -> None:
    token = str(uuid.uuid4())
    for _ in range(2):
        came = browser.post("/ideas/new/", {"capture": "1", "token": token, "problem": "Det är halt."})
    draft = Contribution.objects.get()
    assert (came.status_code, came["Location"]) == (303, f"/ideas/{draft.pk}/edit/")
    assert "Det är halt." in text(browser.get(came["Location"]))


@pytest.mark.parametrize("problem", ["", "   ", "\u200b\u00a0"])
def test_an_empty_capture_asks_for_a_few_words(browser: Client, problem: str) -> None:
    came = browser.post("/ideas/new/", {"capture": "1", "token": str(uuid.uuid4()), "problem": problem})
    assert came.status_code == 422
    assert "Skriv vad du har sett. Några ord räcker för att börja." in text(came)
    assert not Contribution.objects.exists()


def test_what_is_unfinished_is_kept_for_later(browser: Client) -> None:
    came = browser.post("/ideas/new/", first(title="", problem="Halt.", later="1"), follow=True)
    assert came.redirect_chain == [("/mine/", 303)]
    assert "Sparat. Bara du ser det." in came.content.decode()
    draft = Contribution.objects.get()
    assert f'href="/ideas/{draft.pk}/edit/"' in came.content.decode()
    came = browser.post(f"/ideas/{draft.pk}/edit/?part=proposal", {"version": 1, "proposal": "Sand.", "audience": "group", "later": "1"})
    assert came["Location"] == "/mine/"
    assert list(Idea.objects.values_list("status", "audience", "proposal")) == [("draft", "author", "Sand.")]


def test_going_on_asks_for_what_is_missing_beside_the_field_and_keeps_the_words(browser: Client) -> None:
    came = browser.post("/ideas/new/", first(title="Hal", problem="Det är halt.", touched_groups=["pupils"]))
    page = came.content.decode()
    assert came.status_code == 422
    assert not Contribution.objects.exists()
    assert "2 saker behöver rättas" in text(came)
    assert re.search(r'<input[^>]*name="title"[^>]*value="Hal"[^>]*aria-invalid="true"', page)
    assert 'id="id_title_error"' in page
    assert "Skriv minst två meningar, så att någon som inte varit där förstår vad som händer." in page
    assert ">\nDet är halt.</textarea>" in page
    assert re.search(r'value="pupils"[^>]*checked', page)
    assert page.index("<title>Fel:") > 0


def test_the_unfinished_cannot_be_sent_by_going_round_the_first_screen(browser: Client) -> None:
    browser.post("/ideas/new/", first(title="", problem="Halt.", later="1"))
    pk = Contribution.objects.get().pk
    came = browser.post(f"/ideas/{pk}/edit/?part=proposal", {"version": 1, "proposal": "Sanda.", "audience": "group"})
    assert came.status_code == 422
    assert "Skriv en rubrik på minst fem tecken" in text(came)
    assert "Skriv minst två meningar" in text(came)
    assert list(Idea.objects.values_list("status", "proposal")) == [("draft", "Sanda.")]
    assert 'name="version" value="2"' in came.content.decode()


def test_a_preview_shows_the_marks_as_they_look_and_saves_nothing(browser: Client) -> None:
    values = first(problem="Trappan är **hal**. <script>alert(1)</script>", preview="1")
    page = browser.post("/ideas/new/", values)
    assert page.status_code == 200
    assert "<strong>hal</strong>" in page.content.decode()
    assert "<script>alert" not in page.content.decode()
    part = browser.post("/ideas/new/", values, headers=HTMX).content.decode()
    assert part.startswith('<div id="preview">')
    assert "<strong>hal</strong>" in part
    assert "<main" not in part
    assert not Contribution.objects.exists()


def test_the_second_screen_previews_the_proposal(browser: Client) -> None:
    browser.post("/ideas/new/", first())
    pk = Contribution.objects.get().pk
    values = {"version": 1, "proposal": "Sanda *varje* morgon.", "audience": "group", "preview": "1"}
    page = browser.post(f"/ideas/{pk}/edit/?part=proposal", values)
    assert (page.status_code, "<em>varje</em>" in page.content.decode()) == (200, True)
    assert re.search(r'value="group"[^>]*checked', page.content.decode())
    assert Idea.objects.get().proposal == ""


def test_each_audience_says_who_exactly_reads(browser: Client, person: Person) -> None:
    PersonFactory.create_batch(2, department=DepartmentFactory.create(parent=person.department))
    beside = DepartmentFactory.create(organisation=person.organisation)
    PersonFactory.create_batch(3, department=beside)
    PersonFactory.create(department=person.department, is_active=False, deactivated_at=timezone.now())
    company = OrganisationFactory.create(short_name="Tekniska Verken")
    coordinators = [("Åsa", "Wälivaara"), ("Leif", "Tornéus")]
    for given, family in coordinators:
        RoleAssignmentFactory.create(
            organisation=person.organisation, person=PersonFactory.create(given_name=given, family_name=family, department=beside)
        )
    RoleAssignmentFactory.create(organisation=company, person__department=DepartmentFactory.create(organisation=company))
    ambassador_for(person, given_name="Jonas", family_name="Huuva")
    words = text(second_screen(browser))
    answering = "och koordinatorerna Leif Tornéus och Åsa Wälivaara som svarar dig."
    assert "Bara jag Ett utkast. Ingen annan ser det, inte ens koordinatorn. Inget svarslöfte ännu." in words
    assert "Min innovationsambassadör Jonas Huuva läser i förtroende och hjälper dig vidare. Inget syns för andra." in words.replace(
        "\u00ad", ""
    )
    assert f"Hemtjänst 4 personer i Hemtjänst, {answering}" in words
    assert f"Hela Kiruna kommun 9 personer i Kiruna kommun, {answering}" in words
    assert f"Hela kommunkoncernen 10 personer i Kiruna kommun och Tekniska Verken, {answering}" in words


def test_without_an_ambassador_the_choice_is_closed_and_says_why(browser: Client, person: Person) -> None:
    ambassador_for(PersonFactory.create())
    page = second_screen(browser)
    assert re.search(r'<input[^>]*value="ambassador"[^>]*disabled', page.content.decode())
    assert "Det finns ingen innovationsambassadör för Hemtjänst just nu, så det här går inte att välja." in text(page)
    pk = Contribution.objects.get().pk
    forced = browser.post(f"/ideas/{pk}/edit/?part=proposal", {"version": 1, "proposal": "", "audience": "ambassador"})
    assert forced.status_code == 422
    assert Contribution.objects.get().audience == Audience.AUTHOR


def test_the_button_says_what_happens_with_the_audience_chosen(browser: Client) -> None:
    page = second_screen(browser).content.decode()
    button = page[page.index('<button class="ds-button" type="submit"><span') :]
    labels = re.findall(r'<span data-when="([^"]+)">([^<]+)</span>', button[: button.index("</button>")])
    assert labels == [
        ("author", "Spara utkastet"),
        ("ambassador", "Låt ambassadören läsa"),
        ("department organisation group", "Skicka till koordinatorn"),
    ]
    assert re.search(r'<section[^>]*data-when="department organisation group"[^>]*>\s*<h2[^>]*>.*?Du får svar senast', page, re.DOTALL)
    outside = re.sub(r'<(\w+)[^>]*data-when="department organisation group".*?</\1>', "", page, flags=re.DOTALL)
    assert "Skicka till koordinatorn" not in outside


def test_shared_with_one_of_several_ambassadors(browser: Client, person: Person) -> None:
    ambassador_for(person, given_name="Jonas")
    chosen = ambassador_for(person, given_name="Britt", family_name="Aho")
    page = second_screen(browser)
    assert f'<option value="{chosen.pk}">Britt Aho</option>' in page.content.decode()
    pk = Contribution.objects.get().pk
    came = browser.post(
        f"/ideas/{pk}/edit/?part=proposal", {"version": 1, "proposal": "", "audience": "ambassador", "ambassador": chosen.pk}, follow=True
    )
    assert "Britt Aho kan läsa ditt utkast nu, och ingen annan." in came.content.decode()
    assert Contribution.objects.get().ambassador == chosen
    assert "Britt Aho läser det också" in text(browser.get(f"/ideas/{pk}/edit/"))


def test_choosing_only_me_again_ends_the_ambassadors_reading_whichever_button_is_pressed(browser: Client, person: Person) -> None:
    ambassador = ambassador_for(person)
    for button in ({}, {"later": "1"}):
        second_screen(browser)
        draft = Contribution.objects.latest("pk")
        share_with_ambassador(by=person, draft=draft, ambassador=ambassador)
        came = browser.post(f"/ideas/{draft.pk}/edit/?part=proposal", {"version": 2, "proposal": "", "audience": "author", **button})
        assert came["Location"] == "/mine/"
        assert Contribution.objects.get(pk=draft.pk).audience == Audience.AUTHOR


def test_the_second_submit_of_the_second_screen_changes_nothing(browser: Client) -> None:
    second_screen(browser)
    pk = Contribution.objects.get().pk
    values = {"version": 1, "proposal": "Sanda.", "benefit": "", "audience": "group"}
    answers = [browser.post(f"/ideas/{pk}/edit/?part=proposal", values) for _ in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, f"/ideas/{pk}/")] * 2
    assert Contribution.objects.get().version == 3
    assert Contribution.objects.get().trail.count() == 1


def test_the_second_submit_of_what_became_a_challenge_leads_to_it(browser: Client) -> None:
    second_screen(browser)
    pk = Contribution.objects.get().pk
    values = {"version": 1, "proposal": "", "benefit": "", "audience": "group"}
    answers = [browser.post(f"/ideas/{pk}/edit/?part=proposal", values) for _ in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, f"/challenges/{pk}/")] * 2
    assert browser.get(f"/ideas/{pk}/edit/")["Location"] == f"/challenges/{pk}/edit/"


def test_the_screens_cost_the_same_whatever_there_is(browser: Client, person: Person, django_assert_num_queries: Any) -> None:
    second_screen(browser)
    pk = Contribution.objects.get().pk
    for size in (1, 3):
        for _ in range(size):
            ambassador_for(person)
            RoleAssignmentFactory.create(organisation=person.organisation)
            reindex_texts(IdeaFactory.create(title="Halka vid trapporna"))
        with django_assert_num_queries(5):
            browser.get("/ideas/new/")
        with django_assert_num_queries(11):
            browser.get(f"/ideas/{pk}/edit/")
        with django_assert_num_queries(10):
            browser.get(f"/ideas/{pk}/edit/?part=proposal")
