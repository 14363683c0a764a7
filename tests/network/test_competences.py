"""What people say they are good at: written by themselves, found by all, matched with what is looked for and seen."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from contributions.enums import Audience, ParticipantRole, Status
from contributions.models import Contribution, Participant
from network.actions import set_competences
from network.models import MOST_COMPETENCES, Competence
from network.queries import directory, seeking
from organisation.models import Person
from tests.factories import DepartmentFactory, IdeaFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    return PersonFactory.create(given_name="Mikael", family_name="Kero")


@pytest.fixture
def browser(person: Person) -> Client:
    return signed_in(person)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def names(person: Person) -> list[str]:
    return list(Competence.objects.filter(person=person).values_list("name", flat=True))


def wants(*words: str, **more: Any) -> Contribution:
    return Contribution.objects.get(pk=IdeaFactory.create(help_wanted=list(words), **more).pk)


def test_they_stand_in_the_order_written_once_each(person: Person) -> None:
    set_competences(by=person, names=["Svetsning", "Excel", "svétsning"])
    assert (names(person), Competence.objects.get(name="Excel").key) == (["Svetsning", "Excel"], "excel")
    set_competences(by=person, names=["excel", "Åkeri"])
    assert names(person) == ["excel", "Åkeri"]
    set_competences(by=person, names=[])
    assert names(person) == []


def test_the_database_holds_one_of_each(person: Person) -> None:
    Competence.objects.create(person=person, name="El", key="el")
    with pytest.raises(IntegrityError), transaction.atomic():
        Competence.objects.create(person=person, name="EL", key="el")
    with pytest.raises(IntegrityError), transaction.atomic():
        Competence.objects.create(person=person, name="", key="")


def test_what_cannot_be_is_said(person: Person) -> None:
    for wrong in (["!!"], [f"ord {number}" for number in range(MOST_COMPETENCES + 1)]):
        with pytest.raises(ValidationError) as raised:
            set_competences(by=person, names=wrong)
        assert list(raised.value.message_dict) == ["competences"]
    assert names(person) == []


def test_by_form(browser: Client, person: Person) -> None:
    assert browser.post("/mine/competences/", {"competences": " löda ,, Excel,\u200b\nlöda, snö\x00skottning "}).status_code == 303
    assert names(person) == ["löda", "Excel", "snöskottning"]
    assert "löda, Excel, snöskottning" in browser.get("/mine/competences/").content.decode()
    for wrong in ("x" * 61, ", ".join(f"ord {number}" for number in range(21)), "???"):
        page = browser.post("/mine/competences/", {"competences": wrong})
        assert (page.status_code, wrong in page.content.decode()) == (422, True)
    assert names(person) == ["löda", "Excel", "snöskottning"]


def test_they_show_on_the_persons_page_and_are_found_in_the_directory(browser: Client, person: Person) -> None:
    other = PersonFactory.create(given_name="Åsa", family_name="Ek")
    set_competences(by=other, names=["<b>Möbelsnickeri</b>", "nordsamiska"])
    page = browser.get(f"/network/people/{other.pk}/").content.decode()
    assert ("&lt;b&gt;Möbelsnickeri" in page, "<b>Möbel" in page) == (True, False)
    for asked in ("nordsam", "MÖBELSNICKERI", "ek nordsamiska"):
        assert list(directory(asked, None, None)) == [other]
    assert list(directory("mikael nordsamiska", None, None)) == []
    Person.objects.filter(pk=other.pk).update(is_active=False, deactivated_at=timezone.now())
    assert list(directory("nordsam", None, None)) == []


@pytest.mark.parametrize(
    ("known", "wanted", "fits"),
    [
        ("svetsning", "svetsning", True),
        ("Svetsning", "SVETSNING", True),
        ("svets", "svetsning av rör", True),
        ("svetsning", "svets", True),
        ("snö", "snöskottning", False),
        ("snöskottning", "någon som kan snöskottning", True),
        ("Åkeri", "åkeri", True),
        ("idé", "ide", True),
        ("el", "elevhälsa", False),
        ("el", "el", True),
        ("el", "hel", False),
        ("ritning", "skrivning", False),
        ("100% vilja", "100 vilja", True),
        ("a_b", "axb", False),
    ],
)
def test_words_meet(person: Person, known: str, wanted: str, fits: bool) -> None:
    set_competences(by=person, names=[known])
    about = wants(wanted)
    assert seeking(person) == ([about] if fits else [])


def test_only_what_is_seen_open_and_not_ones_own(person: Person) -> None:
    set_competences(by=person, names=["svetsning"])
    shown = wants("svetsning")
    wants("svetsning", author=person)
    wants("svetsning", audience=Audience.DEPARTMENT)
    wants("svetsning", status=Status.DRAFT)
    wants("svetsning", status=Status.ADOPTED)
    wants("svetsning", hidden_at=timezone.now())
    with_me = wants("svetsning")
    Participant.objects.create(contribution=with_me, person=person, role=ParticipantRole.COAUTHOR)
    assert seeking(person) == [shown]
    assert seeking(PersonFactory.create()) == []


def test_the_start_page_shows_three_at_most_with_one_query(browser: Client, person: Person, django_assert_num_queries: Any) -> None:
    set_competences(by=person, names=["svetsning"])
    for number in (1, 3):
        for _ in range(number):
            wants("svetsning")
        reader = Person.objects.with_place().get(pk=person.pk)
        reader.has_perm("contributions.bring_in")  # the roles are read once, by whoever asks first
        with django_assert_num_queries(1):
            assert len(seeking(reader)) == number
    page = browser.get("/").content.decode()
    assert (page.count("De söker någon som kan det du kan"), page.count("Söker hjälp med: svetsning")) == (1, 3)


def test_the_start_page_costs_the_same_however_much_is_looked_for(browser: Client, person: Person, django_assert_num_queries: Any) -> None:
    set_competences(by=person, names=["svetsning"])
    for number in (1, 3):
        for _ in range(number):
            wants("svetsning", author=PersonFactory.create(department=DepartmentFactory.create()))
        with django_assert_num_queries(11):
            browser.get("/")


def test_the_ideas_page_says_what_is_wanted_with_the_button(browser: Client, person: Person) -> None:
    about = wants("svetsning", "<i>Excel</i>")
    page = browser.get(f"/ideas/{about.pk}/").content.decode()
    assert ("Söker hjälp med" in page, "&lt;i&gt;Excel" in page, "<i>Excel" in page) == (True, True, False)
    assert browser.post(f"/contributions/{about.pk}/support/", {"kind": "help", "on": "1"}).status_code == 303
    assert "Du har sagt att du vill hjälpa till" in browser.get(f"/ideas/{about.pk}/").content.decode()
    assert "Söker hjälp med" not in browser.get(f"/ideas/{wants().pk}/").content.decode()


def test_the_author_writes_what_is_wanted(person: Person, browser: Client) -> None:
    about = wants(author=person)
    texts = {"version": "1", "title": about.title, "problem": about.problem, "proposal": "Sanda."}
    for wrong in (", ".join("abcdefghi"), "x" * 61):
        assert browser.post(f"/ideas/{about.pk}/edit/", {**texts, "help_wanted": wrong}).status_code == 422
    assert browser.post(f"/ideas/{about.pk}/edit/", {**texts, "help_wanted": "rita, Excel, RITA"}).status_code == 303
    row = Contribution.objects.get(pk=about.pk)
    assert (row.help_wanted, row.version) == (["rita", "Excel"], 2)
    stale = browser.post(f"/ideas/{about.pk}/edit/", {**texts, "help_wanted": "måla"})
    assert (stale.status_code, "måla" in stale.content.decode(), "rita, Excel" in stale.content.decode()) == (409, True, True)
