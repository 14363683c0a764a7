"""Changing one's own comment, and taking it away."""

from __future__ import annotations

import hashlib

from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from contributions.actions.talk import count_comments, tell_the_named, write_mentions
from contributions.enums import Opening
from contributions.lifecycle import lock
from contributions.models import Comment, Contribution
from contributions.queries.mentions import Words, words_of
from contributions.rules import UNDO_WITHIN
from organisation.models import Person

SALT = "contributions.comment"
NOTHING = Words(html="", people=set())


class ChangedMeanwhile(Exception):
    """The comment says something else than when it was read. Carries it as it stands."""

    def __init__(self, comment: Comment) -> None:
        super().__init__(comment.pk)
        self.comment = comment


class TooLate(Exception):
    """What was taken away cannot be brought back any more."""


def version_of(comment: Comment) -> str:
    """What an edit must have read. Of the words themselves, so that masking them counts as a change too."""
    return hashlib.sha256(comment.body.encode()).hexdigest()[:16]


@transaction.atomic
def edit(*, by: Person, comment: Comment, body: str, version: str) -> Comment:
    """Say it differently. Whom it names now and did not before is told; nobody else is.

    Raises PermissionDenied, ChangedMeanwhile, or ValidationError keyed by field name when it was closed or hidden meanwhile.
    """
    locked, standing = _under_lock(comment)
    if not by.has_perm("contributions.own_comment", standing):
        raise PermissionDenied
    if standing.hidden_at is not None or standing.deleted_at is not None:
        raise ValidationError({"body": _("The comment is no longer there, so it cannot be changed. What you wrote is still here.")})
    if not locked.opens(Opening.COMMENT):
        raise ValidationError({"body": _("It was closed for this meanwhile. What you wrote is still here.")})
    if not by.has_perm("contributions.edit_comment", standing):
        raise PermissionDenied
    if body == standing.body:
        return standing
    if version != version_of(standing):
        raise ChangedMeanwhile(standing)
    words = words_of(locked, body, internal=standing.is_internal)
    standing.body, standing.body_html, standing.edited_at = body, words.html, timezone.now()
    standing.save(update_fields=["body", "body_html", "edited_at"])
    tell_the_named(standing, write_mentions(standing, words.people))
    return standing


@transaction.atomic
def delete(*, by: Person, comment: Comment) -> str:
    """Take it away: the words are gone at once, the place in the talk stays.

    Returns the words signed, for `restore`; they are kept nowhere else. Empty when the comment was gone already.
    """
    locked, standing = _under_lock(comment)
    if standing.deleted_at is not None and by.has_perm("contributions.own_comment", standing):
        return ""
    if not by.has_perm("contributions.delete_comment", standing):
        raise PermissionDenied
    body, standing.deleted_at = standing.body, timezone.now()
    _write(standing, "", NOTHING)
    count_comments(locked, happened=False)
    return signing.dumps([standing.pk, standing.deleted_at.isoformat(), body], salt=SALT, compress=True)


@transaction.atomic
def restore(*, by: Person, comment: Comment, taken: str) -> Comment:
    """Bring back what `delete` took, as it was. Raises PermissionDenied, or TooLate after ten seconds or when words were masked meanwhile."""
    locked, standing = _under_lock(comment)
    if not by.has_perm("contributions.own_comment", standing):
        raise PermissionDenied
    body = _untied(taken, standing)
    if locked.trail.filter(step="mask", at__gte=standing.deleted_at).exists():
        raise TooLate
    standing.deleted_at = None
    _write(standing, body, words_of(locked, body, internal=standing.is_internal))
    count_comments(locked, happened=False)
    return standing


def _under_lock(comment: Comment) -> tuple[Contribution, Comment]:
    """The comment as it stands, on its locked contribution."""
    locked = lock(comment.contribution_id)
    standing = Comment.objects.get(pk=comment.pk)
    standing.contribution = locked
    return locked, standing


def _write(standing: Comment, body: str, words: Words) -> None:
    standing.body, standing.body_html = body, words.html
    standing.save(update_fields=["body", "body_html", "deleted_at"])
    write_mentions(standing, words.people)


def _untied(taken: str, standing: Comment) -> str:
    """The words, when they are this comment's, of this deletion, and ten seconds old at most."""
    try:
        pk, deleted_at, body = signing.loads(taken, salt=SALT, max_age=UNDO_WITHIN)
    except signing.BadSignature as error:
        raise TooLate from error
    if pk != standing.pk or standing.deleted_at is None or parse_datetime(deleted_at) != standing.deleted_at:
        raise TooLate
    return str(body)
