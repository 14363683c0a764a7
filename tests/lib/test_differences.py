"""The difference between two texts."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.differences import Change, differences

WORDS = st.lists(st.sampled_from(["is", "snö", "och", " ", "\n", ".", "<b>", "å"]), max_size=40).map("".join)


def marked(old: str, new: str) -> str:
    around = {Change.SAME: "{}", Change.ADDED: "+{}+", Change.TAKEN: "-{}-"}
    return "".join(around[change].format(text) for change, text in differences(old, new))


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "", ""),
        ("Hal trappa.", "Hal trappa.", "Hal trappa."),
        ("Hal trappa.", "Hal trappa varje morgon.", "Hal trappa+ varje morgon+."),
        ("Sanda klockan sex.", "Sanda klockan fem.", "Sanda klockan -sex-+fem+."),
        ("Ingen sandar före sju.", "Alla halkar hela dagen.", "-Ingen sandar före sju-+Alla halkar hela dagen+."),
        ("Ett.\n\nTvå.", "Ett.", "Ett.-\n\nTvå.-"),
        ("", "Nytt", "+Nytt+"),
        ("Gammalt", "", "-Gammalt-"),
    ],
)
def test_changes_are_read_word_by_word(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


@given(WORDS, WORDS)
def test_both_texts_can_be_read_out_of_the_pieces(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(text for change, text in pieces if change != Change.ADDED) == old
    assert "".join(text for change, text in pieces if change != Change.TAKEN) == new
    assert all(text for _change, text in pieces)


@pytest.mark.parametrize(
    ("old", "new"),
    [("a " * 5000, "b a " * 2500), ("x y " * 2500, "y x " * 2500), ("ord " * 2500, "Ord " * 2500), (". " * 5000, ".. " * 3333)],
)
def test_the_longest_texts_take_no_time(old: str, new: str) -> None:
    began = time.process_time()
    differences(old[:10_000], new[:10_000])
    assert time.process_time() - began < 1
