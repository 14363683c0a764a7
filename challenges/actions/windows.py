"""Closing a challenge's time for ideas."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from challenges.models import Challenge
from challenges.steps import CLOSED_EARLY
from contributions.enums import ParticipantRole, Status
from contributions.lifecycle import answering, lock, note_on_trail
from contributions.models import Contribution, Participant, TrailEntry
from notifications import outbox

WINDOW_CLOSED = "window_closed"
CLOSES_WINDOW = (WINDOW_CLOSED, CLOSED_EARLY, "plan")
"""Lines of the trail after which no more ideas come."""


def close_windows(*, now: datetime.datetime | None = None) -> int:
    """Say once of every challenge whose time for ideas has ended that it has, and tell those who lead it. Changes no status.

    Each in a transaction of its own. Late, twice or two at once is once. Returns how many.
    """
    moment = now or timezone.now()
    return sum(_close(challenge.pk, moment) for challenge in _closed_unsaid(moment).only("pk"))


def _closed_unsaid(moment: datetime.datetime) -> QuerySet[Challenge]:
    said = TrailEntry.objects.filter(
        contribution=OuterRef("pk"), step__in=(WINDOW_CLOSED, CLOSED_EARLY), at__gte=OuterRef("ideas_close_at")
    )
    ended = Challenge.objects.filter(status=Status.OPEN_FOR_IDEAS, ideas_close_at__lte=moment)
    return ended.filter(~Exists(said)).order_by("ideas_close_at", "pk")


@transaction.atomic
def _close(pk: int, moment: datetime.datetime) -> bool:
    """Whether it was this call that said it."""
    locked = lock(pk)
    challenge = _closed_unsaid(moment).filter(pk=pk).first()
    if challenge is None or challenge.ideas_close_at is None:
        return False
    note_on_trail(by=None, contribution=locked, step=WINDOW_CLOSED, at=moment)
    outbox.tell(
        leads(locked) or list(dict.fromkeys((locked.author_id, *answering(locked)))),
        "challenges.window_closed",
        {"contribution": pk},
        thread=locked.thread,
        dedupe_key=f"window:{pk}:{challenge.ideas_close_at.timestamp():.0f}",
    )
    return True


def leads(contribution: Contribution) -> list[int]:
    """Ids of those who lead the work."""
    rows = Participant.objects.filter(contribution=contribution, role=ParticipantRole.LEAD, person__is_active=True)
    return list(rows.values_list("person_id", flat=True))
