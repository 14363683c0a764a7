"""What is found, in which order, and that nothing anybody types is an error."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contributions.lifecycle import reindex_texts
from contributions.models import Contribution, SearchRow
from contributions.search import QUERY_LENGTH, STOP_WORDS, ask, best, found_by, question, search, similar, words_of
from contributions.search.word_list import refresh
from tests.factories import IdeaFactory, PersonFactory

pytestmark = pytest.mark.django_db


def written(title: str, problem: str = "Ingenting särskilt.", **more: Any) -> Contribution:
    idea = IdeaFactory.create(**{"title": title, "problem": problem, "proposal": "", **more})
    reindex_texts(idea)
    return idea


def found(q: str) -> list[str]:
    asked = ask(q)
    rows: Any = best(Contribution.objects.all(), asked, found_by(asked))
    return [row.title for row in rows.order_by("-rank", "-pk")]


@pytest.mark.parametrize(
    "q",
    [
        "halka",
        "halkar",
        "HALKA",
        "halk",
        "hal",
        "halkan trappa",
        "trappan halkar",
        "trapp",
        "och halka på",
        "halka, trappan!",
        "Skolgatan 12",
    ],
)
def test_every_word_stands_as_stem_or_beginning(q: str) -> None:
    written("Halka på trappan", "Vid Skolgatan 12 halkar alla som kommer före sju.")
    written("Larm som ingen hör")
    assert found(q) == ["Halka på trappan"]


@pytest.mark.parametrize("q", ["halka båt", "appan", "lka", "12345", "larm halka"])
def test_one_word_that_is_missing_leaves_it_out(q: str) -> None:
    written("Halka på trappan", "Vid Skolgatan 12 halkar alla.")
    written("Larm som ingen hör")
    assert found(q) == []


@pytest.mark.parametrize(
    ("q", "title"),
    [("taket", "Tak"), ("nyckeln", "Nyckel"), ("trappan", "Trappor"), ("vägen", "Väg"), ("skolan", "Skola"), ("skåpet", "Skåpen")],
)
def test_the_definite_form_finds_the_indefinite(q: str, title: str) -> None:
    written(title, "Mer sägs inte.")
    assert found(q) == [title]
    assert [row.title for row in similar(Contribution.objects.all(), q)] == [title]


def test_a_word_in_the_title_counts_for_more_than_one_in_the_text() -> None:
    written("Nycklar", "De ligger aldrig där man tror.")
    written("Skåp", "De borde rymma nycklar till alla trapphus och alla källare i hela staden.")
    assert found("nycklar") == ["Nycklar", "Skåp"]


def test_the_proposal_and_the_benefit_are_searched_without_their_marks() -> None:
    written("Skåp", proposal="Ett **digitalt** lås på [varje dörr](https://dorr.example).", benefit="Kvällsrundan blir kortare.")
    assert found("digitalt lås") == ["Skåp"]
    assert found("kvällsrunda") == ["Skåp"]
    assert found("https") == []


def test_words_that_say_nothing_are_passed_over_unless_they_are_all_there_is() -> None:
    assert words_of("Snö på taket och en snö") == ["snö", "taket"]
    assert words_of("och att") == ["och", "att"]
    written("Att göra")
    assert found("att") == ["Att göra"]


def test_stop_words_are_those_of_the_dictionary() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM unnest(%s::text[]) AS word WHERE numnode(to_tsquery('swedish', word)) > 0", [sorted(STOP_WORDS)])
        assert cursor.fetchall() == []
    assert {"och", "det", "blivit", "vilkas", "över"} <= STOP_WORDS


HOSTILE = [
    "",
    "   ",
    "\0",
    "a\0b",
    "'",
    '"',
    "' OR 1=1 --",
    "foo & | ! <-> bar",
    "!!!",
    "(((",
    "a:*",
    "a:* | b:*",
    ":*",
    "\\",
    "%",
    "_",
    "%_%",
    "x" * 10_240,
    "é" * 10_240,
    "- " * 5_000,
    "²³",
    "ªº",
    "\u202eabc",
    "\ud800",
    "🙂🙂",
    "1e400 0x10 -5 3.14",
    "a@b.se http://x.y/z?q=1#f",
    "och",
    "i på",
    "日本語 العربية",
]


@pytest.mark.parametrize("q", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_typed_is_an_error(q: str) -> None:
    written("Halka på trappan")
    asked = question(q)
    assert len(asked.text) <= QUERY_LENGTH
    assert found(asked.text) in ([], ["Halka på trappan"])
    assert list(similar(Contribution.objects.all(), asked.text)) == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_no_text_is_an_error(q: str) -> None:
    asked = question(q)
    list(search(Contribution.objects.all(), found_by(ask(asked.text))))
    list(similar(Contribution.objects.all(), asked.text))


def test_a_query_is_cut_at_200_characters_and_says_so() -> None:
    assert question("halka " * 100).was_cut is True
    assert len(question("halka " * 100).text) <= 200
    assert question("halka " * 5) == question("halka halka halka halka halka")
    assert question("halka").was_cut is False


def test_similar_shares_any_word_and_the_best_comes_first() -> None:
    written("Halka på trappan", "Trappan till skolan är isig varje morgon.")
    written("Isiga trappor vid skolan", "Halkan på trappan gör att barnen ramlar.")
    written("Larm som ingen hör", "De ringer på natten.")
    rows: list[Any] = list(similar(Contribution.objects.all(), "Isig trappa vid skolan"))
    assert [row.title for row in rows] == ["Isiga trappor vid skolan", "Halka på trappan"]
    assert 0 < rows[1].score < rows[0].score < 1


def test_similar_finds_the_compound_that_begins_alike_and_what_is_finished_or_declined() -> None:
    written("Halkrapport från alla som är ute tidigt", status="adopted")
    written("Halkbekämpning", status="declined")
    assert {row.title for row in similar(Contribution.objects.all(), "halka")} == {
        "Halkrapport från alla som är ute tidigt",
        "Halkbekämpning",
    }


def test_similar_gives_no_more_than_asked_for() -> None:
    for number in range(7):
        written(f"Halka nummer {number}")
    assert len(similar(Contribution.objects.all(), "halka")) == 5
    assert len(similar(Contribution.objects.all(), "halka", limit=3)) == 3


def test_a_long_text_asks_for_its_six_rarest_words() -> None:
    for number in range(60):
        written(f"Vardag {number}", "Morgonen på enheten börjar med en genomgång av dagen och av alla som är sjuka.")
    written("Reflexer", "Plogförarna ser inte snöstörarna.")
    refresh()
    text = "Morgonen på enheten börjar med genomgång av dagen, alla sjuka, men plogförarna ser inga snöstörar utan reflexer i mörkret."
    assert next(iter(similar(Contribution.objects.all(), text))).title == "Reflexer"


def test_a_long_question_is_found_by_its_eight_rarest_words() -> None:
    for number in range(20):
        written(f"Vardag {number}", "Morgonen på enheten börjar med personal, schema, lokal och bilar.")
    written("Reflexer", "Plogförarna ser inte snöstörarna vid älvbron, rondellen, bangården, skidspåret, lekparken och kyrkan.")
    refresh()
    rare = "plogförarna snöstörarna älvbron rondellen bangården skidspåret lekparken kyrkan"
    assert found(f"{rare} morgonen schema") == ["Reflexer"]
    assert found(f"{rare[:-7]} dammsugare") == []


def test_similar_is_asked_only_among_the_rows_given() -> None:
    mine = written("Halka hos oss")
    written("Halka hos andra")
    rows = similar(Contribution.objects.filter(author=mine.author), "halka")
    assert [row.title for row in rows] == ["Halka hos oss"]


def test_reindex_writes_every_row_anew() -> None:
    idea = written("Halka på trappan")
    SearchRow.objects.all().delete()
    draft = IdeaFactory.create(status="draft", title="Halka i hemlighet", author=PersonFactory.create())
    call_command("reindex", stdout=None)
    assert set(SearchRow.objects.values_list("pk", "title")) == {(idea.pk, "Halka på trappan"), (draft.pk, "Halka i hemlighet")}
    assert "Halka på trappan" in found("halka")
