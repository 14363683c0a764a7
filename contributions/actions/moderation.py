"""When something should not stand as it is: reporting, hiding, masking words. Everything is logged on the trail, and the author is told."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.actions.files import discard
from contributions.actions.masking import mask_everywhere
from contributions.actions.talk import count_comments
from contributions.lifecycle import answering, lock, note_on_trail
from contributions.models import Attachment, Comment, Contribution, Report, TrailEntry
from contributions.rules import UNDO_WITHIN
from notifications import outbox
from organisation.models import Person


@transaction.atomic
def report(*, by: Person, contribution: Contribution, reason: str, comment: Comment | None = None) -> Report:
    """Say that it should not stand as it is. The same person's open report of the same thing is one."""
    may = by.has_perm("contributions.report_comment", comment) if comment else by.has_perm("contributions.report", contribution)
    if contribution.is_draft or not may:
        raise PermissionDenied
    row, is_new = Report.objects.get_or_create(
        contribution=contribution, comment=comment, by=by, handled_at=None, defaults={"reason": reason}
    )
    if is_new:
        coordinators = [pk for pk in answering(contribution) if pk != by.pk]
        outbox.tell(coordinators, "contributions.reported", {"contribution": contribution.pk, "report": row.pk}, thread=contribution.thread)
        _tell_whose_it_is(row, told=coordinators)
    return row


def _tell_whose_it_is(row: Report, *, told: list[int]) -> None:
    """Whoever wrote it hears that it was reported, not by whom nor why; once, however many report it before it has been looked at."""
    author = row.comment.author_id if row.comment else row.contribution.author_id
    others = Report.objects.filter(contribution=row.contribution, comment=row.comment, handled_at__isnull=True).exclude(pk=row.pk)
    if author not in told and not others.exists():
        ids = {"contribution": row.contribution_id, "report": row.pk, **({"comment": row.comment_id} if row.comment_id else {})}
        outbox.tell([author], "contributions.reported_yours", ids, thread=row.contribution.thread)


@transaction.atomic
def handle_report(*, by: Person, report: Report) -> None:
    """Tick it off, whatever was done about it."""
    _may_moderate(by, report.contribution)
    Report.objects.filter(pk=report.pk, handled_at__isnull=True).update(handled_at=timezone.now(), handled_by=by)


@transaction.atomic
def hide(*, by: Person, contribution: Contribution, reason: str) -> None:
    """Only the author and the coordinators see it from now on. Its open reports are ticked off."""
    locked = _locked_for_moderation(by, contribution)
    if locked.hidden_at is None:
        _set_hidden(locked, hidden=True)
        entry = note_on_trail(by=by, contribution=locked, step="hide", text=reason)
        _handle_all(by, locked.reports.filter(comment__isnull=True))
        _tell_author(by, locked, "contributions.hidden", entry)


@transaction.atomic
def unhide(*, by: Person, contribution: Contribution) -> None:
    locked = _locked_for_moderation(by, contribution)
    if locked.hidden_at is not None:
        _set_hidden(locked, hidden=False)
        _cancel(locked, "hide")
        note_on_trail(by=by, contribution=locked, step="unhide")


@transaction.atomic
def hide_comment(*, by: Person, comment: Comment, reason: str) -> None:
    """Nobody reads the comment from now on; its answers stay. Its open reports are ticked off. An internal note is hidden from others as it is."""
    locked = _locked_for_moderation(by, comment.contribution)
    if Comment.objects.filter(pk=comment.pk, hidden_at__isnull=True, is_internal=False).update(hidden_at=timezone.now()):
        count_comments(locked)
        entry = note_on_trail(by=by, contribution=locked, step="hide_comment", text=reason)
        _handle_all(by, comment.reports.all())
        if comment.author_id != by.pk:
            _tell_commenter(comment, "contributions.hidden", entry)


@transaction.atomic
def unhide_comment(*, by: Person, comment: Comment) -> None:
    locked = _locked_for_moderation(by, comment.contribution)
    if Comment.objects.filter(pk=comment.pk, hidden_at__isnull=False).update(hidden_at=None):
        count_comments(locked)
        _cancel(locked, "hide_comment")
        note_on_trail(by=by, contribution=locked, step="unhide_comment")


@transaction.atomic
def mask(*, by: Person, contribution: Contribution, words: str) -> int:
    """Replace the words, one name or phrase per line, wherever they stand in or around the contribution. Returns how many rows were changed.

    The trail says that words were masked, never which. Raises PermissionDenied, or ValidationError when the words stand nowhere.
    """
    locked = _locked_for_moderation(by, contribution)
    changed, comments = mask_everywhere(locked, [line for line in words.splitlines() if line.strip()])
    if not changed:
        raise ValidationError({"words": _("These words stand nowhere in the contribution, its comments or its history.")})
    entry = note_on_trail(by=by, contribution=locked, step="mask")
    _tell_author(by, locked, "contributions.masked", entry)
    for comment in {comment.author_id: comment for comment in comments if comment.author_id not in (by.pk, locked.author_id)}.values():
        _tell_commenter(comment, "contributions.masked", entry)
    return changed


@transaction.atomic
def take_file_away(*, by: Person, contribution: Contribution, file: Attachment) -> None:
    """Delete one file for good: its row now, and what lies in the store once that is certain. The trail says that, the author is told.

    One that is gone already is no error. Raises PermissionDenied.
    """
    locked = _locked_for_moderation(by, contribution)
    deleted, _rows = Attachment.objects.filter(contribution=locked, pk=file.pk).delete()
    if deleted:
        _tell_author(by, locked, "contributions.file_taken_away", note_on_trail(by=by, contribution=locked, step="file_taken_away"))
        transaction.on_commit(lambda: discard(file))


def _may_moderate(by: Person, contribution: Contribution) -> None:
    if not by.has_perm("contributions.answer_for", contribution):
        raise PermissionDenied


def _locked_for_moderation(by: Person, contribution: Contribution) -> Contribution:
    locked = lock(contribution.pk)
    _may_moderate(by, locked)
    return locked


def _set_hidden(locked: Contribution, *, hidden: bool) -> None:
    locked.hidden_at = timezone.now() if hidden else None
    locked.save(update_fields=["hidden_at"])


def _handle_all(by: Person, reports: models.QuerySet[Report]) -> None:
    reports.filter(handled_at__isnull=True).update(handled_at=timezone.now(), handled_by=by)


def _tell_author(by: Person, contribution: Contribution, kind: str, entry: TrailEntry) -> None:
    if contribution.author_id != by.pk:
        _tell(contribution.author_id, kind, {"contribution": contribution.pk, "entry": entry.pk}, entry)


def _tell_commenter(comment: Comment, kind: str, entry: TrailEntry) -> None:
    _tell(comment.author_id, kind, {"contribution": comment.contribution_id, "comment": comment.pk, "entry": entry.pk}, entry)


def _tell(recipient: int, kind: str, ids: dict[str, int], entry: TrailEntry) -> None:
    """Once it can no longer be regretted at once."""
    thread = f"contribution:{ids['contribution']}"
    outbox.tell([recipient], kind, ids, thread=thread, cause=entry.cause, not_before=entry.at + UNDO_WITHIN)


def _cancel(locked: Contribution, step: str) -> None:
    """Shown again within the time of regret, nobody is told that it was hidden."""
    entry = locked.trail.order_by("-at", "-pk").first()
    if entry and entry.step == step and timezone.now() - entry.at <= UNDO_WITHIN:
        outbox.cancel(entry.cause)
