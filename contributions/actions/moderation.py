"""When something should not stand as it is: reporting, hiding, masking words. Everything is logged on the trail, and the author is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.actions.files import discard
from contributions.actions.talk import count_comments, write_mentions
from contributions.lifecycle import answering, lock, note_on_trail, reindex_texts, spec_of, specs
from contributions.models import (
    WANTED_LENGTH,
    Attachment,
    Comment,
    Contribution,
    MergeAnswer,
    MergeProposal,
    Report,
    Revision,
    Support,
    TrailEntry,
)
from contributions.queries.mentions import words_of
from contributions.rules import UNDO_WITHIN
from notifications import outbox
from organisation.models import Person

MASK = "[…]"
TRAIL_TEXTS = (
    "text", "change", "decided_by", "ground", "registration_number",
    "learning_believed", "learning_tried", "learning_happened", "learning_next",
)  # fmt: skip


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
    masked = _masker([line for line in words.splitlines() if line.strip()])
    _open_trail(is_open=True)
    comments = _mask_comments(locked, masked)
    changed = len(comments) + _mask_contribution(locked, masked) + sum(_mask_rows(locked, *rows, masked) for rows in _around())
    changed += _mask_merging(locked, masked)
    _open_trail(is_open=False)
    if not changed:
        raise ValidationError({"words": _("These words stand nowhere in the contribution, its comments or its history.")})
    reindex_texts(locked)
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


Masker = Callable[[str], str]


def _masker(phrases: Iterable[str]) -> Masker:
    """Whole words, whatever their case, the genitive too, however they are spaced or, as in a file's name, joined."""
    longest_first = sorted(phrases, key=len, reverse=True)
    alternatives = "|".join(r"[\s_.\-]+".join(map(re.escape, phrase.split())) for phrase in longest_first)
    pattern = re.compile(rf"(?<![^\W_])(?:{alternatives})(?::?s)?(?![^\W_])", re.IGNORECASE)
    return lambda text: pattern.sub(MASK, text)


def _open_trail(*, is_open: bool) -> None:
    """Let this transaction, and no other, write on the lines of the trail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kiruna.masking', %s, true)", ["on" if is_open else "off"])


def _mask_contribution(locked: Contribution, masked: Masker) -> int:
    """Its own texts and its child's. The version moves on, so that no form read before can bring the words back."""
    spec = spec_of(locked.kind)
    child = spec.child.objects.get(pk=locked.pk)
    own, of_kind = _differing(locked, ("title", "problem", "set_aside", "help_wanted"), masked), _differing(child, spec.searched, masked)
    if of_kind:
        spec.child.objects.filter(pk=locked.pk).update(**of_kind)
    for name, value in {**own, "version": locked.version + 1}.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*own, "version"])
    return len(own) + len(of_kind)


def _mask_comments(locked: Contribution, masked: Masker) -> list[Comment]:
    """Those that were changed."""
    comments = [comment for comment in Comment.objects.filter(contribution=locked) if masked(comment.body) != comment.body]
    for comment in comments:
        body = masked(comment.body)
        words = words_of(locked, body, internal=comment.is_internal)
        Comment.objects.filter(pk=comment.pk).update(body=body, body_html=words.html)
        write_mentions(comment, words.people)
    return comments


def _around() -> Iterator[tuple[type[models.Model], tuple[str, ...]]]:
    """Every other table with words that hang on a contribution, and its columns."""
    yield TrailEntry, (*TRAIL_TEXTS, "before")
    yield Support, ("note",)
    yield Report, ("reason",)
    yield Revision, ("texts",)
    yield Attachment, ("name",)
    for spec in specs():
        yield from (*spec.beside, *spec.around)


def _mask_merging(locked: Contribution, masked: Masker) -> int:
    """Questions whether to merge it, or another into it, and what was answered."""
    proposals = MergeProposal.objects.filter(Q(contribution=locked) | Q(target=locked))
    answers = MergeAnswer.objects.filter(proposal__in=proposals)
    return sum(_mask_row(row, ("reason",), masked) for row in proposals) + sum(_mask_row(row, ("note",), masked) for row in answers)


def _mask_rows(locked: Contribution, model: type[models.Model], columns: tuple[str, ...], masked: Masker) -> int:
    return sum(_mask_row(row, columns, masked) for row in model._default_manager.filter(contribution=locked))


def _mask_row(row: models.Model, columns: tuple[str, ...], masked: Masker) -> int:
    """How many rows that was: one or none."""
    differing = _differing(row, columns, masked)
    return type(row)._default_manager.filter(pk=row.pk).update(**differing) if differing else 0


def _differing(row: models.Model, columns: Iterable[str], masked: Masker) -> dict[str, Any]:
    """The columns that the mask changes, as they become; text never longer than its column."""
    result = {}
    for name in columns:
        value = getattr(row, name)
        replaced = _mask_value(name, value, masked)
        if replaced != value:
            longest = getattr(row._meta.get_field(name), "max_length", None)
            result[name] = replaced[:longest] if isinstance(replaced, str) else replaced
    return result


def _mask_value(name: str, value: Any, masked: Masker) -> Any:
    if isinstance(value, list):
        return [masked(word)[:WANTED_LENGTH] for word in value]
    return masked(value) if isinstance(value, str) else _mask_set_aside(name, value, masked)


def _mask_set_aside(name: str, value: dict[str, Any], masked: Masker) -> dict[str, Any]:
    """Texts kept as JSON: those of an edit, those of the kind it is not at present, and these where a trail entry remembers how it was."""
    if name == "texts":
        return {column: _mask_json(text, masked) for column, text in value.items()}
    if name == "before":
        return {**value, "set_aside": _mask_set_aside("set_aside", value["set_aside"], masked)} if "set_aside" in value else value
    return {
        kind: {column: masked(text) if column in spec_of(kind).searched else text for column, text in columns.items()}
        for kind, columns in value.items()
    }


def _mask_json(value: Any, masked: Masker) -> Any:
    """Every text in it, however deep."""
    if isinstance(value, list):
        return [_mask_json(part, masked) for part in value]
    return masked(value) if isinstance(value, str) else value
