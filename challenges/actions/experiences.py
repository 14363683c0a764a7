"""Marking a comment as an experience of its author's own."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from challenges.actions.understanding import held
from contributions.actions.talk import tells_experience
from contributions.models import Comment
from notifications import outbox
from organisation.models import Person


@transaction.atomic
def mark(*, by: Person, comment: Comment, on: bool) -> bool:
    """Mark or unmark it; somebody else's author is told. Whether anything changed. Raises PermissionDenied.

    One's own one marks for as long as one may comment, others' whoever leads the challenge or answers for it.
    """
    locked, _row = held(comment.contribution)
    standing = Comment.objects.select_related("author").get(pk=comment.pk)
    standing.contribution = locked
    is_own = standing.author_id == by.pk
    may = by.has_perm("contributions.edit_comment", standing) if is_own else by.has_perm("challenges.mark_experience", locked)
    if not may or not by.has_perm("contributions.see_comment", standing):
        raise PermissionDenied
    if on == (standing.experience_from_id is not None) or not tells_experience(locked, standing.is_internal or standing.in_confidence):
        return False
    standing.experience_from_id = standing.author.department_id if on else None
    standing.save(update_fields=["experience_from"])
    if not is_own:
        cause = f"experience:{standing.pk}"
        outbox.cancel(cause)
        ids = {"contribution": locked.pk, "comment": standing.pk, "person": by.pk}
        outbox.tell([standing.author_id], "challenges.experience_marked", ids, thread=locked.thread, cause=cause)
    return True
