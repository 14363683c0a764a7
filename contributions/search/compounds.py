"""Compounds taken apart: snöröjning is snö and röja, cykelgarage is cykel and garage.

A compound is taken apart where both sides are known words, with the letters between them that Swedish puts there: gatu-, skol-, arbets-.
What is known ships with the product (parts.txt and concepts.txt), so the same text always gives the same lexemes, whoever reads it and
whatever else is written.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from contributions.search.concepts import CONCEPT_STEMS
from contributions.search.stems import VOWELS, stem

SHORTEST_COMPOUND = 6
SHORTEST_HEAD = 2
SHORTEST_TAIL = 3
SHORTEST_GUESS = 4
SHORTEST_GUESSED_COMPOUND = 8
MOST_GUESSES = 3
_SHORT_HEADS = frozenset({"is", "el", "it"})
LINKS = ("", "s", "e", "o", "u", "a")
# Endings that look like words.
_NO_TAILS = frozenset(
    """
    are het ing ning ande ende lig isk else ation tion era ade arna erna orna ist ten den ner ger ter der ler ser ker per ver ring ringen
    ringar ret ren tan sen list lister
    """.split()  # noqa: SIM905 - read as prose
)
# Consonants that a Swedish word may begin with, together.
_ONSETS = frozenset(
    """
    b bl br bj c ch d dr dj dv f fl fr fj fn g gl gr gn h hj j k kl kr kn kv l lj m mj n p pl pr pj r s sj sk skj skr skv sl sm sn sp spl spr
    spj st str stj sv t tj tr tv v vr
    """.split()  # noqa: SIM905 - read as prose
)


def _read_parts() -> frozenset[str]:
    lines = Path(__file__).with_name("parts.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(stem(word) for line in lines if not line.startswith("#") for word in line.split())


PARTS = _read_parts() | CONCEPT_STEMS


@dataclass(frozen=True)
class Split:
    """A compound in two: the words as they stand in it, and their stems. The head may be a compound itself, of `head_parts`."""

    head: str
    tail: str
    head_parts: tuple[str, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        return (*self.head_parts, stem(self.tail))


def split(word: str, is_known: Callable[[str], bool] = PARTS.__contains__) -> Split | None:
    """The compound in two where both sides are known, the last part as long as can be; None when it is no compound."""
    if len(word) < SHORTEST_COMPOUND or not word.isalpha():
        return None
    for at in range(SHORTEST_HEAD, len(word) - SHORTEST_TAIL + 1):
        tail = stem(word[at:])
        if word[at:] in _NO_TAILS or len(tail) < SHORTEST_HEAD or not is_known(tail):
            continue
        if head := _head(word[:at], is_known):
            return Split(word[:at], word[at:], head)
    return None


def _head(word: str, is_known: Callable[[str], bool]) -> tuple[str, ...]:
    if len(word) < SHORTEST_TAIL and word not in _SHORT_HEADS:
        return ()
    known = next(filter(is_known, heads(word)), None)
    if known is not None:
        return (known,)
    within = split(word, is_known) or (split(word[:-1], is_known) if word.endswith("s") else None)
    return within.parts if within else ()


def heads(word: str) -> list[str]:
    """What the first part of a compound may be the stem of, the letter between taken away or not."""
    bare = [word.removesuffix(link) for link in LINKS if word.endswith(link)]
    return list(dict.fromkeys(form for one in bare if len(one) >= SHORTEST_HEAD for form in (stem(one), one)))


@lru_cache(maxsize=100_000)
def parts(word: str) -> tuple[str, ...]:
    """The stems of its parts, first to last, by what ships with the product; nothing when it is no compound."""
    found = split(word)
    return found.parts if found else ()


@lru_cache(maxsize=100_000)
def parts_of_parts(word: str) -> tuple[str, ...]:
    """The stems of its parts, and of theirs; of an unknown compound those of the last part it may have."""
    found = split(word)
    if found is None:
        return _guessed(word)
    return tuple(dict.fromkeys((*found.parts, *parts(found.head), *parts(found.tail))))


def _guessed(word: str) -> tuple[str, ...]:
    """By how Swedish words sound, where only one side is known, or none."""
    if len(word) < SHORTEST_GUESSED_COMPOUND or not word.isalpha():
        return ()
    places = [at for at in range(SHORTEST_TAIL, len(word) - SHORTEST_GUESS + 1) if _may_part(word[:at], word[at:])]
    after_known = [at for at in places if any(map(PARTS.__contains__, heads(word[:at])))]
    known = [at for at in places if stem(word[at:]) in PARTS]
    tails = (stem(word[at:]) for at in (after_known or known or places)[:MOST_GUESSES])
    return tuple(dict.fromkeys(tail for tail in tails if len(tail) >= SHORTEST_GUESS))


def _may_part(head: str, tail: str) -> bool:
    if tail in _NO_TAILS or VOWELS.isdisjoint(head):
        return False
    first = next((at for at, letter in enumerate(tail) if letter in VOWELS), len(tail))
    return (first == 0 and head[-1] not in VOWELS and head[-1] != "e") or (0 < first < len(tail) and tail[:first] in _ONSETS)
