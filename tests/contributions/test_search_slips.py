"""Slips are mended with words that everybody may see, and with no others."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from contributions.actions.moderation import hide, mask, unhide
from contributions.lifecycle import advance, reindex_texts
from contributions.models import Contribution, SearchWord
from contributions.search import ask, similar
from contributions.search.word_list import refresh
from organisation.enums import Role
from organisation.models import RoleAssignment
from tests.factories import IdeaFactory, PersonFactory

pytestmark = pytest.mark.django_db


def written(title: str, **more: Any) -> Contribution:
    idea = IdeaFactory.create(**{"title": title, "problem": "Mer sägs inte.", "proposal": "", "audience": "group", **more})
    reindex_texts(idea)
    return idea


def mended(q: str) -> list[str]:
    return [word for _slip, words in ask(q).mended for word in words]


def coordinator() -> Any:
    person = PersonFactory.create()
    RoleAssignment.objects.create(person=person, role=Role.COORDINATOR, start_on=timezone.localdate())
    return person


@pytest.mark.parametrize("slip", ["vajersklep", "vajerskläpp", "vajesrkläp", "vjaerskläp", "vajersklä", "wajerskläp", "vajerskläpet"])
def test_one_slip_is_mended(slip: str) -> None:
    idea = written("Vajerskläp")
    if stemmed := mended(slip):
        assert stemmed == ["vajerskläp"]
    assert [row.pk for row in similar(Contribution.objects.all(), slip)] == [idea.pk]


def test_two_slips_are_not_and_short_words_are_left_alone() -> None:
    written("Vajerskläp och snö")
    assert mended("vajrskelp") == []
    assert mended("snå") == []


@pytest.mark.parametrize(
    "private",
    [{"audience": "department"}, {"audience": "organisation"}, {"status": "draft", "audience": "author"}, {"hidden_at": timezone.now()}],
)
def test_no_word_is_suggested_from_what_not_all_may_read(private: dict[str, Any]) -> None:
    written("Vajerskläp", **private)
    refresh()
    assert not SearchWord.objects.filter(word="vajerskläp").exists()
    assert mended("vajersklep") == []


def test_hiding_takes_its_words_away_at_once_and_showing_gives_them_back() -> None:
    idea, by = written("Vajerskläp"), coordinator()
    assert mended("vajersklep") == ["vajerskläp"]
    hide(by=by, contribution=idea, reason="Det står ett namn.")
    assert mended("vajersklep") == []
    unhide(by=by, contribution=idea)
    assert mended("vajersklep") == ["vajerskläp"]
    hide(by=by, contribution=idea, reason="Det står ett namn.")
    refresh()
    assert not SearchWord.objects.filter(word="vajerskläp").exists()


def test_a_masked_word_is_in_neither_index_nor_list() -> None:
    idea = written("Vajerskläp hos Sixtensson")
    assert mended("sixtenson") == ["sixtensson"]
    mask(by=coordinator(), contribution=idea, words="Sixtensson")
    assert mended("sixtenson") == []
    assert similar(Contribution.objects.all(), "sixtensson") == []
    refresh()
    assert not SearchWord.objects.filter(word__contains="sixten").exists()


def test_taking_back_takes_the_words_away_and_another_witness_brings_them_back() -> None:
    first = written("Vajerskläp")
    written("Vajerskläp en gång till")
    advance(by=first.author, contribution=first, step="withdraw")
    assert mended("vajersklep") == []
    refresh()
    assert mended("vajersklep") == ["vajerskläp"]


def test_what_is_sent_to_all_is_learnt_when_it_is_sent() -> None:
    idea = written("Vajerskläp", status="draft", audience="author", problem="Det skramlar när vi kör i backen mot gruvan.")
    assert mended("vajersklep") == []
    advance(by=idea.author, contribution=idea, step="submit", values={"audience": "group"})
    assert mended("vajersklep") == ["vajerskläp"]


def test_reindex_writes_the_list_anew() -> None:
    written("Vajerskläp")
    SearchWord.objects.all().delete()
    call_command("reindex", stdout=None)
    assert SearchWord.objects.get(word="vajerskläp").used_in == 1


def test_the_page_says_what_was_looked_for_and_why_each_was_found() -> None:
    person = PersonFactory.create()
    written("Vajerskläp <b>i</b> halt väglag", problem="Isigt på <script>alert(1)</script> backen.")
    written("Hemligt vajerskläpp", audience="department")
    browser = Client()
    browser.force_login(person, backend="organisation.backends.PersonBackend")
    page = browser.get("/search/?q=vajersklep+halka").content.decode()
    assert "Du skrev vajersklep. Vi sökte också vajerskläp." in page
    assert "<mark>Vajerskläp</mark> &lt;b&gt;i&lt;/b&gt; <mark>halt</mark>" in page
    assert "Liknande ord: vajerskläp, isigt" in page
    assert "<script>alert(1)" not in page
    assert "vajerskläpp" not in page.lower()


def test_where_nothing_has_every_word_the_nearest_are_shown() -> None:
    person = PersonFactory.create()
    idea = written("Halka på trappan")
    written("Halka hos andra", audience="department")
    browser = Client()
    browser.force_login(person, backend="organisation.backends.PersonBackend")
    response = browser.get("/search/?q=halka+renskötsel")
    assert [row.pk for row in response.context["listing"].nearest] == [idea.pk]
    assert "Det närmaste som finns" in response.content.decode()


@pytest.mark.parametrize(("address", "few", "many"), [("/ideas/?q=halka&sort=best", 10, 9), ("/search/?q=halka", 9, 8)])
def test_a_search_costs_the_same_with_one_row_and_with_three(django_assert_num_queries: Any, address: str, few: int, many: int) -> None:
    """One query more where so few are found that the nearest others are looked for."""
    browser = Client()
    browser.force_login(PersonFactory.create(), backend="organisation.backends.PersonBackend")
    for rows, queries in ((1, few), (2, few), (3, many), (6, many)):
        for _ in range(rows):
            written("Halka")
        with django_assert_num_queries(queries):
            assert browser.get(address).status_code == 200
