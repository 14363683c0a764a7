"""Writing what a challenge is about, and what has been understood."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from challenges.models import Challenge, Why
from contributions.actions.texts import keep_revision, save_texts
from contributions.lifecycle import StaleVersion, lock, reindex_texts
from contributions.models import Contribution
from organisation.models import Person

Chain = Sequence[tuple[str, str]]
Understanding = tuple[str, Chain]


@transaction.atomic
def understand(*, by: Person, challenge: Contribution, version: int | None, root_problem: str, whys: Chain) -> Contribution:
    """Write the real problem and the chain of whys (questions and answers, in order). The row as it stands afterwards.

    Raises PermissionDenied, or StaleVersion when somebody wrote after this version.
    """
    locked, row = held(challenge)
    if not by.has_perm("challenges.understand", locked):
        raise PermissionDenied
    if version is not None and version != locked.version:
        raise StaleVersion(locked)
    standing = list(Why.objects.filter(contribution=locked).order_by("position").values_list("question", "answer"))
    if root_problem == row.root_problem and list(whys) == standing:
        return locked
    keep_revision(by, locked, {"root_problem": row.root_problem, "whys": standing})
    Challenge.objects.filter(pk=locked.pk).update(root_problem=root_problem)
    write_chain(by, locked, whys)
    move_on(locked)
    return locked


def write_chain(by: Person, locked: Contribution, whys: Chain) -> None:
    """The chain as it is to stand. A link keeps who wrote it for as long as its question or its answer stands."""
    before = list(Why.objects.filter(contribution=locked))
    Why.objects.filter(contribution=locked).delete()
    now, rows = timezone.now(), []
    for place, (question, answer) in enumerate(whys, start=1):
        same = next((why for why in before if why.question == question and why.answer == answer), None)
        kept = same or next((why for why in before if question == why.question or answer == why.answer), None)
        who, when = (kept.by, kept.at) if kept else (by, now)
        rows.append(Why(contribution=locked, position=place, question=question, answer=answer, by=who, at=when))
    Why.objects.bulk_create(rows)


def move_on(locked: Contribution) -> None:
    """A new version, and a search row that fits it."""
    now = timezone.now()
    locked.version, locked.last_activity_at, locked.edited_at = locked.version + 1, now, now
    locked.save(update_fields=["version", "last_activity_at", "edited_at"])
    reindex_texts(locked)


def held(challenge: Contribution) -> tuple[Contribution, Challenge]:
    """The contribution under its lock, and the challenge it is. Raises PermissionDenied when it is none any longer."""
    locked = lock(challenge.pk)
    row = Challenge.objects.filter(pk=locked.pk).first()
    if row is None:
        raise PermissionDenied
    return locked, row


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
