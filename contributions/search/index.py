"""What is written: the search row of each contribution. Every word stands in it plain, as its stem, as the parts of a compound, and as what it is about."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.db import connection

from contributions.models import Contribution
from contributions.search.compounds import parts, parts_of_parts
from contributions.search.concepts import CONCEPTS, concepts_of_phrases
from contributions.search.meanings import meaning
from contributions.search.stems import stem
from contributions.search.word_list import learn
from contributions.search.words import tokens
from lib.markdown import plain_text
from lib.vectors import as_vector

STEM, PART = "=", "~"
"""What a lexeme begins with that is no plain word."""

_UPSERT = """
INSERT INTO contributions_searchrow (contribution_id, title, body, vector, meaning)
VALUES (%(pk)s, %(title)s, %(body)s, %(vector)s::tsvector, %(meaning)s::vector)
ON CONFLICT (contribution_id) DO UPDATE
SET title = excluded.title, body = excluded.body, vector = excluded.vector, meaning = excluded.meaning
"""


def index(contribution: Contribution, texts: Iterable[str]) -> None:
    """Write the search row of one contribution, from its title, its problem and the child's texts; learn its words where all may read them."""
    body = "\n".join(plain_text(text) for text in (contribution.problem, *texts) if text)
    pointing = meaning(contribution.title, body)
    row: dict[str, int | str | None] = {
        "pk": contribution.pk,
        "title": contribution.title,
        "body": body,
        "vector": vector(contribution.title, body),
        "meaning": as_vector(pointing) if pointing else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, row)
    learn(contribution)


def vector(title: str, body: str) -> str:
    """A tsvector as PostgreSQL writes it. Words of the title weigh A, the others D; places in the text are not kept."""
    of_title = _lexemes_of(tokens(title))
    of_body = _lexemes_of(tokens(body)) - of_title
    return " ".join([*(f"'{lexeme}':1A" for lexeme in sorted(of_title)), *(f"'{lexeme}':1" for lexeme in sorted(of_body))])


def _lexemes_of(words: list[str]) -> set[str]:
    phrases = concepts_of_phrases(words)
    return {lexeme for word in set(words) for lexeme in (*lexemes(word), *phrases.get(word, ()))}


@lru_cache(maxsize=100_000)
def lexemes(word: str) -> tuple[str, ...]:
    """What a word stands under in the index: itself, its stem, its parts, and what they are about."""
    return (word, STEM + stem(word), *(PART + part for part in parts_of_parts(word)), *concepts_of(word))


def concepts_of(word: str) -> tuple[str, ...]:
    """The concepts of a word, or of a compound's last part, which says what sort of thing it is."""
    own = CONCEPTS.get(stem(word))
    return own if own is not None else tuple(concept for part in parts(word)[-1:] for concept in CONCEPTS.get(part, ()))
