"""Where a challenge stands in Kirunamodellen, and its time for ideas."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone

from challenges.enums import STAGE_OF, Stage
from challenges.models import Challenge
from contributions.enums import Status
from contributions.queries.trail import Trail


@dataclass(frozen=True)
class StageMark:
    """One of Kirunamodellen's stages on the way of a challenge. `since` is when it was last come to, where the trail tells."""

    stage: Stage
    url: str
    is_done: bool
    is_current: bool
    since: datetime.datetime | None

    @property
    def label(self) -> str:
        return str(self.stage.label)


def stages(challenge: Challenge, trail: Trail) -> list[StageMark]:
    """What it has passed, where it stands and what lies ahead. Declined or merged it stands nowhere, and shows how far it came."""
    standing = challenge.resumes_as or challenge.status
    came_to: dict[Stage, datetime.datetime] = {}
    for line in reversed(trail.lines):
        if (stage := STAGE_OF.get(line.entry.to_status)) and not line.taken_back and line.entry.to_status != Status.REPORTED:
            came_to[stage] = line.entry.at
    left = next((line.entry.from_status for line in trail.lines if line.entry.to_status == standing and not line.taken_back), "")
    reached = STAGE_OF.get(standing) or STAGE_OF.get(left, Stage.UNDERSTANDING)
    place, has_stopped = list(Stage).index(reached), standing not in STAGE_OF
    return [
        StageMark(
            stage,
            url=reverse(f"challenge_{stage}", args=(challenge.pk,)),
            is_done=index < place or (index == place and has_stopped),
            is_current=index == place and not has_stopped,
            since=came_to.get(stage) if index <= place else None,
        )
        for index, stage in enumerate(Stage)
    ]


@dataclass(frozen=True)
class IdeasWindow:
    """The time in which a challenge takes ideas."""

    is_open: bool
    has_closed: bool
    last_day: datetime.date | None


def window(challenge: Challenge) -> IdeasWindow:
    closes = challenge.ideas_close_at
    asked = challenge.status == Status.OPEN_FOR_IDEAS and closes is not None
    last_day = timezone.localdate(closes - datetime.timedelta(seconds=1)) if closes else None
    return IdeasWindow(challenge.is_open_for_ideas, asked and not challenge.is_open_for_ideas, last_day)
