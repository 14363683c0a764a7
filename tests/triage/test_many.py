"""One act on many, and who is brought in: each item asked for by itself, and told in words what was not changed."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from contributions.enums import Status
from contributions.models import Contribution
from network.models import Competence
from notifications.models import Notice
from organisation.models import Department, Person
from tests.factories import DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory
from triage.actions.introducing import introduce
from triage.models import Labelling
from triage.queries.people import suggestions

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Department:
    return DepartmentFactory.create()


@pytest.fixture
def coordinator(home: Department) -> Person:
    return RoleAssignmentFactory.create(organisation=home.organisation, person__department=home).person


@pytest.fixture
def browser(coordinator: Person) -> Client:
    client = Client()
    client.force_login(coordinator, backend="organisation.backends.PersonBackend")
    return client


def sent(home: Department, **more: Any) -> Contribution:
    return IdeaFactory.create(author=PersonFactory.create(department=home), **more)


def many(browser: Client, rows: list[Contribution], act: str, **more: Any) -> tuple[int, str]:
    typed = {"items": [f"{row.pk}-{row.version}" for row in rows], "act": act, **more}
    came = browser.post("/triage/many/", typed, follow=True)
    return came.status_code, unescape(came.content.decode())


def assigned(*rows: Contribution) -> list[Person | None]:
    return [Contribution.objects.get(pk=row.pk).assigned_to for row in rows]


def test_some_are_taken_and_the_others_named_with_the_reason(browser: Client, home: Department, coordinator: Person) -> None:
    one, two = sent(home), sent(home)
    stale, closed, strange = sent(home, title="Ändrad"), sent(home, title="Nej", status=Status.DECLINED), IdeaFactory.create(title="Annans")
    Contribution.objects.filter(pk=stale.pk).update(version=7)
    _status, said = many(browser, [one, two, stale, closed, strange], "take")
    assert assigned(one, two, stale, closed, strange) == [coordinator, coordinator, None, None, None]
    assert "2 är ändrade." in said
    assert "3 är inte ändrade: “Ändrad”, någon hann ändra den före dig" in said
    assert "“Annans”, du svarar inte för den" in said


def test_what_was_done_to_many_is_taken_back_but_not_what_has_moved_on(browser: Client, home: Department, coordinator: Person) -> None:
    one, two = sent(home), sent(home)
    _status, said = many(browser, [one, two], "take")
    undo = next(address for address in re.findall(r'action="([^"]+)"', said) if "/many/undo/" in address)
    browser.post(reverse("step", args=(two.pk, "ask")), {"body": "När?"})
    came = browser.post(undo, follow=True)
    assert "1 av 2 är ångrade." in came.content.decode()
    assert assigned(one, two) == [None, coordinator]


def test_an_undo_that_is_not_ours_does_nothing(browser: Client, home: Department) -> None:
    for signed in ("", "x", "\0", "W10:abc:def"):
        came = browser.post("/triage/many/undo/", query_params={"of": signed}, follow=True)
        assert "Inget är ångrat" in came.content.decode()


def test_a_label_on_many_and_off_again(browser: Client, home: Department) -> None:
    one, two = sent(home), sent(home)
    _status, said = many(browser, [one, two], "label", name="Vinter")
    assert Labelling.objects.filter(removed_at=None).count() == 2
    browser.post(next(address for address in re.findall(r'action="([^"]+)"', said) if "/many/undo/" in address))
    assert Labelling.objects.filter(removed_at=None).count() == 0


def test_to_whom_is_asked_first(browser: Client, home: Department, coordinator: Person) -> None:
    row, colleague = sent(home), RoleAssignmentFactory.create(organisation=home.organisation).person
    status, said = many(browser, [row], "assign")
    assert (status, "Vem svarar för dem?" in said, "Välj en koordinator" in said) == (200, True, False)
    assert many(browser, [row], "assign", sent="1")[0] == 422
    many(browser, [row], "assign", sent="1", assignee=colleague.pk)
    assert assigned(row) == [colleague]


@pytest.mark.parametrize("items", [[], ["x"], ["1"], ["-1-1"], ["9" * 30 + "-1"], ["²-1"], ["\0"]])
def test_nothing_chosen_is_said(browser: Client, items: list[str]) -> None:
    came = browser.post("/triage/many/", {"items": items, "act": "take"}, follow=True)
    assert "Välj något i kön först." in came.content.decode()


def test_whom_to_bring_in_and_why(home: Department, coordinator: Person) -> None:
    row = sent(home, title="Snöskottning vid skolan", problem="Ingen kan svetsning av plogen.", help_wanted=["lödning"])
    welder, smith = (PersonFactory.create(given_name=name) for name in ("Sara", "Ove"))
    Competence.objects.create(person=welder, name="Svetsning", key="svetsning")
    Competence.objects.create(person=smith, name="Lödning", key="l}dning")
    Competence.objects.create(person=PersonFactory.create(), name="Bokföring", key="bokf}ring")
    ambassador = RoleAssignmentFactory.create(role="ambassador", department=home, person__department=home).person
    before = sent(home, title="Snöskottning vid skolan i fjol")
    farther = sent(home, title="Snö på taket")
    before.score, farther.score = 0.6, 0.3  # type: ignore[attr-defined]
    found = {one.person: one.reasons for one in suggestions(row, [before, farther])}
    assert found == {
        welder: ["bra på Svetsning"],
        smith: ["bra på Lödning"],
        ambassador: [f"ambassadör för {home.name}"],
        before.author: [f"hade en liknande idé {before.submitted_at.year}"],  # type: ignore[union-attr]
    }


def test_whoever_may_read_it_is_told_once_and_nobody_else(home: Department, coordinator: Person) -> None:
    row, stranger = sent(home, audience="department"), PersonFactory.create()
    with pytest.raises(ValidationError):
        introduce(by=coordinator, contribution=row, person=stranger)
    colleague = PersonFactory.create(department=home)
    assert [introduce(by=coordinator, contribution=row, person=colleague) for _ in range(2)] == [True, False]
    assert list(Notice.objects.filter(kind="triage.introduced").values_list("recipient", flat=True).distinct()) == [colleague.pk]
    assert not colleague.participations.exists()


def test_typed_words_stay_in_sight_when_another_closed_the_step(browser: Client, home: Department) -> None:
    row = sent(home, status=Status.DECLINED)
    came = browser.post(reverse("step", args=(row.pk, "ask")), {"body": "Hur ofta händer det?", "version": 1})
    assert (came.status_code, "Hur ofta händer det?" in came.content.decode()) == (409, True)


def test_a_no_with_a_place_left_to_fill_in_is_not_sent(browser: Client, home: Department) -> None:
    row = sent(home)
    address = reverse("step", args=(row.pk, "decline"))
    begun = browser.post(address, {"start": "money", "reason": "", "change": "Min egen text.", "version": 1})
    assert (begun.status_code, "[summa]" in begun.content.decode(), "Min egen text." in begun.content.decode()) == (200, True, True)
    typed = {"reason_code": "money", "reason": "Det kostar [summa].", "change": "Min egen text.", "version": 1}
    came = browser.post(address, typed)
    assert (came.status_code, "inom hakparentes: [summa]" in came.content.decode()) == (422, True)
    assert browser.post(address, {**typed, "reason": "Det kostar 10 [tusen](/x)."}).status_code == 303


def test_staying_at_an_item_is_remembered(browser: Client, home: Department) -> None:
    row = sent(home)
    sent(home)
    assert browser.post("/triage/stay/", {"stays": "1", "next": "/triage/"}).status_code == 303
    page = browser.get(f"/triage/?item={row.pk}")
    assert page.context["back"] == f"/triage/?tab=answer&item={row.pk}"
    browser.post(reverse("step", args=(row.pk, "ask")), {"body": "När?", "version": 1})
    assert browser.get(page.context["back"]).context["item"].contribution.pk == row.pk
