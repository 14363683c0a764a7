"""The lists: what is in them, in which order, how many, and that nothing leaks from what one may not see."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from contributions.enums import Audience, Kind, Status
from contributions.lifecycle import reindex_texts
from contributions.models import Contribution
from contributions.queries.lists import PAGE_SIZE
from organisation.models import Person
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
NOW = timezone.now()


@pytest.fixture
def person() -> Person:
    return PersonFactory.create()


@pytest.fixture
def browser(person: Person) -> Client:
    return as_person(person)


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def titles(response: Any) -> list[str]:
    return [row.title for row in response.context["listing"].page.rows]


def main(response: Any) -> str:
    page = response.content.decode()
    return page[page.index("<main") : page.index("</main>")] if "<main" in page else page


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", main(response)).split())


def idea(title: str, **more: Any) -> Contribution:
    row = IdeaFactory.create(title=title, **more)
    reindex_texts(row)
    return row


def challenge(title: str, **more: Any) -> Contribution:
    row = ChallengeFactory.create(title=title, **more)
    reindex_texts(row)
    return row


def test_each_list_holds_its_kind_and_the_search_both(browser: Client) -> None:
    idea("Sand vid dörren"), challenge("Halka vid dörren")
    assert titles(browser.get("/ideas/")) == ["Sand vid dörren"]
    assert titles(browser.get("/challenges/")) == ["Halka vid dörren"]
    assert titles(browser.get("/search/")) == ["Halka vid dörren", "Sand vid dörren"]
    assert titles(browser.get("/search/?kind=idea&q=dörren")) == ["Sand vid dörren"]


def secrets(person: Person) -> list[Contribution]:
    """Everything that the person may not read, and their own draft, which is in no list either."""
    other = PersonFactory.create()
    return [
        idea("Hemlig halka utkast", author=other, status=Status.DRAFT),
        idea("Hemlig halka eget utkast", author=person, status=Status.DRAFT),
        idea("Hemlig halka enhet", author=other, audience=Audience.DEPARTMENT),
        idea("Hemlig halka organisation", author=other, audience=Audience.ORGANISATION),
        idea("Hemlig halka dold", author=other, hidden_at=NOW),
        challenge("Hemlig halka utmaning", author=other, audience=Audience.DEPARTMENT, status=Status.OPEN_FOR_IDEAS),
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/ideas/",
        "/ideas/?q=halka",
        "/ideas/?q=hemlig",
        "/ideas/?sort=promise",
        "/challenges/",
        "/challenges/?q=halka",
        "/search/",
        "/search/?q=halka",
        "/search/?q=hemlig",
        "/learnings/?q=halka",
        "/contributions/similar/?q=hemlig+halka",
        "/mine/?tab=followed",
        "/mine/?tab=supported",
        "/mine/?tab=waiting",
    ],
)
def test_what_one_may_not_read_is_nowhere(browser: Client, person: Person, address: str) -> None:
    hidden = secrets(person)
    for row in hidden[2:]:
        row.follows.create(person=person)
        row.supports.create(person=person, kind="good")
        row.trail.create(step="learn", sort="learning", to_status=row.status, learning_happened="Hemlig halka igen.")
    page = browser.get(address)
    assert page.status_code == 200
    assert "Hemlig halka" not in page.content.decode().replace("“hemlig halka”", "")
    if page.context and "listing" in page.context:
        assert tuple(page.context["listing"].count) == (0, False)


def test_the_filters_offer_no_challenge_one_may_not_read(browser: Client, person: Person) -> None:
    secret = secrets(person)[-1]
    assert "Hemlig halka" not in browser.get(f"/ideas/?answers={secret.pk}").content.decode()


def test_answers_are_counted_among_what_one_may_read(browser: Client, person: Person) -> None:
    row = challenge("Halka vid dörren", status=Status.OPEN_FOR_IDEAS, ideas_close_at=NOW + datetime.timedelta(days=9))
    idea("Sand", answers=row), idea("Salt", answers=row, audience=Audience.DEPARTMENT), idea("Grus", answers=row, status=Status.DRAFT)
    page = browser.get("/challenges/")
    assert page.context["listing"].page.rows[0].answers_seen == 1
    assert "1 idé" in words(page)
    assert "Öppen till" in words(page)
    assert titles(browser.get(f"/ideas/?answers={row.pk}")) == ["Sand"]


def test_the_search_asks_the_words_and_says_how_many(browser: Client) -> None:
    idea("Sand vid dörren"), idea("Dörren som fastnar"), idea("Larm")
    page = browser.get("/ideas/?q=dörren")
    assert sorted(titles(page)) == ["Dörren som fastnar", "Sand vid dörren"]
    assert "2 idéer om ”dörren”" in words(page)
    assert "<title>Idéer om ”dörren” – Kiruna Innovation</title>" in page.content.decode()


def test_sorting(browser: Client) -> None:
    def at(days: int) -> datetime.datetime:
        return NOW - datetime.timedelta(days=days)

    day = NOW.date()
    idea("A", last_activity_at=at(1), submitted_at=at(9), support_count=2, promised_on=day + datetime.timedelta(days=3))
    idea("B", last_activity_at=at(2), submitted_at=at(3), support_count=9, promised_on=day + datetime.timedelta(days=1))
    idea("C", last_activity_at=at(3), submitted_at=at(5), support_count=5, promised_on=day, answered_at=NOW)
    found = {sort: "".join(titles(browser.get("/ideas/", {"sort": sort}))) for sort in ("", "latest", "supported", "newest", "promise")}
    assert found == {"": "ABC", "latest": "ABC", "supported": "BCA", "newest": "BCA", "promise": "BA"}
    assert "2 idéer som väntar på svar" in words(browser.get("/ideas/?sort=promise"))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("exploring", ["Undersöks"]),
        ("ongoing", ["Undersöks", "Testas"]),
        ("finished", ["Införd"]),
        ("declined", ["Avböjd"]),
        ("", ["Undersöks", "Testas", "Införd", "Avböjd"]),
    ],
)
def test_status(browser: Client, status: str, expected: list[str]) -> None:
    statuses = {"Undersöks": Status.EXPLORING, "Testas": Status.TESTING, "Införd": Status.ADOPTED, "Avböjd": Status.DECLINED}
    for title, value in statuses.items():
        idea(title, status=value)
    assert sorted(titles(browser.get("/ideas/", {"status": status}))) == sorted(expected)


def test_a_department_with_what_is_beneath_it_and_a_whole_organisation(browser: Client) -> None:
    top = DepartmentFactory.create()
    below = DepartmentFactory.create(parent=DepartmentFactory.create(parent=top))
    beside = DepartmentFactory.create(organisation=top.organisation)
    for title, department in {"Överst": top, "Underst": below, "Bredvid": beside, "Annan": DepartmentFactory.create()}.items():
        idea(title, author=PersonFactory.create(department=department))
    assert sorted(titles(browser.get(f"/ideas/?department={top.pk}"))) == ["Underst", "Överst"]
    assert titles(browser.get(f"/ideas/?department={below.pk}")) == ["Underst"]
    assert sorted(titles(browser.get(f"/ideas/?department=o{top.organisation.pk}"))) == ["Bredvid", "Underst", "Överst"]


def test_pages_follow_each_other_and_keep_the_filters(browser: Client) -> None:
    for number in range(PAGE_SIZE + 3):
        idea(f"Halka {number:02}", last_activity_at=NOW - datetime.timedelta(minutes=number), support_count=number % 3)
    for query in ("q=halka", "sort=supported", "status=submitted"):
        first = browser.get(f"/ideas/?{query}")
        after = re.findall(r'href="(\?[^"]*after=[^"]*)"[^>]*rel="next"', main(first))[0].replace("&amp;", "&")
        assert query in after
        second = browser.get(f"/ideas/{after}")
        assert len(titles(first)) == PAGE_SIZE
        assert len(titles(second)) == 3
        assert len(set(titles(first) + titles(second))) == PAGE_SIZE + 3
        back = re.findall(r'href="(\?[^"]*after=[^"]*)"[^>]*rel="prev"', main(second))[0].replace("&amp;", "&")
        assert titles(browser.get(f"/ideas/{back}")) == titles(first)
        assert 'rel="next"' not in main(second)


def test_counting_stops_at_a_thousand(browser: Client) -> None:
    author = PersonFactory.create()
    IdeaFactory.create_batch(1, author=author)
    template = Contribution.objects.get()
    columns = {f.attname: getattr(template, f.attname) for f in template._meta.concrete_fields if f.name not in ("id", "token")}
    rows = [Contribution(**columns) for _ in range(1000)]
    Contribution.objects.bulk_create(rows)
    assert "Fler än 1 000 idéer" in words(browser.get("/ideas/"))


def test_what_is_found_is_counted_also_where_only_the_newest_are_ranked(monkeypatch: pytest.MonkeyPatch, browser: Client) -> None:
    monkeypatch.setattr("contributions.search.finding.RANKED_ROWS", 2)
    monkeypatch.setattr("contributions.queries.lists.RANKED_ROWS", 2)
    for _ in range(3):
        idea("Halka")
    listing = browser.get("/ideas/?q=halka").context["listing"]
    assert (len(listing.page.rows), listing.count.number) == (2, 3)


def test_what_one_may_see_is_counted_also_beyond_the_newest(monkeypatch: pytest.MonkeyPatch, browser: Client) -> None:
    monkeypatch.setattr("contributions.queries.lists.COUNTED_FIRST", 2)
    for _ in range(PAGE_SIZE + 1):
        idea("Halka")
    for _ in range(2):
        idea("Halka", audience=Audience.DEPARTMENT)
    assert tuple(browser.get("/ideas/?q=halka").context["listing"].count) == (PAGE_SIZE + 1, False)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/ideas/?q=renskötsel", "Ingen idé om ”renskötsel” ännu"),
        ("/challenges/?q=renskötsel", "Ingen utmaning om ”renskötsel” ännu"),
        ("/search/?q=renskötsel", "Inget om ”renskötsel” ännu"),
        ("/learnings/?q=renskötsel", "Ingen lärdom om ”renskötsel” ännu"),
        ("/ideas/?status=testing", "Inget stämmer med filtren"),
        ("/ideas/", "Inget här ännu"),
        ("/mine/", "Du har inte tagit upp något ännu"),
        ("/mine/?tab=followed", "Du följer inget ännu"),
        ("/mine/?tab=supported", "Du stöder inget ännu"),
        ("/mine/?tab=waiting", "Inget väntar på dig"),
    ],
)
def test_an_empty_list_says_why_and_offers_one_way_on(browser: Client, address: str, said: str) -> None:
    page = browser.get(address)
    assert page.status_code == 200
    assert said in words(page)
    empty = main(page)[main(page).index('<div class="empty">') :]
    assert "ds-button" in empty


@pytest.mark.parametrize(
    "query", ["status=nonsense", "status=draft", "department=999999", "department=o9", "department=abc", "answers=9", "sort=x"]
)
def test_a_filter_that_is_not_there_is_left_out_and_said(browser: Client, query: str) -> None:
    idea("Sand vid dörren")
    page = browser.get(f"/ideas/?{query}")
    assert titles(page) == ["Sand vid dörren"]
    assert "Adressen innehåller ett val som inte finns" in words(page)


@pytest.mark.parametrize("value", ["\0", "%", "_", "'", "é" * 10_240, "99999999999999999999999", "-1", "²", "[]", "' OR 1=1 --", "\ud800"])
@pytest.mark.parametrize("address", ["/ideas/", "/challenges/", "/search/", "/learnings/", "/mine/", "/contributions/similar/"])
def test_nothing_in_an_address_is_an_error(browser: Client, address: str, value: str) -> None:
    names = ("q", "status", "department", "answers", "sort", "after", "kind", "tab", "except")
    query = dict.fromkeys(names, value.encode("utf-8", "surrogatepass"))
    assert browser.get(address, query).status_code == 200


def test_a_long_search_is_cut_and_says_so(browser: Client) -> None:
    page = browser.get("/ideas/", {"q": "halka " * 60})
    assert "Sökningen tar högst 200 tecken, så bara de första användes." in words(page)
    assert page.context["filters"].q.text == ("halka " * 60)[:200].strip()


def test_the_best_match_comes_first_when_something_is_asked_for(browser: Client) -> None:
    idea("Dörren", last_activity_at=NOW - datetime.timedelta(days=3))
    idea("Sand", problem="Vid den stora dörren till huset på andra sidan gatan ligger det aldrig någon sand.")
    assert titles(browser.get("/ideas/?q=dörren")) == titles(browser.get("/ideas/?q=dörren&sort=best")) == ["Dörren", "Sand"]
    assert titles(browser.get("/ideas/?q=dörren&sort=latest")) == ["Sand", "Dörren"]
    assert titles(browser.get("/ideas/?sort=best")) == ["Sand", "Dörren"]
    assert '<option value="" selected>Bäst träff</option>' in main(browser.get("/ideas/?q=dörren"))
    assert '<option value="" selected>Senast hänt</option>' in main(browser.get("/ideas/"))


def test_htmx_gets_the_answer_and_the_count_alone(browser: Client) -> None:
    idea("Sand vid dörren")
    part = browser.get("/ideas/?q=dörren", headers=HTMX).content.decode()
    assert "<main" not in part
    assert "Sand vid <mark>dörren</mark>" in part
    assert 'id="count" role="status" hx-swap-oob="true"' in part
    assert "HX-Request" in browser.get("/ideas/")["Vary"]


def test_the_empty_half_of_a_row_shows_what_matters(browser: Client, person: Person) -> None:
    late = NOW.date() - datetime.timedelta(days=4)
    home = DepartmentFactory.create(name="Hemtjänst", organisation=OrganisationFactory.create(short_name="Kiruna kommun"))
    idea(
        "Sand",
        problem="Det är **halt**. " * 40,
        author=PersonFactory.create(department=home),
        promised_on=late,
        support_count=3,
        comment_count=1,
    )
    said = words(browser.get("/ideas/"))
    assert "Sand Det är halt. Det är halt." in said
    assert "… Hemtjänst, Kiruna kommun 3 stöd 1 kommentar Inskickad Svaret är sent" in said


@pytest.mark.parametrize(
    ("address", "queries"),
    [
        ("/ideas/", 7),
        ("/challenges/", 6),
        ("/learnings/", 5),
        ("/mine/", 5),
        ("/mine/?tab=supported", 5),
        ("/mine/?tab=waiting", 5),
        ("/contributions/similar/?q=halka", 5),
    ],
)
def test_a_page_costs_the_same_with_one_row_and_with_three(
    browser: Client, person: Person, django_assert_num_queries: Any, address: str, queries: int
) -> None:
    for size in (1, 3):
        for _ in range(size):
            open_one = challenge("Halka", status=Status.OPEN_FOR_IDEAS, ideas_close_at=NOW + datetime.timedelta(days=1))
            row = idea("Halka", answers=open_one)
            own = idea("Halka", author=person, status=Status.NEEDS_AUTHOR)
            row.supports.create(person=person, kind="help")
            row.trail.create(step="learn", sort="learning", to_status=row.status, learning_happened="Det höll.", by=own.author)
        with django_assert_num_queries(queries):
            assert browser.get(address).status_code == 200


def test_kinds_of_a_list_are_what_they_are(browser: Client) -> None:
    idea("Sand"), challenge("Halka")
    said = words(browser.get("/search/"))
    assert "Utmaning" in said
    assert {row.kind for row in browser.get("/search/").context["listing"].page.rows} == {Kind.IDEA, Kind.CHALLENGE}
