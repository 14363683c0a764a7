"""What the start page asks: what waits for me, what moved, what is open, what comes from across the border."""

from __future__ import annotations

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, When
from django.utils import timezone

from contributions.enums import Status, SupportKind
from contributions.models import Contribution, Support, TrailEntry
from contributions.queries.lists import with_answer_count
from contributions.statuses import WORKED_ON
from organisation.models import Person

WAITING_SHOWN = 6
MOVES_SHOWN = 4
CARDS_SHOWN = 3
RECENT_ENTRIES = 200


def waiting_for(person: Person) -> list[Contribution]:
    """Questions to me first, then drafts entrusted to me, then my own drafts; the latest first of each."""
    mine = Q(author=person, status__in=(Status.NEEDS_AUTHOR, Status.DRAFT))
    rows = Contribution.objects.visible_to(person).filter(mine | Q(ambassador=person, status=Status.DRAFT))
    first = Case(When(status=Status.NEEDS_AUTHOR, then=0), When(author=person, then=2), default=1, output_field=IntegerField())
    return list(rows.select_related("author").order_by(first, "-last_activity_at", "-pk")[:WAITING_SHOWN])


def what_moved(person: Person) -> list[TrailEntry]:
    """The latest move of contributions one may see; among the group's latest entries, so that the question stays small."""
    latest = TrailEntry.objects.exclude(step__in=("submit", "undo", "ask", "reply", "withdraw", "convert"))
    moves = latest.exclude(from_status=F("to_status")).order_by("-at", "-pk").values("pk")[:RECENT_ENTRIES]
    visible: QuerySet[Contribution] = Contribution.objects.visible_to(person).sent()
    entries = TrailEntry.objects.filter(pk__in=moves, contribution__in=visible, to_status=F("contribution__status"))
    shown: dict[int, TrailEntry] = {}
    for entry in entries.select_related("contribution").order_by("-at", "-pk")[: MOVES_SHOWN * 3]:
        shown.setdefault(entry.contribution_id, entry)
    return list(shown.values())[:MOVES_SHOWN]


def open_challenges(person: Person) -> list[Contribution]:
    """Challenges that take ideas now, the one that closes first at the top, with `ideas_close_at` and `answers_seen`."""
    open_now = Contribution.objects.visible_to(person).filter(status=Status.OPEN_FOR_IDEAS, challenge__ideas_close_at__gt=timezone.now())
    by_close = open_now.annotate(ideas_close_at=F("challenge__ideas_close_at")).order_by("ideas_close_at")
    return list(with_answer_count(by_close, person).select_related("department__organisation")[:CARDS_SHOWN])


def across_the_border(person: Person) -> list[Contribution]:
    """What others in other organisations are working on and share with me; `is_needed` where I have said that we need the same."""
    needed = Support.objects.filter(contribution=OuterRef("pk"), person=person, kind=SupportKind.NEED)
    elsewhere = Contribution.objects.visible_to(person).exclude(home_organisation=person.department.organisation_id)
    rows = elsewhere.filter(status__in=WORKED_ON).exclude(author=person).annotate(is_needed=Exists(needed))
    return list(rows.select_related("department__organisation").order_by("-last_activity_at", "-pk")[:CARDS_SHOWN])
