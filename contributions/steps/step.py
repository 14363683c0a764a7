"""What a step is. Data: name, from, to, who, what is required, who is told."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise as LazyText

from contributions.enums import Kind, Status, TrailSort
from contributions.models import Contribution, TrailEntry
from contributions.statuses import WAY

Values = Mapping[str, Any]
Changes = dict[str, Any]
Target = Callable[[Contribution, Kind], Status]
Effect = Callable[[Contribution, Values, datetime.datetime], Changes]
After = Callable[[Contribution, TrailEntry], None]


class Clock(StrEnum):
    """What a step does to the promise."""

    LEAVES = "leaves"
    STARTS = "starts"
    ANSWERS = "answers"
    PAUSES = "pauses"
    RESUMES = "resumes"
    ENDS = "ends"
    PASSES = "passes on"


class Told(StrEnum):
    """Who may be told of a step, those whom it concerns most first: nobody is told twice. Resolved by lifecycle."""

    AUTHOR = "author"
    CLOSE = "those who work on it"
    ASSIGNEE = "assignee"
    FOLLOWERS = "followers"
    COORDINATORS = "coordinators"
    NEW_OWNER = "new owner"
    HOST = "author of what it is merged into"


def no_effect(_contribution: Contribution, _values: Values, _now: datetime.datetime) -> Changes:
    return {}


@dataclass(frozen=True)
class Step:
    """One move, from any of `sources`. `target` answers where it leads, given the contribution and the kind it becomes.

    `effect` answers what else is written of it, from the fields given and `by`. `after` writes what other rows owe to the step, once the
    contribution and its entry are written and under the same lock; taking the step back calls it with the entry that takes back.
    `worth_knowing` is a sentence for whoever is about to take it; it stops nobody.
    """

    name: str
    label: str | LazyText
    done: str | LazyText
    sources: frozenset[Status]
    target: Target
    permission: str
    help: str | LazyText = ""
    requires: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    sort: TrailSort = TrailSort.STEP
    clock: Clock = Clock.LEAVES
    effect: Effect = no_effect
    worth_knowing: Callable[[Contribution], str] | None = None
    after: After | None = None
    tells: Mapping[Told, str] = field(default_factory=dict)
    goes_back: bool = False
    is_onward: bool = False
    by_itself: bool = False

    @property
    def stays(self) -> bool:
        """It changes something else than the status."""
        return self.target is unchanged

    def settled(self, contribution: Contribution) -> Changes:
        """What came back waits no longer once whoever answers for it has acted; handed over, it waits for the new owner."""
        has_acted = self.permission == "contributions.answer_for" and self.clock != Clock.PASSES
        return {"came_back_at": None} if has_acted and contribution.came_back_at else {}

    @property
    def may_be_proposed(self) -> bool:
        """It moves the kind along its own way, so that those who lead the work may propose it."""
        return self.goes_back or self.is_onward

    @property
    def fields(self) -> tuple[str, ...]:
        return self.requires + self.optional


def to(status: Status) -> Target:
    return lambda _contribution, _kind: status


def reopened(contribution: Contribution, kind: Kind) -> Status:
    """Exploring or understanding; what was merged stands where it stood, without the pause it may have been in."""
    merging = TrailEntry.objects.filter(contribution_id=contribution.pk, step="merge").order_by("-at", "-pk").first()
    if contribution.status != Status.MERGED or merging is None:
        return first_working(contribution, kind)
    return Status(merging.before.get("resumes_as") or merging.from_status)


def unchanged(contribution: Contribution, _kind: Kind) -> Status:
    return Status(contribution.status)


def as_before(contribution: Contribution, _kind: Kind) -> Status:
    return Status(contribution.resumes_as)


def first_of(_contribution: Contribution, kind: Kind) -> Status:
    """Submitted or reported."""
    return WAY[kind][0]


def first_working(_contribution: Contribution, kind: Kind) -> Status:
    """Exploring or understanding."""
    return WAY[kind][1]


def counterpart(contribution: Contribution, kind: Kind) -> Status:
    """Where a contribution stands when it turns into the other kind: just as far.

    Both begin with two stages of the same sense and end with three (plan, test, done). Open for ideas has no counterpart: it is explored.
    """
    old, new = WAY[Kind(contribution.kind)], WAY[kind]
    place = old.index(Status(contribution.resumes_as or contribution.status))
    return new[place - len(old)] if place >= len(old) - 3 else new[min(place, 1)]
