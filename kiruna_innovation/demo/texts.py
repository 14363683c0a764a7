"""The texts of the demo as Python objects. A misspelt key stops the reading."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
GROUP = FOLDER / "kiruna_group.csv"


@dataclass(frozen=True)
class PersonText:
    key: str
    given_name: str
    family_name: str
    email: str
    title: str
    department: str


@dataclass(frozen=True)
class RoleText:
    """`scope` is "group", an organisation's name or a department's code; `start` and `end` are working days from the day of loading."""

    person: str
    role: str
    scope: str
    start: int
    end: int | None = None
    deputy: str | None = None


@dataclass(frozen=True)
class AwayText:
    person: str
    start: int
    end: int


@dataclass(frozen=True)
class CommentText:
    at: str
    by: str
    text: str
    re: int = 0
    edited: str = ""
    internal: bool = False
    experience: bool = False


@dataclass(frozen=True)
class HelpText:
    by: str
    text: str = ""
    gives: tuple[str, ...] = ()


@dataclass(frozen=True)
class DifferText:
    """What the root problem is for somebody who does not quite recognise it."""

    by: str
    text: str


@dataclass(frozen=True)
class PlanText:
    what: str
    who: str
    due: int
    state: str


@dataclass(frozen=True)
class TrialText:
    by: str
    believed: str
    tried: str
    place: str
    starts: int
    stops: int
    happened: str = ""
    next: str = ""
    verdict: str = ""


@dataclass(frozen=True)
class AdoptionText:
    by: str
    since: int
    changed: str


@dataclass(frozen=True)
class ProposedText:
    """A step that somebody who leads a challenge proposes."""

    at: str
    by: str
    do: str
    text: str


@dataclass(frozen=True)
class ScoredText:
    """One sitting of one assessor: a number for every criterion, by the idea's key, and a note on some."""

    at: str
    by: str
    ideas: Mapping[str, Sequence[int]]
    notes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReplyText:
    """An answer to what `to` noted on the idea `about`."""

    at: str
    by: str
    to: str
    about: str
    text: str


@dataclass(frozen=True)
class AssessmentText:
    """Criteria with their weights, and who is asked; closed when all are in."""

    at: str
    by: str
    criteria: Sequence[tuple[str, int]]
    asked: Sequence[str]
    scored: Sequence[ScoredText]
    replies: Sequence[ReplyText] = ()


@dataclass(frozen=True)
class DraftText:
    """An answer that is being written; `reader` was asked to read it at `asked`."""

    at: str
    by: str
    do: str
    text: str
    reader: str = ""
    asked: str = ""


@dataclass(frozen=True)
class StepText:
    """`to` is an assignee's key or a new owner's name; `target` the key of what it is merged into; `agree`, authors who say yes when asked; `manager`
    said yes to a test on a small scale until `stops`.
    """

    at: str
    by: str
    do: str
    text: str = ""
    to: str = ""
    target: str = ""
    until: int = 0
    closes: int | str = 0
    reason_code: str = ""
    change: str = ""
    believed: str = ""
    tried: str = ""
    happened: str = ""
    next: str = ""
    decision: str = ""
    decided_by: str = ""
    ground: str = ""
    dnr: str = ""
    agree: Sequence[str] = ()
    manager: str = ""
    stops: int = 0


@dataclass(frozen=True)
class Story:
    """One contribution and everything that happened to it."""

    key: str
    kind: str
    by: str
    at: str
    audience: str
    title: str
    problem: str
    proposal: str = ""
    benefit: str = ""
    root_problem: str = ""
    whys: tuple[tuple[str, str], ...] = ()
    recognise: tuple[str, ...] = ()
    differ: tuple[DifferText, ...] = ()
    plan: tuple[PlanText, ...] = ()
    trials: tuple[TrialText, ...] = ()
    effect: str = ""
    number: tuple[str, ...] = ()
    adopted: tuple[AdoptionText, ...] = ()
    answers: str = ""
    touched: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    leads: tuple[str, ...] = ()
    coauthors: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    wanted: tuple[str, ...] = ()
    reader: str = ""
    follow: tuple[str, ...] = ()
    good: int = 0
    help: tuple[HelpText, ...] = ()
    need: tuple[str, ...] = ()
    comments: tuple[CommentText, ...] = ()
    proposed: tuple[ProposedText, ...] = ()
    assessments: tuple[AssessmentText, ...] = ()
    drafts: tuple[DraftText, ...] = ()
    steps: tuple[StepText, ...] = ()

    @property
    def is_draft(self) -> bool:
        return self.audience in {"author", "ambassador"}


def people() -> list[PersonText]:
    with (FOLDER / "people.csv").open(encoding="utf-8", newline="") as rows:
        return [PersonText(**row) for row in csv.DictReader(rows)]


def roles() -> list[RoleText]:
    rows = _toml(FOLDER / "roles.toml")["role"]
    return [RoleText(**_renamed(row, {"for": "scope", "from": "start", "until": "end"})) for row in rows]


def away() -> list[AwayText]:
    rows = _toml(FOLDER / "roles.toml")["away"]
    return [AwayText(**_renamed(row, {"from": "start", "until": "end"})) for row in rows]


def competences() -> dict[str, list[str]]:
    """What people say they are good at, by their key."""
    return _toml(FOLDER / "competences.toml")


def stories() -> list[Story]:
    found = [_story(key, table) for path in sorted((FOLDER / "contributions").glob("*.toml")) for key, table in _toml(path).items()]
    if len({story.key for story in found}) < len(found):
        raise ValueError("Two contributions of the demo have the same key.")
    return found


def _helps(rows: list[Any]) -> list[HelpText]:
    return [HelpText(**{**row, "gives": tuple(row.get("gives", ()))}) if isinstance(row, dict) else HelpText(row) for row in rows]


def _assessments(rows: list[Any]) -> list[AssessmentText]:
    return [
        AssessmentText(**{**row, "scored": _made(ScoredText, row["scored"]), "replies": _made(ReplyText, row.get("replies", []))})
        for row in rows
    ]


def _made(row_type: Callable[..., Any], rows: list[Any]) -> tuple[Any, ...]:
    return tuple(row_type(**row) for row in rows)


ROWS: dict[str, Callable[[list[Any]], Iterable[Any]]] = {
    "help": _helps,
    "differ": lambda rows: [DifferText(**row) for row in rows],
    "plan": lambda rows: [PlanText(**row) for row in rows],
    "trials": lambda rows: [TrialText(**row) for row in rows],
    "adopted": lambda rows: [AdoptionText(**row) for row in rows],
    "comments": lambda rows: [CommentText(**row) for row in rows],
    "proposed": lambda rows: [ProposedText(**row) for row in rows],
    "assessments": _assessments,
    "drafts": lambda rows: [DraftText(**row) for row in rows],
    "step": lambda rows: [StepText(**row) for row in rows],
    "whys": lambda rows: [(question, answer) for question, answer in rows],
}


def _story(key: str, table: dict[str, Any]) -> Story:
    """Lists become tuples of their rows, and a text in many lines loses its last newline."""
    fields: dict[str, Any] = {}
    for name, value in table.items():
        row = ROWS.get(name)
        match value:
            case list() if row:
                fields[name] = tuple(row(value))
            case list():
                fields[name] = tuple(value)
            case str():
                fields[name] = value.strip()
            case _:
                fields[name] = value
    fields["steps"] = fields.pop("step", ())
    return Story(key=key, **fields)


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _renamed(row: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in row.items()}
