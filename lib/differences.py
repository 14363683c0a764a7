"""The difference between two texts, word by word, as pieces to be shown by a template."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import StrEnum
from typing import NamedTuple

# Two texts of ten thousand characters take under 0.1 s within this; beyond it the whole is shown as replaced. See tests/lib/test_differences.py.
MOST_COMPARISONS = 4_000_000
_WORD = re.compile(r"\w+|[^\w\s]|\n|[^\S\n]+")


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    TAKEN = "taken"


class Piece(NamedTuple):
    change: Change
    text: str


def differences(old: str, new: str) -> list[Piece]:
    """Pieces in reading order: without the added ones they are the old text, without those taken away the new one."""
    return [piece for piece in _pieces(_WORD.findall(old), _WORD.findall(new)) if piece.text]


def shortened(pieces: Sequence[Piece], around: int = 160) -> list[Piece]:
    """The same with only that many characters of what stays the same on either side of a change."""
    last = len(pieces) - 1
    return [
        piece
        if piece.change != Change.SAME
        else Piece(piece.change, _cut(piece.text, 0 if at == 0 else around, 0 if at == last else around))
        for at, piece in enumerate(pieces)
    ]


def _cut(text: str, head: int, tail: int) -> str:
    """Between words, where there is one to cut at."""
    if len(text) <= head + tail + 40:
        return text
    first, last = text[:head], text[len(text) - tail :]
    first, last = first[: first.rfind(" ") + 1] or first, last[last.find(" ") :] if tail else ""
    return f"{first}…{last}"


def _pieces(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    yield Piece(Change.SAME, "".join(old[:head]))
    yield from _replaced("".join(before), "".join(after)) if len(before) * len(after) > MOST_COMPARISONS else _matched(before, after)
    yield Piece(Change.SAME, "".join(old[len(old) - tail :]))


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """How many words they begin with alike."""
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _matched(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    """A blank between two changes is part of them, so that a sentence written anew is read as one."""
    taken = added = ""
    for tag, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        before, after = "".join(old[i:j]), "".join(new[k:m])
        if tag != "equal" or (before.isspace() and "\n" not in before):
            taken, added = taken + before, added + after
            continue
        yield from _replaced(taken, added)
        yield Piece(Change.SAME, before)
        taken = added = ""
    yield from _replaced(taken, added)


def _replaced(taken: str, added: str) -> Iterator[Piece]:
    yield Piece(Change.TAKEN, taken)
    yield Piece(Change.ADDED, added)
