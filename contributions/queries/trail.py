"""The trail as it is read: what each line did, and which were taken back."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from contributions.enums import TrailSort
from contributions.models import Contribution, TrailEntry
from organisation.models import Organisation

DATES = ("parked_until", "promised_on")
UNSPOKEN = frozenset({"submit", "reply", "return", "withdraw"})
"""Steps that are no word from those who answer."""
BETWEEN_TWO = frozenset({"invitation_declined", "brought_in_declined"})
"""Lines for whoever asked alone, who hears of them by a notice: no page shows them."""


@dataclass(frozen=True)
class Line:
    """A line of the trail. `after` holds the columns it changed, as they became."""

    entry: TrailEntry
    after: dict[str, Any]
    taken_back: bool
    new_owner: Organisation | None = None

    @property
    def goes_back(self) -> bool:
        """A move that teaches: only steps back ask for a learning."""
        return self.entry.teaches and self.entry.from_status != self.entry.to_status


@dataclass(frozen=True)
class Trail:
    """Latest first. `status` is where the contribution stands."""

    lines: list[Line]
    status: str

    @property
    def decisions(self) -> list[Line]:
        """Steps and decisions, those taken back too."""
        return [line for line in self.lines if line.entry.sort != TrailSort.LEARNING]

    @property
    def learnings(self) -> list[Line]:
        return [line for line in self.lines if line.entry.teaches and not line.taken_back]

    @property
    def last(self) -> TrailEntry | None:
        return self.lines[0].entry if self.lines else None

    def latest(self, *steps: str) -> Line | None:
        """The latest line of one of these steps that stands."""
        return next((line for line in self.lines if line.entry.step in steps and not line.taken_back), None)

    @property
    def hiding(self) -> Line | None:
        return self.latest("hide")

    @property
    def word(self) -> Line | None:
        """What was said when it came to where it stands now, by those who answer."""
        moved = (line for line in self.lines if line.entry.from_status != line.entry.to_status and not line.taken_back)
        said = (line for line in moved if line.entry.step not in UNSPOKEN)
        return next((line for line in said if line.entry.to_status == self.status), None)

    @property
    def back(self) -> Line | None:
        """The latest step back that stands."""
        return next((line for line in self.lines if line.goes_back and not line.taken_back), None)


def trail(contribution: Contribution) -> Trail:
    """One query, and one more where it has been handed over."""
    entries = list(contribution.trail.exclude(step__in=BETWEEN_TWO).select_related("by__department__organisation").order_by("-at", "-pk"))
    owners = Organisation.objects.in_bulk() if any("owner_organisation_id" in entry.before for entry in entries) else {}
    standing: dict[str, Any] = {}
    lines, undone = [], False
    for entry in entries:
        after = {name: standing.get(name, _now(contribution, name)) for name in entry.before if not name.startswith("child.")}
        standing |= {name: _date(name, value) for name, value in entry.before.items()}
        if entry.step == "undo":
            undone = True
            continue
        owner = owners.get(after["owner_organisation_id"]) if "owner_organisation_id" in after else None
        lines.append(Line(entry, after, taken_back=undone, new_owner=owner))
        undone = False
    return Trail(lines, contribution.status)


def _now(contribution: Contribution, name: str) -> Any:
    return getattr(contribution, name, None)


def _date(name: str, value: Any) -> Any:
    return datetime.date.fromisoformat(value) if name in DATES and isinstance(value, str) else value
