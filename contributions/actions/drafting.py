"""Answers drafted together: kept, changed by another, sent, thrown away."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils import timezone

from contributions.lifecycle import IllegalStep, advance, lock
from contributions.models import AnswerDraft, Contribution, TrailEntry
from contributions.rules import UNDO_WITHIN
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
    """Take the step; the draft of it stands no longer. Raises DraftChanged, or what `advance` raises; the draft then still stands."""
    entry = advance(by=by, contribution=contribution, step=step, values=values, version=version)
    draft = _draft(contribution, step)  # under the lock that the step has taken; whoever writes in it waits, or has written
    if draft:
        _refuse_changed(draft, draft_version)
        AnswerDraft.objects.sent_before(entry.at - UNDO_WITHIN).delete()
        _keep_as_sent(draft, by, plain(values), entry)
    return entry


def _keep_as_sent(draft: AnswerDraft, by: Person, sent: dict[str, str], entry: TrailEntry) -> None:
    """As it went, for the ten seconds in which it can be taken back."""
    if sent != draft.values:
        draft.values, draft.edited_by, draft.updated_at = sent, by, entry.at
    draft.sent_as = entry
    draft.save(update_fields=["values", "edited_by", "updated_at", "sent_as"])


@transaction.atomic
def take_back(*, by: Person, contribution: Contribution, entry: TrailEntry | None = None) -> TrailEntry:
    """Undo one's last step (only this `entry`, where it is given). A draft that was sent with it stands again, in the words that were sent.

    Raises what `advance` raises.
    """
    undo = advance(by=by, contribution=contribution, step="undo")
    undone = contribution.trail.exclude(pk=undo.pk).order_by("-at", "-pk")[0]
    if entry and entry != undone:
        raise IllegalStep("undo")
    draft = AnswerDraft.objects.filter(sent_as=undone).first()
    if draft and _draft(contribution, draft.step) is None:
        draft.sent_as, draft.version, draft.contribution_version = None, draft.version + 1, undo.contribution.version
        draft.save(update_fields=["sent_as", "version", "contribution_version"])
    return undo


def plain(values: Mapping[str, Any]) -> dict[str, str]:
    """What a step's fields hold, as it can be stored and filled in again."""
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> str:
    match value:
        case None:
            return ""
        case datetime.date():
            return value.isoformat()
        case models.Model():
            return str(value.pk)
    return str(value)


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
    return AnswerDraft.objects.standing().select_related("edited_by").filter(contribution=contribution, step=step).first()


def _refuse_changed(draft: AnswerDraft | None, version: int | None) -> None:
    """Whoever gives no version asks for no check."""
    if version is not None and version != (draft.version if draft else 0):
        raise DraftChanged(draft)
