"""Saving while somebody writes: one draft, never a published half of one, and never somebody else's words."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contributions.enums import Audience, Status
from contributions.models import Contribution
from ideas.actions import send, share_with_ambassador
from ideas.models import Idea
from lib.dates import clock
from organisation.models import Person
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory
from tests.ideas.screens import PROBLEM, ambassador_for, as_person, open_challenge

pytestmark = pytest.mark.django_db

NEW = "/ideas/new/"


@pytest.fixture
def person() -> Person:
    return PersonFactory.create()


@pytest.fixture
def browser(person: Person) -> Client:
    return as_person(person)


def words(**values: Any) -> dict[str, Any]:
    return {"autosave": "1", "title": "", "problem": "Det är halt.", **values}


def begun(browser: Client, **values: Any) -> Contribution:
    came = browser.post(NEW, words(token=str(uuid.uuid4()), **values))
    assert came.status_code == 200
    return Contribution.objects.get(pk=came.json()["id"])


def test_the_first_words_make_the_draft_and_say_where_it_is(browser: Client, person: Person) -> None:
    before = clock(timezone.now())
    came = browser.post(NEW, words(token=str(uuid.uuid4()), touched_groups=["clients"]))
    draft = Idea.objects.get()
    assert (draft.author, draft.status, draft.audience) == (person, Status.DRAFT, Audience.AUTHOR)
    assert (draft.title, draft.problem, draft.touched_groups) == ("", "Det är halt.", ["clients"])
    said = came.json()
    assert said.pop("saved_at") in {before, clock(timezone.now())}
    assert said == {"id": draft.pk, "version": 1, "url": f"/ideas/{draft.pk}/edit/"}
    assert "no-store" in came["Cache-Control"]


def test_the_same_form_is_one_draft_however_often_an_answer_is_lost(browser: Client) -> None:
    form = words(token=str(uuid.uuid4()))
    assert [browser.post(NEW, form).json()["version"] for _ in range(3)] == [1, 1, 1]
    assert browser.post(NEW, {**form, "problem": "Det är halt igen."}).json()["version"] == 2
    assert browser.post(NEW, {**form, "problem": "Det är halt igen."}).json()["version"] == 2
    assert list(Contribution.objects.values_list("problem", flat=True)) == ["Det är halt igen."]


@pytest.mark.parametrize("problem", ["", "  \n", "\u200b"])
def test_nothing_written_makes_no_draft(browser: Client, problem: str) -> None:
    came = browser.post(NEW, words(token=str(uuid.uuid4()), problem=problem))
    assert (came.status_code, set(came.json()["errors"])) == (422, {"problem"})
    assert not Contribution.objects.exists()


def test_what_is_written_on_is_saved_with_the_version_it_builds_on(browser: Client) -> None:
    draft = begun(browser)
    touched = DepartmentFactory.create()
    came = browser.post(f"/ideas/{draft.pk}/edit/", words(version=1, title="Hal trappa", problem=PROBLEM, touched=[touched.pk]))
    assert (came.status_code, came.json()["version"], came.json()["url"]) == (200, 2, f"/ideas/{draft.pk}/edit/")
    draft.refresh_from_db()
    assert (draft.title, draft.problem, list(draft.touched.all()), draft.version) == ("Hal trappa", PROBLEM, [touched], 2)
    page = browser.get(f"/ideas/{draft.pk}/edit/").content.decode()
    assert f">\n{PROBLEM}</textarea>" in page
    assert 'name="version" value="2"' in page


def test_the_second_screen_saves_its_words_and_sends_nothing(browser: Client, person: Person) -> None:
    ambassador_for(person)
    draft = begun(browser, title="Hal trappa", problem=PROBLEM)
    second = f"/ideas/{draft.pk}/edit/?part=proposal"
    for audience in Audience.values:
        browser.post(second, {"autosave": "1", "version": 1, "proposal": "Sanda.", "benefit": "", "audience": audience})
    came = browser.post(second, {"autosave": "1", "version": 2, "proposal": "Sanda.", "benefit": "Färre fall."})
    assert (came.status_code, came.json()["version"], came.json()["url"]) == (200, 3, second)
    stands = Idea.objects.get()
    assert (stands.proposal, stands.benefit, stands.problem) == ("Sanda.", "Färre fall.", PROBLEM)
    assert (stands.status, stands.audience, stands.trail.count()) == (Status.DRAFT, Audience.AUTHOR, 0)


def test_what_does_not_fit_is_said_beside_its_field_and_the_rest_is_saved(browser: Client) -> None:
    came = browser.post(NEW, words(token=str(uuid.uuid4()), title="a" * 121))
    draft = Contribution.objects.get()
    assert (came.status_code, came.json()["version"]) == (422, 1)
    assert came.json()["errors"] == {"title": "Texten är 121 tecken. Högst 120 får plats."}
    assert (draft.title, draft.problem) == ("", "Det är halt.")
    came = browser.post(f"/ideas/{draft.pk}/edit/", words(version=1, title="Hal trappa", problem="å" * 10_001))
    assert came.json()["errors"] == {"problem": "Texten är 10001 tecken. Högst 10000 får plats."}
    draft.refresh_from_db()
    assert (draft.title, draft.problem, draft.version) == ("Hal trappa", "Det är halt.", 2)


def test_only_what_does_not_fit_makes_no_draft(browser: Client) -> None:
    came = browser.post(NEW, words(token=str(uuid.uuid4()), problem="å" * 10_001))
    assert came.json() == {"errors": {"problem": "Texten är 10001 tecken. Högst 10000 får plats."}}
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("part", ["", "?part=proposal"])
def test_a_text_changed_in_another_tab_is_shown_beside_and_not_overwritten(browser: Client, part: str) -> None:
    draft = begun(browser, title="Hal trappa")
    field = "proposal" if part else "problem"
    one, other = {"title": "Hal trappa", "problem": "Ena fliken."}, {"title": "Hal trappa", "problem": "Andra fliken."}
    if part:
        one, other = {"proposal": "Ena fliken."}, {"proposal": "Andra fliken."}
    assert browser.post(f"/ideas/{draft.pk}/edit/{part}", {"autosave": "1", "version": 1, **one}).status_code == 200
    came = browser.post(f"/ideas/{draft.pk}/edit/{part}", {"autosave": "1", "writer": draft.author_id, "version": 1, **other})
    fragment = came.content.decode()
    assert came.status_code == 409
    assert fragment.startswith('<section class="stack l" id="choice">')
    assert "<main" not in fragment
    assert "Inget mer sparas från den här fliken förrän du har valt." in fragment
    assert "<p>Ena fliken.</p>" in fragment
    assert ">\nAndra fliken.</textarea>" in fragment
    assert f'action="/ideas/{draft.pk}/edit/{part}"' in fragment
    assert 'name="version" value="2"' in fragment
    assert not {'name="autosave"', 'name="writer"'} & set(fragment.split())
    assert getattr(Idea.objects.get(), field) == "Ena fliken."


def test_a_new_form_whose_draft_was_written_further_is_shown_both_too(browser: Client) -> None:
    form = words(token=str(uuid.uuid4()))
    pk = browser.post(NEW, form).json()["id"]
    browser.post(f"/ideas/{pk}/edit/", words(version=1, problem="Ena fliken."))
    came = browser.post(NEW, {**form, "problem": "Andra fliken."})
    assert came.status_code == 409
    assert f'action="/ideas/{pk}/edit/"' in came.content.decode()
    assert Contribution.objects.get().problem == "Ena fliken."


def sent(draft: Contribution, person: Person, proposal: str) -> Contribution:
    Idea.objects.filter(pk=draft.pk).update(proposal=proposal)
    return send(by=person, draft=draft, version=draft.version, audience=Audience.GROUP).contribution


@pytest.mark.parametrize("proposal", ["Sanda.", ""], ids=["an idea", "a challenge"])
def test_what_has_been_sent_is_not_written_to(browser: Client, person: Person, proposal: str) -> None:
    draft = begun(browser, title="Hal trappa", problem=PROBLEM)
    stands = sent(draft, person, proposal)
    address = f"/ideas/{draft.pk}/edit/"
    for version in (1, stands.version):
        same = browser.post(address, words(version=version, title="Hal trappa", problem=PROBLEM))
        assert (same.status_code, "Allt du skrev här står redan där." in same.content.decode()) == (409, True)
        other = browser.post(address, words(version=version, title="Hal trappa", problem=f"{PROBLEM} Även i dag."))
        assert (other.status_code, "Även i dag.</textarea>" in other.content.decode()) == (409, True)
        late = browser.post(f"{address}?part=proposal", {"autosave": "1", "version": version, "proposal": "Salta.", "audience": "group"})
        assert (late.status_code, "Salta.</textarea>" in late.content.decode()) == (409, True)
    unchanged = Contribution.objects.get()
    assert (unchanged.problem, unchanged.version, unchanged.trail.count()) == (PROBLEM, stands.version, 1)


def test_somebody_elses_draft_is_not_there_and_somebody_elses_idea_is_closed(browser: Client, person: Person) -> None:
    draft, idea = IdeaFactory.create(status=Status.DRAFT, problem="Hemligt."), IdeaFactory.create()
    assert [browser.post(f"/ideas/{row.pk}/edit/", words(version=1)).status_code for row in (draft, idea)] == [404, 403]
    share_with_ambassador(by=draft.author, draft=draft, ambassador=ambassador_for(draft.author))
    ambassador = as_person(Person.objects.get(entrusted=draft))
    assert ambassador.post(f"/ideas/{draft.pk}/edit/", words(version=2)).status_code == 403
    came = browser.post(NEW, words(token=str(draft.token)))
    assert came.json()["id"] != draft.pk
    assert Contribution.objects.get(pk=draft.pk).problem == "Hemligt."


def test_words_typed_by_one_are_never_saved_for_another_who_signed_in_meanwhile(browser: Client, person: Person) -> None:
    other = PersonFactory.create()
    form = words(token=str(uuid.uuid4()), writer=other.pk)
    assert browser.post(NEW, form).status_code == 403
    assert not Contribution.objects.exists()
    assert as_person(other).post(NEW, form).status_code == 200


def test_whoever_is_signed_out_or_no_longer_works_here_saves_nothing(browser: Client, person: Person) -> None:
    draft = begun(browser)
    for client in (Client(), browser):
        Person.objects.filter(pk=person.pk).update(is_active=False, deactivated_at=timezone.now())
        for address in (NEW, f"/ideas/{draft.pk}/edit/"):
            came = client.post(address, words(version=1, problem="Sent.", token=str(uuid.uuid4())))
            assert (came.status_code, came["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert Contribution.objects.get().problem == "Det är halt."


def test_it_is_refused_without_the_forms_own_token_against_forgery(person: Person) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(person, backend="organisation.backends.PersonBackend")
    form = words(token=str(uuid.uuid4()))
    assert browser.post(NEW, form).status_code == 403
    browser.get(NEW)
    assert browser.post(NEW, form, headers={"X-CSRFToken": browser.cookies["csrftoken"].value}).status_code == 200


def test_the_challenge_it_answers_is_kept_until_it_takes_no_ideas(browser: Client) -> None:
    challenge = open_challenge()
    draft = begun(browser, answers=challenge.pk)
    assert draft.answers_id == challenge.pk
    ChallengeFactory._meta.model.objects.filter(pk=challenge.pk).update(ideas_close_at=timezone.now())
    came = browser.post(f"/ideas/{draft.pk}/edit/", words(version=1, answers=challenge.pk))
    assert came.status_code == 200
    assert Contribution.objects.get(pk=draft.pk).answers_id is None


def test_one_save_costs_the_same_whatever_there_is(browser: Client, django_assert_num_queries: Any) -> None:
    for size in (1, 3):
        for _ in range(size):
            DepartmentFactory.create()
        draft = begun(browser)
        with django_assert_num_queries(13):
            browser.post(f"/ideas/{draft.pk}/edit/", words(version=1, problem="Det är halt i dag."))
        with django_assert_num_queries(12):
            browser.post(f"/ideas/{draft.pk}/edit/?part=proposal", {"autosave": "1", "version": 2, "proposal": "Sanda.", "benefit": ""})


@pytest.mark.parametrize("address", ["/", "/mine/", "/ideas/new/", "/network/", "/nowhere/"])
def test_what_somebody_signed_in_reads_is_kept_by_no_cache(browser: Client, address: str) -> None:
    assert set(browser.get(address)["Cache-Control"].split(", ")) == {"no-store", "private"}
    assert "no-store" not in Client().get("/healthz").get("Cache-Control", "")


@pytest.mark.parametrize("address", [NEW, "edit", "second"])
def test_the_screens_are_plain_forms_that_a_browser_may_save(browser: Client, person: Person, address: str) -> None:
    draft = begun(browser)
    page = browser.get({NEW: NEW, "edit": f"/ideas/{draft.pk}/edit/", "second": f"/ideas/{draft.pk}/edit/?part=proposal"}[address])
    html = page.content.decode()
    net = {"edit": f'data-net="{draft.pk}-problem new-{draft.token}"', "second": f'data-net="{draft.pk}-proposal"', NEW: 'data-net="new-'}
    assert net[address] in html
    assert "data-typed" not in html
    assert f'data-person="{person.pk}"' in html
    assert "data-signed-out" in Client().get("/accounts/login/").content.decode()
