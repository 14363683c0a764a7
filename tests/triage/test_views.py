"""The queue's page: what is in it, which item is in hand, where a step leads, and what it costs."""

from __future__ import annotations

import datetime
import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contributions.enums import Status
from contributions.models import Comment, Contribution, Report
from organisation.models import Department, Person
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory
from triage.enums import Tab

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()
DAY = datetime.timedelta(days=1)


@pytest.fixture
def home() -> Department:
    return DepartmentFactory.create()


@pytest.fixture
def coordinator(home: Department) -> Person:
    return RoleAssignmentFactory.create(organisation=home.organisation, person__department=home, person__given_name="Petra").person


@pytest.fixture
def browser(coordinator: Person) -> Client:
    return as_person(coordinator)


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def sent(home: Department, title: str, **more: Any) -> Contribution:
    return IdeaFactory.create(author=PersonFactory.create(department=home), title=title, **more)


def three(home: Department) -> list[Contribution]:
    """In the order of their promises, which is not the order in which they came."""
    last, first, middle = (
        sent(home, title, promised_on=TODAY + days * DAY) for title, days in {"Sist": 9, "Först": -2, "Mitten": 4}.items()
    )
    return [first, middle, last]


def queued(page: Any) -> list[str]:
    return [row.title for row in page.context["rows"].rows]


def in_hand(page: Any) -> str:
    item = page.context["item"]
    return item.contribution.title if item else ""


def words(page: Any) -> str:
    html = page.content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")]).split())


def test_the_nearest_promise_stands_first_and_is_in_hand(browser: Client, home: Department) -> None:
    three(home)
    page = browser.get("/triage/")
    assert (queued(page), in_hand(page)) == (["Först", "Mitten", "Sist"], "Först")
    assert "3 väntar på svar. 1 försenat" in words(page)


def test_the_item_asked_for_is_in_hand(browser: Client, home: Department) -> None:
    _first, middle, last = three(home)
    assert [in_hand(browser.get(f"/triage/?item={row.pk}")) for row in (middle, last)] == ["Mitten", "Sist"]


@pytest.mark.parametrize("value", ["", "0", "-1", "abc", "1e400", "²", "\0", "9" * 30, "9" * 5_000])
def test_an_item_that_is_not_there_is_the_first(browser: Client, home: Department, value: str) -> None:
    three(home)
    assert in_hand(browser.get("/triage/", {"item": value})) == "Först"


def test_an_item_of_another_queue_is_the_first_and_shows_nothing_of_itself(browser: Client, home: Department) -> None:
    three(home)
    secret = IdeaFactory.create(title="Hemligt", audience="department", promised_on=TODAY + 5 * DAY)
    page = browser.get(f"/triage/?item={secret.pk}")
    assert in_hand(page) == "Först"
    assert "Hemligt" not in page.content.decode()


def test_only_what_the_coordinator_answers_for(home: Department) -> None:
    unit = DepartmentFactory.create(parent=home)
    beside = DepartmentFactory.create(organisation=home.organisation)
    for title, department in {"Här": home, "Under": unit, "Bredvid": beside, "Annan": DepartmentFactory.create()}.items():
        sent(department, title)
    handed_over = sent(home, "Överlämnad")
    Contribution.objects.filter(pk=handed_over.pk).update(owner_organisation=DepartmentFactory.create().organisation)
    sent(home, "Utkast", status=Status.DRAFT)
    seen = {
        "department": queued(as_person(RoleAssignmentFactory.create(department=home).person).get("/triage/")),
        "organisation": queued(as_person(RoleAssignmentFactory.create(organisation=home.organisation).person).get("/triage/")),
        "group": queued(as_person(RoleAssignmentFactory.create().person).get("/triage/")),
    }
    assert {scope: sorted(titles) for scope, titles in seen.items()} == {
        "department": ["Här", "Under"],
        "organisation": ["Bredvid", "Här", "Under"],
        "group": ["Annan", "Bredvid", "Här", "Under", "Överlämnad"],
    }


@pytest.mark.parametrize("role", ["", "ambassador", "admin"])
@pytest.mark.parametrize("tab", Tab.values)
def test_it_is_closed_to_everybody_else(home: Department, role: str, tab: str) -> None:
    person = PersonFactory.create(department=home)
    if role:
        RoleAssignmentFactory.create(person=person, role=role)
    assert as_person(person).get(f"/triage/?tab={tab}").status_code == 403


@pytest.fixture
def mixed(home: Department, coordinator: Person) -> None:
    sent(home, "Ny")
    waiting = sent(home, "Frågad", status=Status.NEEDS_AUTHOR, promise_paused_at=timezone.now())
    ChallengeFactory.create(author=waiting.author, title="Pågår", status=Status.UNDERSTANDING, answered_at=timezone.now())
    sent(home, "Min", assigned_to=coordinator)
    sent(home, "Vilar", status=Status.PARKED, answered_at=timezone.now())
    sent(home, "Klar", status=Status.DECLINED)


@pytest.mark.parametrize(
    ("tab", "expected"),
    [
        ("answer", ["Ny", "Min"]),
        ("mine", ["Min"]),
        ("parked", ["Vilar"]),
        ("waiting", ["Frågad"]),
        ("ongoing", ["Pågår"]),
        ("", ["Ny", "Min"]),
        ("x", ["Ny", "Min"]),
        ("\0", ["Ny", "Min"]),
    ],
)
@pytest.mark.usefixtures("mixed")
def test_tabs(browser: Client, tab: str, expected: list[str]) -> None:
    page = browser.get("/triage/", {"tab": tab})
    assert queued(page) == expected
    numbers = (1, 0, 0, 0) if tab == "mine" else (2, 1, 1, 1)
    assert "Att besvara {} Föreslagna steg 0 Väntar på författaren {} Parkerat {} Pågår {} Anmälningar 0".format(*numbers) in words(page)
    assert page.content.decode().count('aria-current="page"') >= 1


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        ("answer", "Allt är besvarat"),
        ("mine", "Inget här"),
        ("parked", "Inget här"),
        ("waiting", "Inget här"),
        ("proposed", "Inget här"),
        ("ongoing", "Inget här"),
        ("reports", "Inget är anmält"),
    ],
)
def test_an_empty_tab_says_so(browser: Client, tab: str, said: str) -> None:
    assert said in words(browser.get(f"/triage/?tab={tab}"))


def test_an_empty_tab_tells_the_next_promise(browser: Client, home: Department) -> None:
    sent(home, "Ny", promised_on=TODAY)
    assert "Nästa löfte går ut" in words(browser.get("/triage/?tab=mine"))


def test_everything_needed_to_answer_is_on_the_page(browser: Client, home: Department, coordinator: Person) -> None:
    row = sent(home, "Hal trappa", problem="Det är **halt** varje morgon.", proposal="Sanda klockan sex.")
    page = browser.get("/triage/")
    said = words(page)
    assert all(part in said for part in ("Hal trappa", row.author.full_name, "Det är halt varje morgon.", "Sanda klockan sex.", home.name))
    html = page.content.decode()
    back = quote(f"/triage/?tab=answer&past={row.pk}").replace("&", "&amp;")
    steps = re.findall(rf'href="/contributions/{row.pk}/steps/([a-z_]+)/\?next={re.escape(back)}"', html)
    assert steps == ["explore", "ask", "park", "decline", "merge", "assign", "hand_over", "convert", "decide", "learn"]
    assert f'name="assignee" value="{coordinator.pk}" aria-keyshortcuts="M"' in html
    assert f"Svarar för det nu: {coordinator.full_name}" in words(browser.get(reverse("triage_history", args=(row.pk,))))


def test_reports_show_what_is_complained_of_and_go_when_ticked_off(browser: Client, home: Department) -> None:
    row, colleague = sent(home, "Hal trappa"), PersonFactory.create(department=home, given_name="Ove")
    comment = Comment.objects.create(contribution=row, author=row.author, body="Fru Berg föll.", body_html="<p>Fru Berg föll.</p>")
    report = Report.objects.create(contribution=row, comment=comment, by=colleague, reason="Där står ett namn.")
    Report.objects.create(contribution=IdeaFactory.create(title="Annans"), by=colleague, reason="Hos andra.")
    page = browser.get("/triage/?tab=reports")
    said = words(page)
    assert "Anmälningar 1" in said
    assert "Hal trappa Fru Berg föll. Där står ett namn. Ove Family" in said
    assert "Annans" not in said
    assert reverse("moderate", args=(row.pk,)) in page.content.decode()
    browser.post(reverse("report_handled", args=(row.pk, report.pk)))
    assert "Inget är anmält" in words(browser.get("/triage/?tab=reports"))


def test_a_report_of_something_answered_still_shows(browser: Client, home: Department) -> None:
    row = sent(home, "Hal trappa", status=Status.DECLINED)
    Report.objects.create(contribution=row, by=PersonFactory.create(department=home), reason="Ett namn.")
    assert "Hal trappa Ett namn." in words(browser.get("/triage/?tab=reports"))


LATER = str(TODAY + 9 * DAY)


@pytest.mark.parametrize(
    ("step", "typed", "next_in_hand"),
    [
        ("explore", {"reason": "Vi prövar."}, "Sist"),
        ("assign", {}, "Sist"),
        ("ask", {"body": "När?"}, "Sist"),
        ("park", {"reason": "Efter flytten.", "until": LATER}, "Sist"),
        ("decline", {"reason_code": "money", "reason": "Inte i år.", "change": "En ny budget."}, "Sist"),
        ("hand_over", {"reason": "De sköter trappan."}, "Sist"),
    ],
)
def test_a_step_leads_back_to_the_queue_and_the_next_stands_in_its_place(
    browser: Client, home: Department, coordinator: Person, step: str, typed: dict[str, str], next_in_hand: str
) -> None:
    middle = three(home)[1]
    other = DepartmentFactory.create().organisation
    choices = {"assign": {"assignee": coordinator.pk}, "hand_over": {"owner": other.pk}}.get(step, {})
    queue = f"/triage/?tab=answer&past={middle.pk}"
    address = reverse("step", args=(middle.pk, step)) + f"?next={quote(queue)}"
    assert address.replace("&", "&amp;") in browser.get(f"/triage/?item={middle.pk}").content.decode()
    form = browser.get(address).content.decode()
    assert f'name="next" value="{queue.replace("&", "&amp;")}"' in form
    came = browser.post(address, {**typed, **choices, "version": 1, "next": queue})
    assert (came.status_code, came["Location"]) == (303, queue)
    page = browser.get(came["Location"])
    assert in_hand(page) == next_in_hand
    assert f"{reverse('step', args=(middle.pk, 'undo'))}?next={quote(queue, safe='')}" in page.content.decode()


def test_after_the_last_the_first_stands_in_its_place(browser: Client, home: Department) -> None:
    last = three(home)[2]
    queue = f"/triage/?past={last.pk}"
    browser.post(reverse("step", args=(last.pk, "ask")), {"body": "När?", "next": queue})
    assert in_hand(browser.get(queue)) == "Först"


def test_undoing_brings_the_item_back_into_hand(browser: Client, home: Department) -> None:
    middle = three(home)[1]
    queue = f"/triage/?past={middle.pk}"
    browser.post(reverse("step", args=(middle.pk, "ask")), {"body": "När?", "next": queue})
    assert in_hand(browser.get(queue)) == "Sist"
    came = browser.post(reverse("step", args=(middle.pk, "undo")) + f"?next={quote(queue)}")
    assert came["Location"] == queue
    assert in_hand(browser.get(queue)) == "Mitten"


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example/", "//evil.example", "javascript:alert(1)", "http://[", "/\\evil.example", "/triage/?" + "a" * 20_000],
)
def test_a_step_leads_nowhere_else(browser: Client, home: Department, elsewhere: str) -> None:
    row = sent(home, "Hal trappa")
    address = reverse("step", args=(row.pk, "ask"))
    form = browser.get(address, {"next": elsewhere}).content.decode()
    assert elsewhere not in form
    came = browser.post(address, {"body": "När?", "next": elsewhere})
    assert (came.status_code, came["Location"]) == (303, row.get_absolute_url())


def test_a_step_refused_keeps_the_way_back(browser: Client, home: Department) -> None:
    row = sent(home, "Hal trappa")
    came = browser.post(reverse("step", args=(row.pk, "ask")), {"body": " ", "next": "/triage/?tab=mine"})
    assert came.status_code == 422
    assert 'name="next" value="/triage/?tab=mine"' in came.content.decode()


def test_pages_of_the_queue_follow_each_other(browser: Client, home: Department) -> None:
    author = PersonFactory.create(department=home)
    for number in range(31):
        IdeaFactory.create(author=author, title=f"Nummer {number:02}", promised_on=TODAY + number * DAY)
    first = browser.get("/triage/")
    second = browser.get("/triage/", {"after": first.context["rows"].page.next})
    assert (len(queued(first)), queued(second), in_hand(second)) == (30, ["Nummer 30"], "Nummer 30")
    assert in_hand(browser.get("/triage/", {"after": "garbage"})) == "Nummer 00"


@pytest.mark.parametrize(
    ("query", "queries"),
    [("", 10), ("tab=mine", 10), ("tab=waiting", 10), ("tab=parked", 10), ("tab=ongoing", 10), ("tab=reports", 8), ("past={gone}", 12)],
)
def test_it_costs_the_same_with_one_row_and_with_three(
    browser: Client, home: Department, coordinator: Person, django_assert_num_queries: Any, query: str, queries: int
) -> None:
    for size in (1, 2):
        for _ in range(size):
            row = sent(home, "Hal trappa", assigned_to=coordinator)
            sent(home, "Hal trappa", status=Status.EXPLORING, answered_at=timezone.now())
            gone = sent(home, "Hal trappa", status=Status.NEEDS_AUTHOR, promise_paused_at=timezone.now())
            Report.objects.create(contribution=row, by=PersonFactory.create(department=home), reason="Ett namn.")
        with django_assert_num_queries(queries):
            assert browser.get(f"/triage/?{query.format(gone=gone.pk)}").status_code == 200
