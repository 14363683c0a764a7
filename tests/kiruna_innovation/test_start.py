"""The start page: what waits, what moved, what is open, what comes from across the border, and nothing one may not see."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contributions.enums import Audience, Status, SupportKind
from contributions.lifecycle import advance
from contributions.models import Contribution, TrailEntry
from organisation.enums import Role
from organisation.models import Department, Person
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db

NOW = timezone.now()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def home() -> Department:
    return DepartmentFactory.create(name="Hemtjänst")


@pytest.fixture
def person(home: Department) -> Person:
    return PersonFactory.create(department=home, given_name="Sanna")


@pytest.fixture
def browser(person: Person) -> Client:
    return as_person(person)


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def words(page: Any) -> str:
    html = page.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")]).split())


def titles(page: Any, part: str) -> list[str]:
    return [str(getattr(row, "contribution", row)) for row in page.context[part]]


def moved(row: Contribution, *, to: Status = Status.EXPLORING, at: datetime.datetime = NOW, **more: Any) -> Contribution:
    """Somebody has taken a step with it."""
    was = Status.SUBMITTED if row.kind == "idea" else Status.REPORTED
    Contribution.objects.filter(pk=row.pk).update(status=to, answered_at=at)
    TrailEntry.objects.create(contribution_id=row.pk, step="explore", from_status=was, to_status=to, at=at, **more)
    return row


def open_challenge(title: str, *, closes: datetime.timedelta = DAY, **more: Any) -> Contribution:
    return ChallengeFactory.create(title=title, status=Status.OPEN_FOR_IDEAS, ideas_close_at=NOW + closes, **more)


def test_an_empty_house_asks_what_one_has_seen(browser: Client) -> None:
    page = browser.get("/")
    assert "Sanna Vad har du sett?" in words(page)
    assert "Inget har rört sig ännu." in words(page)
    assert {part: len(page.context[part]) for part in ("waiting", "moved", "challenges", "across", "kept")} == dict.fromkeys(
        ("waiting", "moved", "challenges", "across", "kept"), 0
    )


def test_the_first_words_become_a_draft(browser: Client, person: Person) -> None:
    token = re.search(r'name="token" value="([^"]+)"', browser.get("/").content.decode())
    assert token
    came = browser.post("/ideas/new/", {"token": token[1], "capture": "1", "problem": "Halt vid dörren"})
    draft = Contribution.objects.get(author=person)
    assert (came["Location"], draft.status, draft.problem) == (f"/ideas/{draft.pk}/edit/", "draft", "Halt vid dörren")


def test_what_waits_is_questions_first_then_what_is_entrusted_then_drafts(browser: Client, person: Person, home: Department) -> None:
    RoleAssignmentFactory.create(person=person, department=home, role=Role.AMBASSADOR)
    colleague = PersonFactory.create(department=home)
    for title, more in {
        "Gammal fråga": {"status": Status.NEEDS_AUTHOR, "last_activity_at": NOW - 3 * DAY},
        "Utkast": {"status": Status.DRAFT, "last_activity_at": NOW},
        "Fråga": {"status": Status.NEEDS_AUTHOR, "last_activity_at": NOW - DAY},
    }.items():
        IdeaFactory.create(author=person, title=title, promise_paused_at=NOW if more["status"] != Status.DRAFT else None, **more)
    entrusted = {"status": Status.DRAFT, "audience": Audience.AMBASSADOR, "ambassador": person, "last_activity_at": NOW - 9 * DAY}
    IdeaFactory.create(author=colleague, title="I förtroende", **entrusted)
    page = browser.get("/")
    assert titles(page, "waiting") == ["Fråga", "Gammal fråga", "I förtroende", "Utkast"]
    said = words(page)
    assert "Svara på en fråga om Fråga" in said
    assert "Skriv klart Utkast" in said
    assert "Läs I förtroende" in said


def test_many_drafts_never_hide_a_question(browser: Client, person: Person) -> None:
    IdeaFactory.create(author=person, title="Fråga", status=Status.NEEDS_AUTHOR, promise_paused_at=NOW, last_activity_at=NOW - 99 * DAY)
    IdeaFactory.create_batch(7, author=person, status=Status.DRAFT)
    waiting = titles(browser.get("/"), "waiting")
    assert (waiting[0], len(waiting)) == ("Fråga", 6)


def test_what_waits_for_others_or_no_longer_is_not_there(browser: Client, person: Person, home: Department) -> None:
    RoleAssignmentFactory.create(
        person=person, department=home, role=Role.AMBASSADOR, end_on=NOW.date() - DAY, start_on=NOW.date() - 9 * DAY
    )
    other = PersonFactory.create(department=home)
    IdeaFactory.create(author=other, title="Annans fråga", status=Status.NEEDS_AUTHOR, promise_paused_at=NOW)
    IdeaFactory.create(author=other, title="Annans utkast", status=Status.DRAFT)
    IdeaFactory.create(author=other, title="Inte längre i förtroende", status=Status.DRAFT, audience=Audience.AMBASSADOR, ambassador=person)
    IdeaFactory.create(author=person, title="Min skickade")
    assert titles(browser.get("/"), "waiting") == []


def test_a_coordinator_sees_how_many_wait_for_an_answer(home: Department) -> None:
    IdeaFactory.create_batch(2, author=PersonFactory.create(department=home))
    IdeaFactory.create()
    coordinator = RoleAssignmentFactory.create(organisation=home.organisation).person
    assert "2 bidrag väntar på svar" in words(as_person(coordinator).get("/"))
    assert "bidrag väntar på svar" not in words(as_person(PersonFactory.create(department=home)).get("/"))


def test_what_moved_is_the_latest_of_each_newest_first(browser: Client) -> None:
    for number in range(6):
        moved(IdeaFactory.create(title=f"Flyttad {number}"), at=NOW - number * DAY, text="Vi prövar.")
    twice = IdeaFactory.create(title="Två gånger")
    moved(twice, at=NOW - 2 * DAY, text="Först.")
    TrailEntry.objects.create(
        contribution=twice, step="plan", from_status=Status.EXPLORING, to_status=Status.PLANNED, at=NOW + DAY, text="Sedan."
    )
    Contribution.objects.filter(pk=twice.pk).update(status=Status.PLANNED)
    page = browser.get("/")
    assert titles(page, "moved") == ["Två gånger", "Flyttad 0", "Flyttad 1", "Flyttad 2"]
    assert "Två gånger Sedan." in words(page)
    assert "Först." not in words(page)


@pytest.mark.parametrize("step", ["submit", "ask", "reply", "withdraw", "convert", "undo"])
def test_what_is_no_news_to_others_has_not_moved(browser: Client, step: str) -> None:
    row = IdeaFactory.create(title="Fråga", status=Status.NEEDS_AUTHOR, promise_paused_at=NOW)
    TrailEntry.objects.create(contribution=row, step=step, from_status=Status.SUBMITTED, to_status=Status.NEEDS_AUTHOR, text="Vem?")
    assert titles(browser.get("/"), "moved") == []


def test_a_step_taken_back_has_not_moved(browser: Client, home: Department) -> None:
    row = IdeaFactory.create(author=PersonFactory.create(department=home), title="Ångrad")
    coordinator = RoleAssignmentFactory.create(organisation=home.organisation).person
    advance(by=coordinator, contribution=row, step="explore", values={"reason": "Vi prövar."})
    assert titles(browser.get("/"), "moved") == ["Ångrad"]
    advance(by=coordinator, contribution=row, step="undo")
    assert titles(browser.get("/"), "moved") == []


def test_challenges_open_now_the_first_to_close_at_the_top(browser: Client) -> None:
    for title, days in {"Sist": 9, "Först": 1, "Fjärde": 20, "Mitten": 4}.items():
        open_challenge(title, closes=days * DAY)
    open_challenge("Stängd", closes=-DAY)
    ChallengeFactory.create(title="Inte öppen", status=Status.UNDERSTANDING)
    page = browser.get("/")
    assert titles(page, "challenges") == ["Först", "Mitten", "Sist"]


def test_ideas_are_counted_among_what_one_may_read(browser: Client) -> None:
    challenge = open_challenge("Halka")
    IdeaFactory.create(answers=challenge), IdeaFactory.create(answers=challenge, audience=Audience.DEPARTMENT)
    IdeaFactory.create(answers=challenge, status=Status.DRAFT)
    page = browser.get("/")
    assert [row.answers_seen for row in page.context["challenges"]] == [1]
    assert "1 idé" in words(page)


def test_from_across_the_border_is_what_others_work_on(browser: Client, home: Department, person: Person) -> None:
    for number in range(4):
        IdeaFactory.create(title=f"Grannens {number}", last_activity_at=NOW - number * DAY)
    IdeaFactory.create(title="Vår egen", author=PersonFactory.create(department=home))
    IdeaFactory.create(title="Min från förr", author=person, department=DepartmentFactory.create())
    for status in (Status.PARKED, Status.DECLINED, Status.NEEDS_AUTHOR, Status.ADOPTED, Status.DRAFT):
        IdeaFactory.create(title=status, status=status, promise_paused_at=NOW if status == Status.NEEDS_AUTHOR else None)
    assert titles(browser.get("/"), "across") == ["Grannens 0", "Grannens 1", "Grannens 2"]


def test_the_same_need_is_said_and_taken_back_without_leaving_the_page(browser: Client, person: Person) -> None:
    row = IdeaFactory.create(title="Grannens")

    def press() -> str:
        form = re.search(rf'<form[^>]*action="/contributions/{row.pk}/support/">(.*?)</form>', browser.get("/").content.decode(), re.DOTALL)
        assert form
        typed = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[1]))
        assert browser.post(f"/contributions/{row.pk}/support/", typed)["Location"] == "/"
        return words(browser.get("/"))

    assert "Vi har samma behov 1 person" in press()
    assert list(row.supports.values_list("person", "kind")) == [(person.pk, SupportKind.NEED)]
    assert 'aria-pressed="true"' in browser.get("/").content.decode()
    assert "Vi har samma behov 0 personer" in press()
    assert not row.supports.exists()


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "http://["])
def test_support_leads_nowhere_else(browser: Client, elsewhere: str) -> None:
    row = IdeaFactory.create()
    came = browser.post(f"/contributions/{row.pk}/support/", {"kind": "need", "next": elsewhere})
    assert came["Location"] == f"/ideas/{row.pk}/#support"


def test_promises_kept_are_open_to_all_per_organisation(browser: Client, home: Department) -> None:
    author, neighbour = PersonFactory.create(department=home), PersonFactory.create()
    today = timezone.localdate()
    kept = {"status": Status.EXPLORING, "answered_at": NOW - 5 * DAY, "promised_on": today - 5 * DAY}
    IdeaFactory.create_batch(4, author=author, **kept)
    IdeaFactory.create(author=author, audience=Audience.DEPARTMENT, **{**kept, "answered_at": NOW - DAY})
    IdeaFactory.create(author=neighbour, promised_on=today - DAY)
    IdeaFactory.create(author=neighbour, promised_on=today + DAY)
    IdeaFactory.create(author=neighbour, **{**kept, "promised_on": today - 100 * DAY, "answered_at": NOW - 100 * DAY})
    page = browser.get("/")
    shares = {share.organisation.pk: (share.kept, share.given, share.percent) for share in page.context["kept"]}
    assert shares == {home.organisation_id: (4, 5, 80), neighbour.department.organisation_id: (0, 1, None)}
    assert f"{home.organisation.short_name} 80 %" in words(page)
    assert f"{neighbour.department.organisation.short_name} 0 av 1" in words(page)


def test_what_one_may_not_read_is_nowhere(browser: Client, person: Person) -> None:
    other = PersonFactory.create(given_name="Okänd")
    hidden: list[dict[str, Any]] = [
        {"audience": Audience.DEPARTMENT},
        {"audience": Audience.ORGANISATION},
        {"hidden_at": NOW},
    ]
    for more in hidden:
        moved(IdeaFactory.create(author=other, title="Hemligt", problem="Hemligt.", **more), text="Hemligt.")
        open_challenge("Hemligt", author=other, **more)
        IdeaFactory.create(author=other, title="Hemligt", **more)
    for audience in (Audience.AUTHOR, Audience.AMBASSADOR):
        named = {"ambassador": person} if audience == Audience.AMBASSADOR else {}
        IdeaFactory.create(author=other, title="Hemligt", status=Status.DRAFT, audience=audience, **named)
    page = browser.get("/")
    assert "Hemligt" not in page.content.decode()
    assert {part: titles(page, part) for part in ("waiting", "moved", "challenges", "across")} == {
        "waiting": [], "moved": [], "challenges": [], "across": []
    }  # fmt: skip
    assert titles(as_person(other).get("/"), "moved") == ["Hemligt"] * 3


@pytest.mark.parametrize(("role", "queries"), [("", 11), ("coordinator", 12), ("ambassador", 11), ("admin", 11)])
def test_it_costs_the_same_with_one_row_and_with_three(
    person: Person, home: Department, django_assert_num_queries: Any, role: str, queries: int
) -> None:
    if role:
        RoleAssignmentFactory.create(person=person, department=home, role=role)
    browser = as_person(person)
    for size in (1, 2):
        for _ in range(size):
            IdeaFactory.create(author=person, status=Status.DRAFT)
            IdeaFactory.create(answers=open_challenge("Halka"))
            moved(IdeaFactory.create(author=PersonFactory.create(department=home)))
        with django_assert_num_queries(queries):
            assert browser.get("/").status_code == 200
