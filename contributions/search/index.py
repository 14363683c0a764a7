"""What is written: the search row of each contribution. Every word stands in it plain, as its stem and as the parts of a compound."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from django.db import connection

from contributions.models import Contribution
from contributions.search.compounds import parts_of_parts
from contributions.search.stems import stem
from contributions.search.word_list import learn
from contributions.search.words import tokens
from lib.markdown import plain_text

STEM, PART = "=", "~"
"""What a lexeme begins with that is no plain word."""

_UPSERT = """
INSERT INTO contributions_searchrow (contribution_id, title, body, vector) VALUES (%(pk)s, %(title)s, %(body)s, %(vector)s::tsvector)
ON CONFLICT (contribution_id) DO UPDATE SET title = excluded.title, body = excluded.body, vector = excluded.vector
"""


def index(contribution: Contribution, texts: Iterable[str]) -> None:
    """Write the search row of one contribution, from its title, its problem and the child's texts; learn its words where all may read them."""
    body = "\n".join(plain_text(text) for text in (contribution.problem, *texts) if text)
    row = {"pk": contribution.pk, "title": contribution.title, "body": body, "vector": vector(contribution.title, body)}
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, row)
    learn(contribution)


def vector(title: str, body: str) -> str:
    """A tsvector as PostgreSQL writes it. Words of the title weigh A, the others D; places in the text are not kept."""
    of_title = {lexeme for word in tokens(title) for lexeme in lexemes(word)}
    of_body = {lexeme for word in tokens(body) for lexeme in lexemes(word)} - of_title
    return " ".join([*(f"'{lexeme}':1A" for lexeme in sorted(of_title)), *(f"'{lexeme}':1" for lexeme in sorted(of_body))])


@lru_cache(maxsize=100_000)
def lexemes(word: str) -> tuple[str, ...]:
    """What a word stands under in the index."""
    return (word, STEM + stem(word), *(PART + part for part in parts_of_parts(word)))
