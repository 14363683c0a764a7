"""Answers drafted together: kept, changed by another, sent, thrown away."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from contributions.lifecycle import advance, lock
from contributions.models import AnswerDraft, Contribution, TrailEntry
from contributions.steps import Step, Values
from notifications import outbox
from organisation.models import Person


class DraftChanged(Exception):
    """Somebody wrote in the draft after it was read. Carries it as it stands, or None where it is gone."""

    def __init__(self, draft: AnswerDraft | None) -> None:
        super().__init__(draft and draft.pk)
        self.draft = draft


def is_draftable(step: Step) -> bool:
    """A coordinator's step with words to the author. A merge asks the authors instead, and has a page of its own."""
    return step.permission == "contributions.answer_for" and bool({"reason", "body"} & {*step.fields}) and step.name != "merge"


def draft_of(contribution: Contribution, step: Step) -> AnswerDraft | None:
    if not is_draftable(step):
        return None
    return _draft(contribution, step.name)


@transaction.atomic
def save_draft(
    *,
    by: Person,
    contribution: Contribution,
    step: str,
    values: dict[str, Any],
    read_at: int,
    version: int | None,
    now: datetime.datetime | None = None,
) -> AnswerDraft:
    """Keep it, whole or not. `version` is the draft's as it was read, 0 when there was none; `read_at` the contribution's.

    Raises DraftChanged, or PermissionDenied for who no longer answers for it.
    """
    locked, draft = _held(by, contribution, step)
    _refuse_changed(draft, version)
    read_at, moment = min(read_at, locked.version), now or timezone.now()
    if draft is None:
        made = {"by": by, "edited_by": by, "created_at": moment, "updated_at": moment}
        return AnswerDraft.objects.create(contribution=locked, step=step, values=values, contribution_version=read_at, **made)
    draft.values, draft.contribution_version, draft.edited_by = values, read_at, by
    draft.version, draft.updated_at = draft.version + 1, moment
    draft.save(update_fields=["values", "contribution_version", "edited_by", "version", "updated_at"])
    return draft


@transaction.atomic
def send(
    *, by: Person, contribution: Contribution, step: str, values: Values, version: int | None, draft_version: int | None
) -> TrailEntry:
    """Take the step, and let the draft of it go. Raises DraftChanged, or what `advance` raises; the draft is then still there."""
    entry = advance(by=by, contribution=contribution, step=step, values=values, version=version)
    draft = _draft(contribution, step)  # under the lock that the step has taken; whoever writes in it waits, or has written
    if draft:
        _refuse_changed(draft, draft_version)
        draft.delete()
    return entry


@transaction.atomic
def discard(*, by: Person, draft: AnswerDraft, version: int) -> None:
    """Only what was read is thrown away. Raises DraftChanged, or PermissionDenied for who no longer answers for it."""
    _locked, standing = _held(by, draft.contribution, draft.step)
    _refuse_changed(standing, version)
    if standing:
        standing.delete()


def ask_to_read(*, by: Person, draft: AnswerDraft, person: Person, now: datetime.datetime | None = None) -> None:
    """Tell another who answers for it, once for each version. Raises PermissionDenied when either of them does not."""
    if not (
        by.has_perm("contributions.answer_for", draft.contribution) and person.has_perm("contributions.answer_for", draft.contribution)
    ):
        raise PermissionDenied
    ids = {"draft": draft.pk, "contribution": draft.contribution_id, "by": by.pk}
    key = f"draft:{draft.pk}:{draft.version}"
    outbox.tell([person], "contributions.draft_to_read", ids, thread=draft.contribution.thread, dedupe_key=key, not_before=now)


def _held(by: Person, contribution: Contribution, step: str) -> tuple[Contribution, AnswerDraft | None]:
    """Both as they stand, held until the transaction ends; the contribution first, as everywhere."""
    locked = lock(contribution.pk)
    if not by.has_perm("contributions.answer_for", locked):
        raise PermissionDenied
    return locked, _draft(locked, step)


def _draft(contribution: Contribution, step: str) -> AnswerDraft | None:
    return AnswerDraft.objects.select_related("edited_by").filter(contribution=contribution, step=step).first()


def _refuse_changed(draft: AnswerDraft | None, version: int | None) -> None:
    """Whoever gives no version asks for no check."""
    if version is not None and version != (draft.version if draft else 0):
        raise DraftChanged(draft)
