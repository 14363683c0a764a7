"""Comments as they are read: threads of one level, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from contributions.models import Comment, Contribution
from contributions.rules import hears_confidences
from organisation.models import Person

THREADS_SHOWN = 50
SHOWN = Q(hidden_at__isnull=True, deleted_at__isnull=True, is_internal=False, in_confidence=False)
"""Comments that everybody who sees the contribution reads: those that count."""


@dataclass
class Thread:
    root: Comment
    replies: list[Comment] = field(default_factory=list)

    @property
    def given_name(self) -> str:
        return self.root.author.given_name


@dataclass(frozen=True)
class Talk:
    """A page of threads. `older` is the id to ask for the next one with."""

    threads: list[Thread]
    older: int | None

    @property
    def comments(self) -> Iterator[Comment]:
        for thread in self.threads:
            yield thread.root
            yield from thread.replies


def talk(contribution: Contribution, person: Person, *, before: int | None = None, moderates: bool = False) -> Talk:
    """One query. `before` is the id of the last thread seen.

    Hidden comments are left out, but for whoever moderates and where they have answers; what its author took away keeps its place;
    internal notes are there for whoever moderates alone, and what was said of the draft for those who wrote it and whoever said it.
    """
    comments = contribution.comments.all()
    if not hears_confidences(person, contribution):
        comments = comments.filter(Q(in_confidence=False) | Q(author=person))
    roots = _roots(comments, before, moderates=moderates)
    page = roots[:THREADS_SHOWN].values("pk")
    rows = comments.filter(Q(pk__in=page) | Q(parent__in=page)).select_related("author__department__organisation")
    if not moderates:
        rows = rows.filter(Q(hidden_at__isnull=True) | Q(parent__isnull=True), is_internal=False)
    threads: dict[int, Thread] = {}
    replies = []
    for row in rows.order_by("created_at", "pk"):
        if row.parent_id is None:
            threads[row.pk] = Thread(row)
        else:
            replies.append(row)
    for reply in replies:
        if reply.parent_id in threads:
            threads[reply.parent_id].replies.append(reply)
    latest_first = list(reversed(threads.values()))
    return Talk(latest_first, latest_first[-1].root.pk if len(latest_first) == THREADS_SHOWN else None)


def _roots(comments: QuerySet[Comment], before: int | None, *, moderates: bool) -> QuerySet[Comment]:
    roots = comments.filter(parent__isnull=True)
    if not moderates:
        answered = Comment.objects.filter(parent=OuterRef("pk"), hidden_at__isnull=True, is_internal=False)
        roots = roots.filter(Q(hidden_at__isnull=True) | Exists(answered), is_internal=False)
    if before is not None:
        last = comments.filter(pk=before).values("created_at")[:1]
        roots = roots.filter(Q(created_at__lt=last) | Q(created_at=last, pk__lt=before))
    return roots.order_by("-created_at", "-pk")
