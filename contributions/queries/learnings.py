"""What the house has learnt: every entry that teaches, of contributions one may see."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_

from django.db.models import OuterRef, Q, QuerySet, Subquery

from contributions.enums import Kind
from contributions.models import Contribution, TrailEntry
from contributions.search import Question, words_of
from lib.keyset import Page, page
from organisation.models import Person

TEACHING = ("learning_believed", "learning_tried", "learning_happened")
SEARCHED = (*TEACHING, "learning_next", "contribution__title")
PAGE_SIZE = 10


def learnings(person: Person, q: Question, kind: Kind | None, after: str | None) -> Page[TrailEntry]:
    """Latest first, without those taken back."""
    visible = Contribution.objects.visible_to(person).sent()
    entries = _teaching().filter(contribution__in=visible.filter(kind=kind) if kind else visible)
    if q:
        entries = entries.filter(reduce(and_, map(_says, words_of(q.text)), Q()))
    return page(entries.select_related("contribution__department__organisation", "by"), order=("-at", "-id"), after=after, size=PAGE_SIZE)


def _teaching() -> QuerySet[TrailEntry]:
    following = TrailEntry.objects.filter(contribution=OuterRef("contribution"), pk__gt=OuterRef("pk")).order_by("pk")
    taught = reduce(or_, (~Q(**{name: ""}) for name in TEACHING))
    entries = TrailEntry.objects.filter(taught).alias(followed_by=Subquery(following.values("step")[:1]))
    return entries.filter(Q(followed_by__isnull=True) | ~Q(followed_by="undo"))


def _says(word: str) -> Q:
    return reduce(or_, (Q(**{f"{name}__icontains": word}) for name in SEARCHED))
