"""Every field with what it should not hold: a message beside the field, the words kept, one contribution and not two, never a 500."""

from __future__ import annotations

import re
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils.html import escape

from contributions.models import Contribution
from organisation.models import Person
from tests.factories import DepartmentFactory, IdeaFactory, PersonFactory
from tests.ideas.screens import PROBLEM, as_person, first, text

pytestmark = pytest.mark.django_db

MEGABYTE = "ab cd " * 170_000


@pytest.fixture
def browser() -> Client:
    return as_person(PersonFactory.create())


@pytest.fixture
def screen(browser: Client) -> str:
    """The address of the second screen of a draft."""
    return str(browser.post("/ideas/new/", first())["Location"])


def beside(page: str, field: str) -> str:
    """The message beside a field, which the field must point at."""
    assert re.search(rf'aria-describedby="[^"]*id_{field}_error', page)
    found = re.search(rf'id="id_{field}_error">(.*?)</p>', page, re.DOTALL)
    assert found
    return found[1]


TOO_LONG = [
    ("title", "a" * 121, "Texten är 121 tecken. Högst 120 får plats."),
    ("problem", "å" * 10_001, "Texten är 10001 tecken. Högst 10000 får plats."),
    ("problem", MEGABYTE.strip(), "Högst 10000 får plats."),
]


@pytest.mark.parametrize(("field", "value", "message"), TOO_LONG, ids=["title", "problem", "a megabyte"])
@pytest.mark.parametrize("button", [{}, {"later": "1"}, {"capture": "1"}], ids=["on", "later", "capture"])
def test_too_long_on_the_first_screen(browser: Client, field: str, value: str, message: str, button: dict[str, str]) -> None:
    came = browser.post("/ideas/new/", {**first(), field: value, **button})
    page = came.content.decode()
    assert came.status_code == 422
    assert message in beside(page, field)
    assert value in page
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("field", ["proposal", "benefit"])
@pytest.mark.parametrize("value", ["å" * 10_001, MEGABYTE.strip()], ids=["too long", "a megabyte"])
def test_too_long_on_the_second_screen(browser: Client, screen: str, field: str, value: str) -> None:
    came = browser.post(screen, {"version": 1, "proposal": "Sanda.", "benefit": "", "audience": "group", field: value})
    page = came.content.decode()
    assert came.status_code == 422
    assert "Högst 10000 får plats." in beside(page, field)
    assert value in page
    assert Contribution.objects.get().status == "draft"


def test_exactly_as_long_as_fits_counting_a_line_break_once(browser: Client) -> None:
    problem = ("å" * 99 + "\r\n") * 99 + "å" * 100
    browser.post("/ideas/new/", first(title="a" * 120, problem=problem))
    assert Contribution.objects.get().problem == problem.replace("\r\n", "\n")


@pytest.mark.parametrize(
    "value", ["", " ", "\t\r\n ", "\u200b", "\0", "\0\0  "], ids=["empty", "blank", "breaks", "no width", "NUL", "NULs"]
)
@pytest.mark.parametrize("field", ["title", "problem"])
def test_nothing_at_all_on_the_first_screen(browser: Client, field: str, value: str) -> None:
    came = browser.post("/ideas/new/", {**first(), field: value})
    assert came.status_code == 422
    assert beside(came.content.decode(), field)
    assert not Contribution.objects.exists()


@pytest.mark.parametrize("field", ["title", "problem", "proposal", "benefit"])
def test_nul_and_controls_are_taken_away_and_the_rest_kept(browser: Client, field: str) -> None:
    values = {**first(), field: "Trapp\0an är \x08hal\u202e varje dag. Ingen sandar."}
    screen = browser.post("/ideas/new/", values)["Location"]
    browser.post(screen, {"version": 1, "audience": "group", "proposal": "Sanda.", "benefit": "", **values})
    sent = Contribution.objects.select_related("idea").get()
    assert sent.status == "submitted"
    assert getattr(sent.idea if field in ("proposal", "benefit") else sent, field) == "Trappan är hal varje dag. Ingen sandar."


@pytest.mark.parametrize("name", ["touched", "touched_groups"])
@pytest.mark.parametrize("value", ["999999999", "99999999999999999999999", "-1", "abc", "\0", "", "1; DROP TABLE", "²"])
def test_a_choice_that_is_not_there_on_the_first_screen(browser: Client, name: str, value: str) -> None:
    came = browser.post("/ideas/new/", first(**{name: [value]}))
    page = came.content.decode()
    assert came.status_code == 422
    assert "finns inte" in beside(page, name) or "giltigt" in beside(page, name)
    assert PROBLEM in page
    assert not Contribution.objects.exists()


def test_a_closed_department_is_no_choice(browser: Client) -> None:
    closed = DepartmentFactory.create(closed_at="2026-01-01T00:00Z")
    assert browser.post("/ideas/new/", first(touched=[closed.pk])).status_code == 422


@pytest.mark.parametrize("value", ["everybody", "", "GROUP", "group\0", "x" * 5_000])
def test_an_audience_that_is_not_there(browser: Client, screen: str, value: str) -> None:
    came = browser.post(screen, {"version": 1, "proposal": "Sanda.", "benefit": "", "audience": value})
    page = came.content.decode()
    assert came.status_code == 422
    assert 'id="id_audience_error"' in page
    assert "Sanda.</textarea>" in page
    assert Contribution.objects.get().status == "draft"


@pytest.mark.parametrize("value", ["999999999", "abc", "", "\0", "99999999999999999999999"])
def test_an_ambassador_that_is_not_there(browser: Client, screen: str, value: str) -> None:
    came = browser.post(screen, {"version": 1, "proposal": "", "benefit": "", "audience": "ambassador", "ambassador": value})
    assert came.status_code == 422
    assert Contribution.objects.get().audience == "author"


@pytest.mark.parametrize("value", ["999999999", "abc", "-1", "\0", "²", "99999999999999999999999", "1" * 5_000])
def test_a_challenge_that_is_not_there_leaves_an_ordinary_draft(browser: Client, value: str) -> None:
    assert browser.get("/ideas/new/", {"answers": value}).status_code == 200
    came = browser.post("/ideas/new/", first(answers=value), follow=True)
    assert "Utmaningen tar inte emot idéer nu." in came.content.decode()
    assert Contribution.objects.get().answers_id is None


@pytest.mark.parametrize("value", ["", "abc", "-1", "0", "\0", "99999999999999999999999", "1.0"])
def test_a_version_that_is_none_is_a_conflict_only_when_something_differs(browser: Client, value: str) -> None:
    browser.post("/ideas/new/", first())
    pk = Contribution.objects.get().pk
    same = browser.post(f"/ideas/{pk}/edit/", {"version": value, "title": "Hal trappa", "problem": PROBLEM})
    assert same.status_code == 303
    other = browser.post(f"/ideas/{pk}/edit/", {"version": value, "title": "En annan rubrik", "problem": PROBLEM})
    assert other.status_code == 409
    assert Contribution.objects.get().title == "Hal trappa"


@pytest.mark.parametrize("value", ["", "abc", "\0", "0" * 5_000, None])
def test_a_token_that_is_none_still_makes_a_draft(browser: Client, value: str | None) -> None:
    values = {name: typed for name, typed in first(token=value).items() if typed is not None}
    assert browser.post("/ideas/new/", values).status_code == 303
    assert Contribution.objects.count() == 1


@pytest.mark.parametrize("pk", ["0", "999999999", "99999999999999999999999", "abc", "-1", "1%00"])
def test_an_id_that_is_not_there(browser: Client, pk: str) -> None:
    assert browser.get(f"/ideas/{pk}/edit/").status_code == 404
    assert browser.post(f"/ideas/{pk}/edit/", first()).status_code == 404


def test_marks_in_what_is_typed_come_back_as_they_were(browser: Client) -> None:
    nasty = '"><script>alert(1)</script>{{ x }}{% url %}&amp;'
    came = browser.post("/ideas/new/", first(title=nasty, problem=nasty[:10]))
    page = came.content.decode()
    assert f'value="{escape(nasty)}"' in page
    assert "<script>alert" not in page
    stored = browser.post("/ideas/new/", first(title=nasty, later="1"), follow=True)
    assert "<script>alert" not in stored.content.decode()
    assert escape(nasty) in stored.content.decode()


def test_too_much_in_one_request_gets_a_page_of_its_own(browser: Client) -> None:
    came = browser.post("/ideas/new/", first(problem="a" * 3_000_000))
    assert came.status_code == 400
    assert "Gå tillbaka och försök igen" in text(came)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("button", ["", "later", "capture"])
def test_a_double_press_makes_one_contribution(button: str) -> None:
    person: Person = PersonFactory.create()
    values = first(**({button: "1"} if button else {}))
    clients = [as_person(person) for _ in range(2)]
    answers: list[tuple[int, str]] = []
    start = threading.Barrier(2)

    def press(client: Client) -> None:
        start.wait()
        try:
            came = client.post("/ideas/new/", values)
            answers.append((came.status_code, came["Location"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 2
    assert answers[0] == answers[1]
    assert answers[0][0] == 303
    assert Contribution.objects.count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("proposal", ["Sanda.", ""])
def test_a_double_press_sends_once(proposal: str) -> None:
    person: Person = PersonFactory.create()
    draft = IdeaFactory.create(author=person, status="draft", title="Hal trappa", problem=PROBLEM, proposal="")
    values = {"version": 1, "proposal": proposal, "benefit": "", "audience": "group", "token": str(uuid.uuid4())}
    clients = [as_person(person) for _ in range(2)]
    answers: list[tuple[int, str]] = []
    start = threading.Barrier(2)

    def press(client: Client) -> None:
        start.wait()
        try:
            came: Any = client.post(f"/ideas/{draft.pk}/edit/?part=proposal", values)
            answers.append((came.status_code, came["Location"]))
        finally:
            connection.close()

    threads = [threading.Thread(target=press, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kind = "ideas" if proposal else "challenges"
    assert answers == [(303, f"/{kind}/{draft.pk}/")] * 2
    assert Contribution.objects.get().trail.count() == 1
