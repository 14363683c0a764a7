"""The two screens as people meet them, with and without script."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.html import escape

from contributions.enums import Audience, Kind, Status
from contributions.lifecycle import reindex_texts
from contributions.models import Contribution, Support
from contributions.promise import promise_day
from ideas.actions import share_with_ambassador
from ideas.models import Idea
from lib.dates import day
from organisation.enums import Role
from organisation.models import Person
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db

PROBLEM = "Trappan är hal varje morgon. Ingen sandar före sju."
HTMX = {"HX-Request": "true"}


@pytest.fixture
def person() -> Person:
    home = DepartmentFactory.create(
        name="Hemtjänst", organisation=OrganisationFactory.create(short_name="Kiruna kommun", name="Kiruna kommun")
    )
    return PersonFactory.create(given_name="Sanna", family_name="Niemi", department=home)


@pytest.fixture
def browser(person: Person) -> Client:
    return as_person(person)


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def first(**values: Any) -> dict[str, Any]:
    return {"token": str(uuid.uuid4()), "title": "Hal trappa", "problem": PROBLEM, **values}


def text(response: Any) -> str:
    """The words of a page, as they are read."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def ambassador_for(person: Person, **name: str) -> Person:
    return RoleAssignmentFactory.create(
        role=Role.AMBASSADOR, department=person.department, person=PersonFactory.create(department=person.department, **name)
    ).person


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


def second_screen(browser: Client) -> Any:
    browser.post("/ideas/new/", first())
    return browser.get(f"/ideas/{Contribution.objects.latest('pk').pk}/edit/?part=proposal")


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


def open_challenge(**more: Any) -> Any:
    closes = timezone.now() + datetime.timedelta(days=3)
    return ChallengeFactory.create(**{"title": "Halka vid entréerna", "status": Status.OPEN_FOR_IDEAS, "ideas_close_at": closes, **more})


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
