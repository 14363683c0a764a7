"""What each notice of a contribution says to its reader, and to whom it says nothing."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.utils import timezone, translation

from contributions.actions import moderation, talk
from contributions.enums import Audience, SupportKind
from contributions.lifecycle import advance
from contributions.messages import KINDS, SAYINGS, merging
from contributions.models import Comment, Contribution, Follow, Participant
from notifications import outbox
from notifications.messages import choosable_kinds, render
from notifications.models import Notice
from notifications.outbox import Fact
from organisation.enums import Role
from organisation.models import Person, RoleAssignment
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _swedish() -> Iterator[None]:
    with translation.override("sv"):
        yield


@dataclass
class House:
    author: Person
    coordinator: Person
    colleague: Person
    follower: Person
    idea: Contribution
    challenge: Contribution

    def step(self, name: str, *, by: Person | None = None, of: Contribution | None = None, **values: Any) -> None:
        advance(by=by or self.coordinator, contribution=of or self.idea, step=name, values=values)

    def says(self, person: Person) -> list[str]:
        """Text and title, newest first."""
        return [f"{fact.text}: {fact.title}" if fact.title else fact.text for fact in self.facts(person)]

    def facts(self, person: Person) -> list[Fact]:
        found = Person.objects.with_place().get(pk=person.pk)
        return [fact for _notice, fact in render(found, Notice.objects.filter(recipient=person).order_by("-id"))]


@pytest.fixture
def house() -> House:
    home = DepartmentFactory.create(name="Hemtjänsten")
    author = PersonFactory.create(given_name="Sanna", family_name="Niemi", department=home)
    coordinator = PersonFactory.create(given_name="Karin", family_name="Ek", department=home)
    colleague = PersonFactory.create(given_name="Olle", family_name="Stål", department=DepartmentFactory.create(name="Gator"))
    follower = PersonFactory.create(department=colleague.department)
    RoleAssignmentFactory.create(person=coordinator, role=Role.COORDINATOR, organisation=home.organisation)
    idea, challenge = IdeaFactory.create(author=author, title="Lampor"), ChallengeFactory.create(author=author, title="Halka")
    for thing in (idea, challenge):
        Follow.objects.create(contribution=thing, person=follower)
    rows = Contribution.objects.with_place().in_bulk([idea.pk, challenge.pk])
    return House(author, coordinator, colleague, follower, rows[idea.pk], rows[challenge.pk])


def say(house: House, body: str = "Bra", by: Person | None = None, parent: Comment | None = None) -> Comment:
    return talk.comment(by=by or house.colleague, contribution=house.idea, body=body, token=uuid.uuid4(), parent=parent)


def test_every_kind_has_a_saying_and_every_saying_a_kind() -> None:
    assert {kind.code for kind in KINDS} == {*SAYINGS, *merging.SAYINGS, "contributions.draft_to_read"}


def test_an_author_hears_of_every_step(house: House) -> None:
    house.step("ask", body="När?")
    house.step("reply", by=house.author, body="På natten")
    house.step("explore", reason="Vi provar")
    house.step("plan", reason="I mars")
    house.step("back_to_exploring", learning_believed="a", learning_tried="b", learning_happened="Den var för tung")
    house.step("park", reason="Senare", until=timezone.localdate() + datetime.timedelta(days=9))
    house.step("return")
    house.step("decide", reason="Köp", decided_by="Nämnden", decided_on=timezone.localdate())
    house.step("learn", learning_believed="a", learning_tried="b", learning_happened="Snö")
    house.step("convert", reason="Vi vill ha fler idéer")
    house.step("decline", reason_code="money", reason="Inte i år", change="Mer pengar")
    house.step("reopen", reason="Nu går det")
    assert house.says(house.author) == [
        "Din utmaning är öppen igen: Lampor",
        "Svar på din utmaning: Lampor",
        "Din idé har blivit en utmaning: Lampor",
        "En lärdom om din utmaning: Lampor",
        "Ett beslut om din utmaning: Lampor",
        "Din utmaning är öppen igen: Lampor",
        "Svar på din utmaning: Lampor",
        "Din utmaning har gått tillbaka ett steg: Lampor",
        "Din utmaning har kommit vidare: Lampor",
        "Svar på din utmaning: Lampor",
        "En fråga om din utmaning: Lampor",
    ]
    quotes = [fact.quote for fact in house.facts(house.author)]
    assert quotes[1] == "Inte i år\n\nDet här skulle ändra vårt svar: Mer pengar"
    assert quotes[3] == "Snö"
    assert {fact.by for fact in house.facts(house.author)} == {"Karin Ek"}


def test_a_question_waits_until_it_is_answered(house: House) -> None:
    house.step("ask", body="När?")
    (asked,) = house.facts(house.author)
    assert asked == Fact(
        text="En fråga om din idé", title="Lampor", url=f"/contributions/{house.idea.pk}/steps/reply/", reason="du skrev idén",
        quote="När?", by="Karin Ek", status="Din tur", status_tone="warning", act="Svara på frågan",
    )  # fmt: skip
    house.step("reply", by=house.author, body="På natten")
    (answered,) = house.facts(house.author)
    assert answered == replace(asked, url=house.idea.get_absolute_url(), act="", status="", status_tone="neutral")
    (told,) = house.facts(house.coordinator)
    assert (told.text, told.quote, told.act) == ("Sanna Niemi har svarat på frågan", "På natten", "Svara")


def test_a_coordinator_hears_of_what_is_to_be_answered_until_it_is(house: House) -> None:
    draft = IdeaFactory.create(author=house.author, status="draft", title="Sand")
    house.step("submit", by=house.author, of=draft, audience=Audience.GROUP)
    (new,) = house.facts(house.coordinator)
    assert (new.text, new.act, new.reason) == ("En ny idé att svara på", "Svara", "du svarar för det som koordinator")
    assert new.status.startswith("Svar senast ")
    house.step("explore", of=draft, reason="Ja")
    (old,) = house.facts(house.coordinator)
    assert (old.act, old.status) == ("", "")


def test_being_assigned_names_who_did_it(house: House) -> None:
    other = PersonFactory.create(department=house.author.department)
    RoleAssignmentFactory.create(person=other, organisation=house.author.organisation)
    house.step("assign", assignee=other)
    assert house.says(other) == ["Karin Ek har gett dig en idé att svara på: Lampor"]


def test_what_is_taken_back_is_said_without_a_word_of_it(house: House) -> None:
    house.step("withdraw", by=house.author)
    assert house.facts(house.coordinator) == [
        Fact(
            text="Författaren har tagit tillbaka ett bidrag som du skulle svara på", title="", url="",
            reason="du svarade för det som koordinator",
        )
    ]  # fmt: skip


def test_comments_are_told_to_each_as_what_they_are(house: House) -> None:
    lead = PersonFactory.create()
    Participant.objects.create(contribution=house.idea, person=lead, role="lead")
    first = say(house, "Vi har **samma** lampor")
    say(house, "Vilka?", by=house.author, parent=first)
    assert house.says(house.author) == ["Olle Stål har kommenterat din idé: Lampor"]
    assert house.says(lead)[-1] == "Olle Stål har kommenterat en idé du deltar i: Lampor"
    assert house.says(house.follower)[-1] == "Olle Stål har kommenterat en idé du följer: Lampor"
    assert house.says(house.colleague) == ["Sanna Niemi har svarat på din kommentar: Lampor"]
    (fact,) = house.facts(house.author)
    assert (fact.quote, fact.url) == ("Vi har samma lampor", f"{house.idea.get_absolute_url()}#comment-{first.pk}")


def test_a_hidden_comment_is_told_to_nobody_but_its_author_hears_that_it_was(house: House) -> None:
    comment = say(house, "Fru Berg på Lombolo")
    moderation.hide_comment(by=house.coordinator, comment=comment, reason="Namn")
    assert house.says(house.author) == []
    assert house.says(house.colleague) == ["En koordinator har dolt din kommentar: Lampor"]


def test_support_says_who_and_from_where_and_goes_when_it_is_taken_back(house: House) -> None:
    talk.support(by=house.colleague, contribution=house.idea, kind=SupportKind.HELP, note="Tio lampor")
    talk.support(by=house.colleague, contribution=house.idea, kind=SupportKind.NEED)
    talk.support(by=house.follower, contribution=house.idea, kind=SupportKind.GOOD)
    assert house.says(house.author) == [
        f"{house.follower.full_name}, Gator, stöder din idé: Lampor",
        "Olle Stål, Gator, har samma behov: Lampor",
        "Olle Stål, Gator, vill hjälpa till med din idé: Lampor",
    ]
    assert house.facts(house.author)[2].quote == "Tio lampor"
    talk.support(by=house.colleague, contribution=house.idea, kind=SupportKind.HELP, on=False)
    assert len(house.says(house.author)) == 2


def test_a_report_is_for_those_who_answer_for_it_now(house: House) -> None:
    moderation.report(by=house.colleague, contribution=house.idea, reason="Ett namn står där")
    (fact,) = house.facts(house.coordinator)
    assert (fact.text, fact.quote, fact.act) == ("En idé har anmälts", "Ett namn står där", "Se vad det gäller")
    assert "Olle" not in str(fact)
    RoleAssignment.objects.all().delete()
    assert house.facts(house.coordinator) == []


def test_the_author_hears_of_hiding_and_masking(house: House) -> None:
    moderation.mask(by=house.coordinator, contribution=house.idea, words="hal")
    moderation.hide(by=house.coordinator, contribution=house.idea, reason="Ett namn står där")
    assert house.says(house.author) == ["En koordinator har dolt din idé: Lampor", "En koordinator har maskerat ord i din idé: Lampor"]


def test_the_ambassador_of_a_draft_hears_its_title_alone_and_nothing_once_the_role_ends(house: House) -> None:
    role = RoleAssignmentFactory.create(person=house.colleague, role=Role.AMBASSADOR, department=house.author.department)
    draft = IdeaFactory.create(
        author=house.author, status="draft", audience=Audience.AMBASSADOR, ambassador=house.colleague, title="Sand", problem="Hemligt"
    )
    outbox.tell([house.colleague], "contributions.entrusted", {"contribution": draft.pk})
    (fact,) = house.facts(house.colleague)
    assert (fact.text, fact.title, fact.act) == ("Sanna Niemi ber dig läsa ett utkast", "Sand", "Läs utkastet")
    assert "Hemligt" not in str(fact)
    role.delete()
    assert house.facts(house.colleague) == []


def test_who_may_no_longer_see_it_hears_nothing(house: House) -> None:
    house.step("explore", reason="Hemligt svar")
    say(house, "Hemlig kommentar", by=house.author)
    assert len(house.facts(house.follower)) == 2
    Contribution.objects.filter(pk=house.idea.pk).update(audience=Audience.DEPARTMENT)
    assert house.facts(house.follower) == []
    assert len(house.facts(house.author)) == 1


def test_a_challenge_is_called_one(house: House) -> None:
    house.step("understand", of=house.challenge, reason="Vi börjar")
    (author,), (follower,) = house.facts(house.author), house.facts(house.follower)
    assert (author.text, author.reason, author.status) == ("Svar på din utmaning", "du tog upp utmaningen", "Förstå")
    assert (follower.text, follower.reason) == ("En utmaning du följer har rört sig", "du följer utmaningen")


def test_roles_offer_more_to_choose(house: House) -> None:
    def codes(person: Person) -> set[str]:
        return {kind.code for kind in choosable_kinds(person) if kind.code.startswith("contributions.")}

    assert "contributions.sent" in codes(house.coordinator)
    assert not {"contributions.sent", "contributions.reported", "contributions.entrusted"} & codes(house.author)


@pytest.mark.parametrize("number", [1, 3])
def test_any_number_of_notices_of_any_kinds_cost_the_same_queries(house: House, number: int, django_assert_num_queries: Any) -> None:
    for n in range(number):
        idea = IdeaFactory.create(author=house.author, title=f"Idé {n}")
        house.step("ask", of=idea, body="När?")
        talk.comment(by=house.colleague, contribution=idea, body="Bra", token=uuid.uuid4())
        talk.support(by=house.colleague, contribution=idea, kind=SupportKind.NEED)
    reader = Person.objects.with_place().get(pk=house.author.pk)
    notices = list(Notice.objects.filter(recipient=reader))
    assert len(notices) == 3 * number
    with django_assert_num_queries(5):  # roles, contributions, entries, comments, supports
        assert len(render(reader, notices)) == 3 * number
