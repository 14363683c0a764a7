"""Words for the same thing, and for things that go together: concepts.txt as a mapping between stems."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from contributions.search.stems import stem
from contributions.search.words import FILLERS, STOP_WORDS, tokens

Phrase = tuple[str, ...]
"""The stems of an item: one for a word, several for words that must all be there."""


def _read() -> list[list[Phrase]]:
    lines = Path(__file__).with_name("concepts.txt").read_text(encoding="utf-8").splitlines()
    return [[_phrase(item) for item in line.split(",")] for line in lines if line.strip() and not line.startswith("#")]


def _phrase(item: str) -> Phrase:
    words = tokens(item)
    return tuple(stem(word) for word in words if word == "inte" or word not in STOP_WORDS) or tuple(words)


def _related() -> dict[Phrase, tuple[Phrase, ...]]:
    found: defaultdict[Phrase, dict[Phrase, None]] = defaultdict(dict)
    for items in CONCEPTS:
        for item in items:
            found[item].update((other, None) for other in items if other != item)
    return {item: tuple(others) for item, others in found.items()}


CONCEPTS = _read()
RELATED = _related()
"""What else each item is looked for under."""
PHRASES = tuple(item for item in RELATED if len(item) > 1)
CONCEPT_STEMS = frozenset(item[0] for item in RELATED if len(item) == 1 and len(item[0]) > 1) - {stem(word) for word in FILLERS}
