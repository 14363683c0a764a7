"""Why a hit is a hit: its words that answer what was asked, marked where they stand, and those that are other words for it.

Only what the reader sees of the row is read here, so nothing can be told from it that the row does not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from contributions.search.asking import Asked
from contributions.search.index import lexemes
from contributions.search.stems import stem
from contributions.search.words import LONGEST_WORD, STOP_WORDS, WORD

EXCERPT_WORDS = 26
BEFORE = 6
MOST_OTHER_WORDS = 4


@dataclass(frozen=True)
class Piece:
    """Some of the text, as it was written. The template escapes it."""

    text: str
    marked: bool = False


@dataclass(frozen=True)
class Hit:
    """A row's title and the part of its text that answers best. `other_words` are those that were found but not asked for."""

    title: list[Piece] = field(default_factory=list)
    excerpt: list[Piece] = field(default_factory=list)
    other_words: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class _Asked:
    """What was asked as sets, for one word after another to be held against."""

    sure: frozenset[str]
    other: frozenset[str]
    beginnings: tuple[str, ...]

    def answers(self, word: str) -> str:
        """`sure`, `other`, or nothing."""
        if word in STOP_WORDS and word not in self.sure:
            return ""
        stands_under = lexemes(word)
        if not self.sure.isdisjoint(stands_under) or word.startswith(self.beginnings):
            return "sure"
        return "other" if not self.other.isdisjoint(stands_under) else ""


def hit(asked: Asked, title: str, text: str) -> Hit:
    wanted = _sets(asked)
    found: dict[str, None] = {}
    in_title, in_text = list(_words(title, wanted, found)), list(_words(text, wanted, found))
    return Hit(list(_pieces(title, in_title)), _excerpt(text, in_text), list(found)[:MOST_OTHER_WORDS])


@lru_cache(maxsize=64)
def _sets(asked: Asked) -> _Asked:
    sure = frozenset(lexeme for one in asked.wanted for need in one.sure for choices in need for lexeme in choices)
    likely = {lexeme for one in asked.wanted for need in one.likely for choices in need for lexeme in choices}
    related = {lexeme for one in asked.wanted for lexeme in one.related}
    return _Asked(
        sure, frozenset(likely | related), tuple(lexeme[:-1] for lexeme in likely if lexeme.endswith("*") and lexeme[0].isalnum())
    )


Place = tuple[int, int, bool]


def _words(text: str, wanted: _Asked, found: dict[str, None]) -> Iterator[Place]:
    """Where each word begins and ends, and whether it answers. Words that are other words for it are gathered, one of each stem."""
    seen = {stem(word) for word in found}
    for match in WORD.finditer(text):
        word = match.group().lower()[:LONGEST_WORD]
        answers = wanted.answers(word)
        if answers == "other" and stem(word) not in seen:
            seen.add(stem(word))
            found[word] = None
        yield match.start(), match.end(), bool(answers)


def _excerpt(text: str, places: list[Place]) -> list[Piece]:
    """Some words around the densest place."""
    if not places:
        return []
    sums = [sum(marked for _start, _end, marked in places[at : at + EXCERPT_WORDS - BEFORE]) for at in range(len(places))]
    best = max(range(len(places)), key=lambda at: (sums[at], -at))
    first = max(best - BEFORE, 0) if sums[best] else 0
    chosen = places[first : first + EXCERPT_WORDS]
    start, end = (chosen[0][0] if first else 0), chosen[-1][1]
    pieces = list(_pieces(text[:end], chosen, start))
    return [*([Piece("… ")] if first else []), *pieces, *([Piece(" …")] if end < len(text.rstrip(" .!?")) else [])]


def _pieces(text: str, places: Iterable[Place], start: int = 0) -> Iterator[Piece]:
    for begins, ends, marked in places:
        if marked:
            if begins > start:
                yield Piece(text[start:begins])
            yield Piece(text[begins:ends], marked=True)
            start = ends
    if start < len(text):
        yield Piece(text[start:])
