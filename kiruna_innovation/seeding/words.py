"""Swedish sentences about municipal work, put together at random. They read plausibly and mean little."""

from __future__ import annotations

import tomllib
from functools import cache
from itertools import accumulate
from pathlib import Path
from random import Random

WORDS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
GIVEN, FAMILY, TITLES, SAYINGS = (WORDS[name] for name in ("given", "family", "titles", "sayings"))


@cache
def _weights(number: int) -> list[float]:
    """The first are used most, as words are."""
    return list(accumulate(1 / (at + 8) for at in range(number)))


def _one(name: str, random: Random) -> str:
    words = WORDS[name]
    return random.choices(words, cum_weights=_weights(len(words)))[0]


def story(random: Random) -> tuple[str, str]:
    """A title and a problem about the same thing."""
    thing = _one("things", random)
    sentences = [
        f"{_subject(thing, random)} {_one('troubles', random)} {_one('places', random)}. {_why(random)}"
        for _ in range(random.randint(1, 3))
    ]
    return f"{thing.capitalize()} {_one('troubles', random)} {_one('places', random)}", " ".join(sentences)


def _subject(thing: str, random: Random) -> str:
    return random.choice((thing.capitalize(), f"Det är så att {thing}", f"Hos oss märks det att {thing}"))


def proposal(random: Random) -> str:
    return f"Vi skulle kunna {_one('deeds', random)}, och sedan {_one('deeds', random)} {_one('places', random)}."


def comment(random: Random) -> str:
    return f"{_one('sayings', random)} {_one('things', random).capitalize()} {_one('troubles', random)} {_one('places', random)}."


def _why(random: Random) -> str:
    if random.random() < 1 / 3:
        return f"I förra veckan hände det {random.randint(2, 9)} gånger, och varje gång {_one('troubles', random)}."
    return _one("causes", random)
