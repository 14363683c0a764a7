"""Talking about a contribution: commenting, support, following. All under its lock, so that counters equal rows.

Changing and taking away a comment is in contributions.actions.comments.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.enums import HelpKind, Kind, Opening, SupportKind
from contributions.lifecycle import answering, lock
from contributions.models import Comment, Contribution, Follow, Mention, Support
from contributions.queries.mentions import words_of
from contributions.queries.merged import above, beneath, support_counts
from contributions.queries.threads import SHOWN
from contributions.queries.together import close_to
from notifications import outbox
from organisation.models import Person


@transaction.atomic
def comment(
    *,
    by: Person,
    contribution: Contribution,
    body: str,
    token: uuid.UUID,
    parent: Comment | None = None,
    internal: bool = False,
    experience: bool = False,
) -> Comment:
    """Say something, of a challenge perhaps as an `experience`; the same token once more is the same comment. A reply to a reply stands
    beneath the first comment.

    An internal note, and whatever answers one, is between those who answer for the contribution; what is said of a draft, and whatever
    answers that, stays with those who write it and whoever said it. Raises PermissionDenied, or ValidationError keyed by field name.
    """
    locked = lock(contribution.pk)
    check(by, locked, "contributions.comment", Opening.COMMENT)
    may_note = by.has_perm("contributions.note", locked)
    answered = _answered(locked, parent, may_note=may_note)
    is_internal = internal or (answered is not None and answered.is_internal)
    if is_internal and not may_note:
        raise PermissionDenied
    in_confidence = locked.is_draft or (answered is not None and answered.in_confidence)
    words = words_of(locked, body, internal=is_internal)
    said, is_new = Comment.objects.get_or_create(
        author=by, token=_own(token, by, locked, body),
        defaults={
            "contribution": locked, "parent": answered and (answered.parent or answered), "body": body, "body_html": words.html,
            "is_internal": is_internal, "in_confidence": in_confidence,
            "experience_from_id": by.department_id if experience and tells_experience(locked, is_internal or in_confidence) else None,
        },
    )  # fmt: skip
    if is_new:
        named = write_mentions(said, words.people)
        if not is_internal:
            count_comments(locked)
            if not in_confidence and by.pk != locked.author_id:
                follow(by=by, contribution=locked)
        _tell_of_comment(locked, said, answered, named)
    return said


def tells_experience(contribution: Contribution, is_between: bool) -> bool:
    """Whether what is said of it can be an experience: of a challenge, and not between some of its readers."""
    return contribution.kind == Kind.CHALLENGE and not is_between


def _own(token: uuid.UUID, by: Person, contribution: Contribution, body: str) -> uuid.UUID:
    """Another token for other words: a form that a browser brought back may be filled in anew."""
    same = Comment.objects.filter(author=by, token=token).first()
    is_another = same is not None and (same.contribution_id != contribution.pk or (same.edited_at is None and same.body not in (body, "")))
    return uuid.uuid4() if is_another else token


def write_mentions(said: Comment, people: set[int]) -> set[int]:
    """Write whom the comment names now; ids of those it did not name before, its author aside."""
    before = set(said.mentions.values_list("person_id", flat=True))
    said.mentions.exclude(person_id__in=people).delete()
    named = people - before - {said.author_id}
    Mention.objects.bulk_create(Mention(comment=said, person_id=pk) for pk in sorted(named))
    return named


def check(by: Person, locked: Contribution, permission: str, opening: Opening) -> None:
    """Permission once more, as it stands under the lock."""
    if not by.has_perm("contributions.see", locked):
        raise PermissionDenied
    if not locked.opens(opening):
        field = "body" if opening == Opening.COMMENT else "kind"
        raise ValidationError({field: _("It was closed for this meanwhile. What you wrote is still here.")})
    if not by.has_perm(permission, locked):
        raise PermissionDenied


def _answered(contribution: Contribution, parent: Comment | None, *, may_note: bool) -> Comment | None:
    if parent is None:
        return None
    comments = Comment.objects.select_related("parent").filter(contribution=contribution, hidden_at__isnull=True, deleted_at__isnull=True)
    found = comments.filter(pk=parent.pk).first()
    if found is None or (found.is_internal and not may_note):
        raise ValidationError({"body": _("The comment you answer is no longer there. Write yours as a new one.")})
    return found


def count_comments(locked: Contribution, *, happened: bool = True) -> None:
    """Write the counter from the rows, and that something happened. Only what everybody reads counts."""
    counted: dict[str, Any] = {"comment_count": Comment.objects.filter(SHOWN, contribution=locked).count()}
    if happened:
        counted["last_activity_at"] = timezone.now()
    Contribution.objects.filter(pk=locked.pk).update(**counted)


def _tell_of_comment(contribution: Contribution, said: Comment, answered: Comment | None, named: set[int]) -> None:
    """Whoever is named hears of that, whoever was answered of the answer, the others by what ties them to it: each of them once."""
    told = {said.author_id, *named}
    tell_the_named(said, named)
    for kind, people in _listeners(contribution, said, [answered.author_id] if answered else []):
        recipients = [pk for pk in people if pk not in told]
        told.update(recipients)
        outbox.tell(recipients, kind, {"contribution": contribution.pk, "comment": said.pk}, thread=contribution.thread)


def _listeners(contribution: Contribution, said: Comment, answered: list[int]) -> tuple[tuple[str, Iterable[int]], ...]:
    """The author and those who lead of a comment, the rest as followers; of an internal note nobody but those who answer for it."""
    if said.is_internal:
        between = answering(contribution)
        return ("contributions.answered_comment", [pk for pk in answered if pk in between]), ("contributions.noted", between)
    if said.in_confidence:
        reading = [contribution.ambassador_id] if contribution.ambassador_id else []
        return ("contributions.answered_comment", answered), ("contributions.commented", [*close_to(contribution), *reading])
    return (
        ("contributions.answered_comment", answered),
        ("contributions.commented", close_to(contribution)),
        ("contributions.followed_commented", contribution.follows.values_list("person_id", flat=True)),
    )


def tell_the_named(said: Comment, people: set[int]) -> None:
    """Once for ever of one comment, however often it is changed."""
    ids = {"contribution": said.contribution_id, "comment": said.pk}
    thread = said.contribution.thread
    outbox.tell(sorted(people), "contributions.mentioned", ids, thread=thread, dedupe_key=f"mentioned:{said.pk}")


@transaction.atomic
def support(
    *,
    by: Person,
    contribution: Contribution,
    kind: SupportKind,
    on: bool = True,
    note: str | None = None,
    help_with: Iterable[str] | None = None,
) -> None:
    """Support it in this way, or take the support back. Saying the same twice changes nothing.

    Who has the same need has it where they work now. What a help is, and its note, stand as last written; None leaves them. Support can be
    taken back by whoever sees the contribution, wherever it stands.
    """
    locked = lock(contribution.pk, *above(contribution.pk))
    if on:
        check(by, locked, "contributions.support", Opening.SUPPORT)
    elif not by.has_perm("contributions.see", locked):
        raise PermissionDenied
    rows = Support.objects.filter(contribution=locked, person=by, kind=kind)
    if on:
        given = _given(kind, note, help_with)
        row, is_new = rows.get_or_create(contribution=locked, person=by, kind=kind, defaults={"department_id": by.department_id, **given})
        if not is_new and given:
            rows.update(**given)
        if is_new:
            _tell_of_support(locked, row)
    else:
        is_new = bool(rows.delete()[0])
    if is_new:
        _count_supports(locked)


def _given(kind: SupportKind, note: str | None, help_with: Iterable[str] | None) -> dict[str, Any]:
    given: dict[str, Any] = {} if note is None else {"note": note}
    if kind == SupportKind.HELP and help_with is not None:
        given["help_with"] = [value for value in HelpKind.values if value in set(help_with)]
    return given


def _count_supports(locked: Contribution) -> None:
    """Write the counters from the rows, those of what is merged into it too; then those of what it is merged into."""
    counts = support_counts(beneath(locked.pk))
    Contribution.objects.filter(pk=locked.pk).update(**counts, last_activity_at=timezone.now())
    for pk in above(locked.pk):
        Contribution.objects.filter(pk=pk).update(**support_counts(beneath(pk)))


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
    """Hear of what happens to it, or no longer. Saying the same twice changes nothing; who came by a merge stays by their own word."""
    if not by.has_perm("contributions.follow", contribution):
        raise PermissionDenied
    if on:
        Follow.objects.update_or_create(contribution=contribution, person=by, defaults={"through": None})
    else:
        Follow.objects.filter(contribution=contribution, person=by).delete()
