"""What is asked for, spread out: each word with its stem, compounds taken apart and put together, slips mended, words for the same thing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from math import log

from rapidfuzz.distance import OSA

from contributions.search.compounds import PARTS, heads, parts, split
from contributions.search.concepts import CONCEPTS, concepts_of_phrases
from contributions.search.index import PART, STEM, concepts_of
from contributions.search.meanings import Direction, meaning
from contributions.search.stems import FORMS, stem, uninflected
from contributions.search.word_list import SHORTEST_SLIP, Known, look_up
from contributions.search.words import FILLERS, STOP_WORDS, tokens, words_of

SHORTEST_PREFIX = 3
SHORTEST_STEM_PREFIX = 4
SHORTEST_COMPOUND = 6
MOST_BEGUN = 6
MOST_SLIPS = 3
MOST_MENDED_WORDS = 30
FILLER_SHARE = 0.25
UNHEARD_SHARE = 0.6

Any_ = tuple[str, ...]
"""Lexemes of which one is enough; one that ends with * is the beginning of a word."""
All = tuple[Any_, ...]
"""All of these must be there."""


@dataclass(frozen=True)
class Wanted:
    """One word of what was asked, and everything it is looked for under.

    `related` are lexemes that are only about the same, each with its own weight. A weight is higher the rarer something is.
    """

    word: str
    sure: tuple[All, ...]
    likely: tuple[All, ...] = ()
    related: Mapping[str, float] = field(default_factory=dict)
    mended: tuple[str, ...] = ()
    weight: float = 1.0
    used_in: int = 0

    @property
    def everything(self) -> tuple[All, ...]:
        return (*self.sure, *self.likely, *(((one,),) for one in self.related))


@dataclass(frozen=True, eq=False)
class Asked:
    """What somebody asked for. Nothing can be found when there is no word in it."""

    text: str
    wanted: tuple[Wanted, ...] = ()
    most: int = 0
    """How many use the commonest word: about how many there are."""

    def __bool__(self) -> bool:
        return bool(self.wanted)

    @cached_property
    def direction(self) -> Direction | None:
        """Where the words asked for point, those that may be slips mended."""
        return meaning(" ".join(next(iter(one.mended), one.word) for one in self.wanted))

    @property
    def mended(self) -> list[tuple[str, tuple[str, ...]]]:
        """Words that may be slips, each with the words that were looked for as well."""
        return [(one.word, one.mended) for one in self.wanted if one.mended]


def ask(text: str, *, beginnings: bool = True) -> Asked:
    """One query. `beginnings` also takes each word as the beginning of another, as when somebody is still typing; in a sentence the last alone."""
    words, every = words_of(text), tokens(text)
    if not words:
        return Asked(text)
    phrases, joined = concepts_of_phrases(every), _joined(every)
    about = {word: tuple(dict.fromkeys((*concepts_of(word), *phrases.get(word, ())))) for word in words}
    slips = [word for word in words if _may_be_slip(word)][:MOST_MENDED_WORDS]
    known = look_up(_stems_asked(words).union(*about.values()), slips)
    begun = set(words if len(words) <= MOST_BEGUN else words[-1:]) if beginnings else set()
    wanted = tuple(_wanted(word, known, about[word], joined.get(word, ()), beginnings=word in begun) for word in words)
    return Asked(text, wanted, known.most)


def _stems_asked(words: Iterable[str]) -> set[str]:
    """The stems of the words, and of whatever their parts may be."""
    found = {stem(word) for word in words}
    for word in words:
        if len(word) >= SHORTEST_COMPOUND and not parts(word):
            for at in range(SHORTEST_PREFIX, len(word) - SHORTEST_PREFIX + 1):
                found.update((*heads(word[:at]), stem(word[at:])))
    return found


def _may_be_slip(word: str) -> bool:
    return (
        len(word) >= SHORTEST_SLIP and word.isalpha() and word not in FORMS and stem(word) not in CONCEPTS and not _is_surely_parted(word)
    )


def _is_surely_parted(word: str) -> bool:
    """A compound of longer words. Short ones stand in many a word by chance, also in one with a slip."""
    found = parts(word)
    return bool(found) and all(len(part) >= SHORTEST_SLIP for part in found)


def _wanted(word: str, known: Known, about: tuple[str, ...], joined: tuple[All, ...], *, beginnings: bool) -> Wanted:
    own = stem(word)
    used_in = known.used_in.get(own, 0)
    pieces = parts(word) or (() if used_in else _parts_of_list(word, known))
    mended = () if used_in or (pieces and not _may_be_slip(word)) else _mended(word, known)
    likely: list[All] = [((PART + own, *_beginnings(word, own, typing=beginnings)),)]
    if pieces:
        likely.append(tuple((STEM + piece, PART + piece) for piece in pieces))
    likely += [((one, STEM + stem(one), PART + stem(one)),) for one in mended]
    used_in = used_in or min((known.used_in.get(piece, 0) for piece in pieces), default=0) or sum(known.near[one] for one in mended)
    weight = _weight(word, used_in, known.most)
    related = {one: min(weight, _weight(one, known.used_in.get(one, 0), known.most)) for one in (*about, *_about_mended(mended))}
    if pieces and own not in CONCEPTS:
        last = min(weight, _weight(pieces[-1], known.used_in.get(pieces[-1], 0), known.most))
        related |= {STEM + pieces[-1]: last, PART + pieces[-1]: last}
    return Wanted(word, (((word, STEM + own),), *joined), tuple(likely), related, mended, weight, used_in)


def _about_mended(mended: tuple[str, ...]) -> list[str]:
    return [concept for word in mended[:1] for concept in concepts_of(word)]


def _weight(word: str, used_in: int, most: int) -> float:
    """How much a word says: the logarithm of how rare it is. A word nobody has used may be a name or a slip, and says less."""
    rarest = log(most + 2)
    weight = rarest - log(used_in + 1) if used_in else UNHEARD_SHARE * rarest
    return max(weight, 0.1) * (FILLER_SHARE if word in FILLERS or word in STOP_WORDS else 1)


def _beginnings(word: str, own: str, *, typing: bool) -> tuple[str, ...]:
    found = (f"{word}*",) if typing and len(word) >= SHORTEST_PREFIX else ()
    return (*found, f"{STEM}{own}*") if len(own) >= SHORTEST_STEM_PREFIX else found


def _parts_of_list(word: str, known: Known) -> tuple[str, ...]:
    """The parts of a compound whose parts stand in the word list, though not among those the product ships with."""
    found = split(word, lambda one: one in PARTS or known.used_in.get(one, 0) > 1)
    return found.parts if found else ()


def _mended(word: str, known: Known) -> tuple[str, ...]:
    """Words of the list that are one slip away: a letter too many, one too few, one wrong, two that changed places. Most used first."""
    near = [one for one in known.near if _is_a_slip_away(word, one)]
    return tuple(sorted(near, key=lambda one: (one[0] != word[0], -known.near[one], one))[:MOST_SLIPS])


def _is_a_slip_away(word: str, other: str) -> bool:
    if OSA.distance(word, other, score_cutoff=1) <= 1:
        return True
    bare, other_bare = uninflected(word), uninflected(other)
    return min(len(bare), len(other_bare)) >= SHORTEST_SLIP and OSA.distance(bare, other_bare, score_cutoff=1) <= 1


def _joined(every: list[str]) -> Mapping[str, tuple[All, ...]]:
    """cykel garage → cykelgarage: for each word, what it makes with its neighbours."""
    found: dict[str, tuple[All, ...]] = {}
    for left, right in pairwise(every):
        if len(left) + len(right) < SHORTEST_COMPOUND or left in STOP_WORDS or right in STOP_WORDS:
            continue
        whole: All = (tuple(STEM + stem(left + link + right) for link in ("", "s")),)
        found[left] = (*found.get(left, ()), whole)
        found[right] = (*found.get(right, ()), whole)
    return found
