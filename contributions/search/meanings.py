"""What a text is about, as a direction: texts of the same field point the same way, though they share no word.

The directions of words ship with the product (meanings.bin), made from concepts.txt and fields.txt by `manage.py make_meanings`. A text points
where its words do together, so one word out of place turns it little.
"""

from __future__ import annotations

from array import array
from functools import cache, lru_cache
from math import sqrt
from pathlib import Path

from contributions.models.search_row import DIMENSIONS
from contributions.search.compounds import parts_of_parts
from contributions.search.stems import stem
from contributions.search.words import FILLERS, STOP_WORDS, tokens

MEANINGS = Path(__file__).with_name("meanings.bin")
TITLE_WEIGHT = 2.0
FILLER_WEIGHT = 0.25
FIRST_PARTS = 0.6
COMPOUND_WEIGHT = 0.9
"""What a compound that has no direction of its own counts for; that of its last part weighs more than those before it."""

Direction = tuple[float, ...]


@cache
def directions() -> dict[str, Direction]:
    """The direction of each stem: words on the first line, then a byte a number, in their order."""
    names, _newline, numbers = MEANINGS.read_bytes().partition(b"\n")
    every = array("b", numbers)
    return {word: _straight(every[at * DIMENSIONS : (at + 1) * DIMENSIONS]) for at, word in enumerate(names.decode().split())}


def _straight(numbers: array[int] | list[float]) -> Direction:
    """Of length 1."""
    length = sqrt(sum(number * number for number in numbers))
    return tuple(number / length for number in numbers)


@lru_cache(maxsize=50_000)
def direction_of(word: str) -> Direction | None:
    """Where one word points, with the weight it has in a text; a compound where its parts do."""
    known, weight = directions(), FILLER_WEIGHT if word in FILLERS else 1.0
    if own := known.get(stem(word)):
        return tuple(weight * number for number in own)
    parts = parts_of_parts(word)
    pointing = [(known[part], 1.0 if part == parts[-1] else FIRST_PARTS) for part in parts if part in known]
    if not pointing:
        return None
    together = [sum(share * one[at] for one, share in pointing) for at in range(DIMENSIONS)]
    return tuple(weight * COMPOUND_WEIGHT * number for number in _straight(together)) if any(together) else None


def meaning(title: str, body: str = "") -> Direction | None:
    """Where a text points, of length 1; None when none of its words has a direction."""
    total = [0.0] * DIMENSIONS
    for text, weight in ((title, TITLE_WEIGHT), (body, 1.0)):
        stems = {stem(word): word for word in tokens(text) if word not in STOP_WORDS}
        for word in stems.values():
            if pointing := direction_of(word):
                total = [one + weight * other for one, other in zip(total, pointing, strict=True)]
    return _straight(total) if any(total) else None
