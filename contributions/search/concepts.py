"""Words for the same thing, and for things that go together: concepts.txt, a line a concept."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from contributions.search.stems import stem
from contributions.search.words import FILLERS, STOP_WORDS, tokens

CONCEPT = "#"
WITHIN = 3
"""How many words a phrase may be spread over beyond its own."""


def _read() -> tuple[dict[str, tuple[str, ...]], list[tuple[tuple[str, ...], str]]]:
    """The concepts of each stem, and the phrases with theirs. A concept is called by the number of its line."""
    lines = Path(__file__).with_name("concepts.txt").read_text(encoding="utf-8").splitlines()
    of_stem: defaultdict[str, dict[str, None]] = defaultdict(dict)
    phrases = []
    for number, line in enumerate(line for line in lines if line.strip() and not line.startswith("#")):
        for item in line.split(","):
            stems = phrase_stems(tokens(item))
            if len(stems) == 1:
                of_stem[stems[0]][f"{CONCEPT}{number}"] = None
            else:
                phrases.append((stems, f"{CONCEPT}{number}"))
    return {one: tuple(found) for one, found in of_stem.items()}, phrases


def phrase_stems(words: list[str]) -> tuple[str, ...]:
    """The stems of the words that make a phrase: all that are no stop words, but for "not"."""
    return tuple(stem(word) for word in words if word == "inte" or word not in STOP_WORDS) or tuple(words)


CONCEPTS, _PHRASES = _read()
_BY_FIRST: defaultdict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
for _stems, _concept in _PHRASES:
    for _one in _stems:
        _BY_FIRST[_one].append((_stems, _concept))
CONCEPT_STEMS = frozenset(one for one in CONCEPTS if len(one) > 1) - {stem(word) for word in FILLERS}


def concepts_of_phrases(words: list[str]) -> dict[str, tuple[str, ...]]:
    """The concepts of the phrases that stand in the text, for each of their words: the words near each other, in any order."""
    stems = [stem(word) for word in words]
    found: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for at, one in enumerate(stems):
        for phrase, concept in _BY_FIRST.get(one, ()):
            near = range(at, min(at + len(phrase) + WITHIN, len(stems)))
            if set(phrase) <= {stems[place] for place in near}:
                for place in near:
                    if stems[place] in phrase:
                        found[words[place]][concept] = None
    return {word: tuple(concepts) for word, concepts in found.items()}
