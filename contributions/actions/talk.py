"""Talking about a contribution: comments, support, following. All under its lock, so that counters equal rows."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.enums import Opening, ParticipantRole, SupportKind
from contributions.lifecycle import lock
from contributions.models import Comment, Contribution, Follow, Support
from lib.markdown import render
from notifications import outbox
from organisation.models import Person

CLOSE = (ParticipantRole.COAUTHOR, ParticipantRole.LEAD, ParticipantRole.ON_BEHALF)
"""Participants who hear of everything that is said, as the author does."""


@transaction.atomic
def comment(*, by: Person, contribution: Contribution, body: str, token: uuid.UUID, parent: Comment | None = None) -> Comment:
    """Say something; the same token once more is the same comment. A reply to a reply stands beneath the first comment.

    Raises PermissionDenied, or ValidationError keyed by field name when it closed meanwhile or the comment answered is gone.
    """
    locked = lock(contribution.pk)
    _check(by, locked, "contributions.comment", Opening.COMMENT)
    answered = _answered(locked, parent)
    said, is_new = Comment.objects.get_or_create(
        author=by,
        token=token,
        defaults={"contribution": locked, "parent": answered and (answered.parent or answered), "body": body, "body_html": render(body)},
    )
    if is_new:
        count_comments(locked)
        if not locked.is_draft and by.pk != locked.author_id:
            follow(by=by, contribution=locked)
        _tell_of_comment(locked, said, answered)
    return said


def _check(by: Person, locked: Contribution, permission: str, opening: Opening) -> None:
    """Permission once more, as it stands under the lock."""
    if not by.has_perm("contributions.see", locked):
        raise PermissionDenied
    if not locked.opens(opening):
        field = "body" if opening == Opening.COMMENT else "kind"
        raise ValidationError({field: _("It was closed for this meanwhile. What you wrote is still here.")})
    if not by.has_perm(permission, locked):
        raise PermissionDenied


def _answered(contribution: Contribution, parent: Comment | None) -> Comment | None:
    if parent is None:
        return None
    comments = Comment.objects.select_related("parent").filter(contribution=contribution, hidden_at__isnull=True)
    found = comments.filter(pk=parent.pk).first()
    if found is None:
        raise ValidationError({"body": _("The comment you answer is no longer there. Write yours as a new one.")})
    return found


def count_comments(locked: Contribution) -> None:
    """Write the counter from the rows, and that something happened. Hidden comments do not count."""
    shown = Comment.objects.filter(contribution=locked, hidden_at__isnull=True).count()
    Contribution.objects.filter(pk=locked.pk).update(comment_count=shown, last_activity_at=timezone.now())


def _tell_of_comment(contribution: Contribution, said: Comment, answered: Comment | None) -> None:
    """Whoever was answered hears of the answer, the author and those who lead of a comment, the rest as followers: each of them once."""
    groups: tuple[tuple[str, Iterable[int]], ...] = (
        ("contributions.answered_comment", [answered.author_id] if answered else []),
        ("contributions.commented", close_to(contribution)),
        ("contributions.followed_commented", contribution.follows.values_list("person_id", flat=True)),
    )
    told = {said.author_id}
    for kind, people in groups:
        recipients = [pk for pk in people if pk not in told]
        told.update(recipients)
        outbox.tell(recipients, kind, {"contribution": contribution.pk, "comment": said.pk}, thread=contribution.thread)


def close_to(contribution: Contribution) -> list[int]:
    """Ids of the author and of those who work on it with the author."""
    participants = contribution.participants.filter(role__in=CLOSE).values_list("person_id", flat=True)
    return list(dict.fromkeys((contribution.author_id, *participants)))


@transaction.atomic
def support(*, by: Person, contribution: Contribution, kind: SupportKind, on: bool = True, note: str | None = None) -> None:
    """Support it in this way, or take the support back. Saying the same twice changes nothing; a help's note is kept as last written.

    `note` None leaves it as it is, "" takes it away.
    """
    locked = lock(contribution.pk)
    _check(by, locked, "contributions.support", Opening.SUPPORT)
    if on:
        row, is_new = Support.objects.get_or_create(contribution=locked, person=by, kind=kind, defaults={"note": note or ""})
        if not is_new and note is not None:
            Support.objects.filter(pk=row.pk).update(note=note)
        if is_new:
            _tell_of_support(locked, row)
    else:
        is_new = bool(Support.objects.filter(contribution=locked, person=by, kind=kind).delete()[0])
    if is_new:
        _count_supports(locked)


def _count_supports(locked: Contribution) -> None:
    """Write the counters from the rows: people, once each, and people of each kind."""
    of_kind = {f"{kind}_count": Count("pk", filter=Q(kind=kind)) for kind in SupportKind.values}
    counts = Support.objects.filter(contribution=locked).aggregate(support_count=Count("person", distinct=True), **of_kind)
    Contribution.objects.filter(pk=locked.pk).update(**counts, last_activity_at=timezone.now())


def _tell_of_support(contribution: Contribution, row: Support) -> None:
    """Of a person's help once for ever and of their support once for ever, however often the buttons are pressed."""
    kind = "help_offered" if row.kind == SupportKind.HELP else "supported"
    outbox.tell(
        [pk for pk in close_to(contribution) if pk != row.person_id],
        f"contributions.{kind}",
        {"contribution": contribution.pk, "person": row.person_id, "support": row.pk},
        thread=contribution.thread,
        dedupe_key=f"{kind}:{contribution.pk}:{row.person_id}",
    )


@transaction.atomic
def follow(*, by: Person, contribution: Contribution, on: bool = True) -> None:
    """Hear of what happens to it, or no longer. Saying the same twice changes nothing."""
    if not by.has_perm("contributions.follow", contribution):
        raise PermissionDenied
    if on:
        Follow.objects.get_or_create(contribution=contribution, person=by)
    else:
        Follow.objects.filter(contribution=contribution, person=by).delete()
