"""Writing what a challenge is about, and closing its time for ideas."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from challenges.models import Challenge, Why
from contributions.actions.texts import keep_revision, save_texts
from contributions.enums import ParticipantRole, Status
from contributions.lifecycle import StaleVersion, answering, lock, note_on_trail, reindex_texts
from contributions.models import Contribution, Participant, TrailEntry
from notifications import outbox
from organisation.models import Person

WINDOW_CLOSED = "window_closed"
Chain = Sequence[tuple[str, str]]
Understanding = tuple[str, Chain]


@transaction.atomic
def understand(*, by: Person, challenge: Contribution, version: int | None, root_problem: str, whys: Chain) -> Contribution:
    """Write the real problem and the chain of whys (questions and answers, in order). The row as it stands afterwards.

    Raises PermissionDenied, or StaleVersion when somebody wrote after this version.
    """
    locked = lock(challenge.pk)
    row = Challenge.objects.filter(pk=locked.pk).first()
    if row is None or not by.has_perm("challenges.understand", locked):
        raise PermissionDenied
    if version is not None and version != locked.version:
        raise StaleVersion(locked)
    standing = list(Why.objects.filter(contribution=locked).order_by("position").values_list("question", "answer"))
    if root_problem == row.root_problem and list(whys) == standing:
        return locked
    keep_revision(by, locked, {"root_problem": row.root_problem, "whys": standing})
    Challenge.objects.filter(pk=locked.pk).update(root_problem=root_problem)
    Why.objects.filter(contribution=locked).delete()
    Why.objects.bulk_create(
        Why(contribution=locked, position=place, question=question, answer=answer) for place, (question, answer) in enumerate(whys, start=1)
    )
    now = timezone.now()
    locked.version, locked.last_activity_at, locked.edited_at = locked.version + 1, now, now
    locked.save(update_fields=["version", "last_activity_at", "edited_at"])
    reindex_texts(locked)
    return locked


@transaction.atomic
def edit(
    *, by: Person, challenge: Contribution, version: int, texts: Mapping[str, Any], understanding: Understanding | None
) -> Contribution:
    """Save what one page holds: the texts, and what has been understood. Raises what `save_texts` and `understand` raise."""
    locked = lock(challenge.pk)
    if version != locked.version:
        raise StaleVersion(locked)
    if texts:
        locked = save_texts(by=by, contribution=locked, version=version, values=texts)
    if understanding:
        root_problem, whys = understanding
        locked = understand(by=by, challenge=locked, version=locked.version, root_problem=root_problem, whys=whys)
    return locked


def close_windows(*, now: datetime.datetime | None = None) -> int:
    """Say once of every challenge whose time for ideas has ended that it has, and tell those who lead it. Changes no status.

    Each in a transaction of its own. Late, twice or two at once is once. Returns how many.
    """
    moment = now or timezone.now()
    return sum(_close(challenge.pk, moment) for challenge in _closed_unsaid(moment).only("pk"))


def _closed_unsaid(moment: datetime.datetime) -> QuerySet[Challenge]:
    said = TrailEntry.objects.filter(contribution=OuterRef("pk"), step=WINDOW_CLOSED, at__gte=OuterRef("ideas_close_at"))
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
