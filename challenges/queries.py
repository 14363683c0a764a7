"""What the page of a challenge asks: its chain of whys, where it stands in Kirunamodellen, its time for ideas."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from challenges.models import Challenge, Why
from contributions.enums import Kind, Status
from contributions.queries.trail import Trail
from contributions.statuses import WAY


def with_whys(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Adds `chain`: questions and answers in order, as plain values."""
    whys = Why.objects.filter(contribution=OuterRef("pk")).order_by("position")
    return rows.annotate(chain=ArraySubquery(whys.values(row=JSONObject(question="question", answer="answer"))))


@dataclass(frozen=True)
class Stage:
    """One of Kirunamodellen's stages. `since` is when it was last come to, where the trail tells."""

    status: Status
    is_done: bool
    is_current: bool
    since: datetime.datetime | None

    @property
    def label(self) -> str:
        return str(self.status.label)


def stages(challenge: Challenge, trail: Trail) -> list[Stage]:
    """What it has passed, where it stands and what lies ahead. Declined or merged it stands nowhere, and shows how far it came."""
    way = WAY[Kind.CHALLENGE]
    standing = challenge.resumes_as or challenge.status
    came_to = {line.entry.to_status: line.entry.at for line in reversed(trail.lines) if not line.taken_back}
    left = next((line.entry.from_status for line in trail.lines if line.entry.to_status == standing and not line.taken_back), "")
    reached = standing if standing in way else left
    place = way.index(Status(reached)) if reached in way else 0
    return [
        Stage(
            status,
            is_done=index < place or (index == place and standing not in way),
            is_current=status == standing,
            since=came_to.get(status) if index <= place else None,
        )
        for index, status in enumerate(way)
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


def chain_of(challenge: Challenge) -> list[dict[str, str]]:
    whys = Why.objects.filter(contribution=challenge).order_by("position").values_list("question", "answer")
    return [{"question": question, "answer": answer} for question, answer in whys]
