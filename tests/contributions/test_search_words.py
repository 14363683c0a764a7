"""Stems, compounds and concepts: pure functions of the words."""

from __future__ import annotations

import pytest

from contributions.search.compounds import parts
from contributions.search.index import concepts_of, vector
from contributions.search.stems import stem


@pytest.mark.parametrize(
    "forms",
    [
        "cykel cykeln cyklar cyklarna cykla",
        "nyckel nyckeln nycklar nycklarna nycklarnas",
        "bok boken böcker böckerna",
        "handbok handböcker handböckerna",
        "röja röjning röjningen röjer röjs röjt",
        "fungera fungerar fungerade fungerat",
        "möte mötet möten mötena mötets",
        "plats platsen platser platserna",
        "kontor kontoret kontoren",
        "kamera kameran kameror",
        "leverans leveransen leveranser leveranserna",
        "automatisk automatiskt automatiska",
        "aktivitet aktiviteten aktiviteter",
        "isig isigt isiga",
        "fönster fönstret fönstren",
        "skola skolan skolor skolans skolornas",
        "apparat apparaten apparater",
        "bryta bryter bröt brutit",
        "lärare läraren lärarna",
    ],
)
def test_the_forms_of_a_word_share_a_stem(forms: str) -> None:
    assert len({stem(form) for form in forms.split()}) == 1


@pytest.mark.parametrize("words", ["hal hals", "park parkering", "enhet en", "kostnad kost", "tidning tid", "avdelning del", "buss buske"])
def test_words_that_only_look_alike_keep_stems_of_their_own(words: str) -> None:
    assert len({stem(word) for word in words.split()}) == 2


@pytest.mark.parametrize(
    ("word", "of"),
    [
        ("snöröjning", "snö röja"),
        ("cykelgarage", "cykel garage"),
        ("gatubelysningen", "gata belysning"),
        ("skolskjutsar", "skola skjuts"),
        ("arbetsplats", "arbetet plats"),
        ("kyrkogårdar", "kyrka gård"),
        ("tjänstebilarna", "tjänst bil"),
    ],
)
def test_a_compound_is_taken_apart_whatever_binds_it(word: str, of: str) -> None:
    assert len(parts(word)) == len(of.split())
    assert parts(word)[-1] == stem(of.rsplit(" ", 1)[-1])


@pytest.mark.parametrize(
    "word", ["information", "parkering", "organisation", "bokning", "varor", "hissar", "kontoret", "snö", "123456789", "日本語日本語"]
)
def test_what_is_no_compound_stays_whole(word: str) -> None:
    assert parts(word) == ()


def test_words_for_the_same_thing_share_a_concept() -> None:
    assert set(concepts_of("halkan")) & set(concepts_of("isigt"))
    assert set(concepts_of("tjänstebilar")) & set(concepts_of("fordonet"))
    assert set(concepts_of("nycklar")) & set(concepts_of("passerkort"))
    assert not set(concepts_of("halkan")) & set(concepts_of("mötet"))


def test_a_phrase_stands_for_its_concept_where_its_words_are_near() -> None:
    whole = vector("Larmet fungerar inte i kyla", "")
    assert set(concepts_of("krånglar")) & {lexeme.split("'")[1] for lexeme in whole.split()}
    apart = vector("Larmet fungerar, men det är flera veckor sedan vi fick det och vi har inte sett det", "")
    assert not set(concepts_of("krånglar")) & {lexeme.split("'")[1] for lexeme in apart.split()}
