"""Pairs of what one person types and what another has written."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class PairKind(StrEnum):
    INFLECTION = "inflection"
    COMPOUND = "compound"
    SLIP = "slip"
    PARAPHRASE = "paraphrase"


@dataclass(frozen=True)
class Pair:
    """`q` is what somebody types; title and problem, what should be found. `held_out` is never looked at when the search is changed."""

    kind: PairKind
    q: str
    title: str
    problem: str
    held_out: bool


def pairs() -> list[Pair]:
    return [
        Pair(kind=kind, held_out=at % 2 == 1, **row)
        for kind in PairKind
        for at, row in enumerate(tomllib.loads(Path(__file__).with_name(f"{kind}.toml").read_text(encoding="utf-8"))["pair"])
    ]
