"""The coordinator's queue over both kinds: what is wanted of it, its rows, how many there are."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, Subquery
from django.utils import timezone
from django.utils.http import urlencode

from challenges.models import StepProposal
from challenges.queries.leading import standing, with_proposal
from contributions.enums import Status
from contributions.models import Contribution, ContributionQuerySet, Report, TrailEntry
from contributions.statuses import OPEN
from lib.text import number
from lib.working_days import add_working_days
from organisation.enums import Role
from organisation.models import Organisation, Person
from triage.enums import Scope, Tab
from triage.models import Labelling
from triage.queries.background import with_drafts
from triage.queries.labels import labels_seen_by

SOON_WORKING_DAYS = 2
PLACED_BY = [column for column in Contribution._meta.concrete_fields if column.name in ("came_back_at", "promised_on", "parked_until")]
TOGETHER = {Tab.ANSWER: ("came_back_at", "promised_on", "pk"), Tab.PARKED: ("parked_until", "pk"), Tab.PROPOSED: ("proposed_at", "pk")}
"""Tabs whose order is not that of the promise alone: in the first, what came back stands before what has a promise."""


@dataclass(frozen=True)
class Wish:
    """What a coordinator wants to see of the queue, as it stands in the address."""

    tab: Tab = Tab.ANSWER
    scope: Scope = Scope.ALL
    label: int | None = None
    organisation: int | None = None

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Wish:
        """From an address; what cannot be is the usual. `tab=mine` is how one's own were asked for before there were scopes."""
        tab, scope = given.get("tab", ""), given.get("scope", "")
        if tab == Scope.MINE:
            scope = tab
        return cls(
            tab=Tab(tab) if tab in Tab.values else Tab.ANSWER,
            scope=Scope(scope) if scope in Scope.values else Scope.ALL,
            label=number(given.get("label")),
            organisation=number(given.get("organisation")),
        )

    def address(self, **more: Any) -> str:
        """The queue as wanted, as the query of an address; `more` adds to it, or changes what is wanted."""
        own = {name: more.pop(name) for name in ("tab", "scope", "label", "organisation") if name in more}
        wanted = replace(self, **own)
        parts = {"tab": wanted.tab.value}
        if wanted.scope != Scope.ALL:
            parts["scope"] = wanted.scope.value
        parts |= {name: value for name in ("label", "organisation") if (value := getattr(wanted, name))}
        return "?" + urlencode({**parts, **{name: value for name, value in more.items() if value}})

    @property
    def order(self) -> tuple[str, ...]:
        return TOGETHER.get(self.tab, ("promised_on", "pk"))

    @property
    def is_narrow(self) -> bool:
        return self.scope != Scope.ALL or bool(self.label or self.organisation)


def answered_for(person: Person, wish: Wish) -> ContributionQuerySet:
    """What the person answers for, as far as it is within the scope and carries the label."""
    rows = Contribution.objects.answered_by(person)
    match wish.scope:
        case Scope.MINE:
            rows = rows.filter(assigned_to=person)
        case Scope.DEPARTMENTS:
            held = Q(department_id__in=person.coverage(Role.COORDINATOR).departments)
            rows = rows.filter(held | Q(department__path__startswith=person.department.path))
    if wish.organisation:
        rows = rows.filter(owner_organisation_id=wish.organisation)
    if wish.label:
        own = labels_seen_by(person).filter(pk=wish.label)
        rows = rows.filter(Exists(Labelling.objects.filter(contribution=OuterRef("pk"), label__in=own, removed_at__isnull=True)))
    return rows


def queue(person: Person, wish: Wish | Tab = Tab.ANSWER) -> ContributionQuerySet:
    """What waits in the tab: what came back first, then by the nearest promise."""
    wish = Wish(tab=wish) if isinstance(wish, Tab) else wish
    rows = answered_for(person, wish).filter(status__in=OPEN)
    match wish.tab:
        case Tab.ANSWER:
            rows = rows.filter(to_answer())
        case Tab.PROPOSED:
            rows = with_proposed_at(rows.filter(has_proposal()))
        case Tab.WAITING:
            rows = rows.filter(status=Status.NEEDS_AUTHOR)
        case Tab.PARKED:
            rows = rows.filter(status=Status.PARKED)
        case _:
            rows = rows.filter(under_way())
    return rows.order_by(*wish.order)


def in_full(rows: ContributionQuerySet, person: Person) -> ContributionQuerySet:
    """With what the list and the item in hand show."""
    own_labellings = (
        Labelling.objects.filter(removed_at__isnull=True, label__in=labels_seen_by(person)).select_related("label").order_by("label__key")
    )
    own = Prefetch("labellings", own_labellings, to_attr="labelled")
    full = with_proposal(with_drafts(rows).with_place().select_related("idea", "challenge", "assigned_to").prefetch_related(own))
    return cast("ContributionQuerySet", full)


def asked_for(person: Person, pk: int) -> Contribution | None:
    """Something that may have left the queue; `was_taken_back` says whether the person has just undone what they did with it,
    `stood_at` where it stood in its tab until the last step."""
    last = TrailEntry.objects.filter(contribution=OuterRef("pk")).order_by("-at", "-pk")
    rows = with_proposed_at(in_full(Contribution.objects.visible_to(person).sent(), person).filter(pk=pk))
    row = rows.annotate(
        last_step=Subquery(last.values("step")[:1]),
        last_by=Subquery(last.values("by")[:1]),
        last_before=Subquery(last.values("before")[:1]),
    ).first()
    if row:
        was_undone = row.last_step == "undo"
        row.was_taken_back = was_undone and row.last_by == person.pk  # type: ignore[attr-defined]
        row.stood_at = _stood_at(row, {} if was_undone else row.last_before or {})  # type: ignore[attr-defined]
    return row


def _stood_at(row: Contribution, before: Mapping[str, Any]) -> dict[str, Any]:
    """What its place in a tab goes by, as it was until the last step."""
    return {
        column.name: column.to_python(before[column.name]) if column.name in before else getattr(row, column.name) for column in PLACED_BY
    }


def awaiting() -> Q:
    """The promise is running: given, not kept, not waiting for the author."""
    return Q(promised_on__isnull=False, answered_at__isnull=True, promise_paused_at__isnull=True)


def to_answer() -> Q:
    """A first answer is promised, or it came back and nobody has acted since. Written for the index on what is to be answered."""
    return Q(promised_on__isnull=False) & (Q(answered_at__isnull=True, promise_paused_at__isnull=True) | Q(came_back_at__isnull=False))


def under_way() -> Q:
    return Q(answered_at__isnull=False, came_back_at__isnull=True) & ~Q(status__in=(Status.NEEDS_AUTHOR, Status.PARKED))


def has_proposal() -> Q:
    """Somebody who leads it proposes a step. Asked once for all rows: what is proposed is few."""
    return Q(pk__in=standing().values("contribution"))


def with_proposed_at(rows: ContributionQuerySet) -> ContributionQuerySet:
    """Adds when a step was last proposed, also where that is dealt with, so that the one after it is found."""
    last = StepProposal.objects.filter(contribution=OuterRef("pk")).order_by("-at", "-pk").values("at")[:1]
    return cast("ContributionQuerySet", rows.annotate(proposed_at=Subquery(last)))


def open_reports(person: Person, wish: Wish | None = None) -> list[Report]:
    """Reports nobody has handled, on what the person answers for."""
    reports = Report.objects.filter(handled_at__isnull=True, contribution__in=answered_for(person, wish or Wish()))
    return list(reports.select_related("contribution", "comment__author", "by__department__organisation")[:100])


@dataclass(frozen=True)
class Counts:
    """How much waits in each tab; of the first also how much came back, and how much is late or soon."""

    answer: int
    back: int
    late: int
    soon: int
    proposed: int
    waiting: int
    parked: int
    ongoing: int
    reports: int

    @property
    def promised(self) -> int:
        """What waits for its first answer."""
        return self.answer - self.back

    def tabs(self) -> list[tuple[Tab, int]]:
        return [(tab, getattr(self, tab.value)) for tab in Tab]


def counts(person: Person, today: datetime.date | None = None, wish: Wish | None = None) -> Counts:
    """All of it in two queries."""
    day = today or timezone.localdate()
    soon = add_working_days(day, SOON_WORKING_DAYS)
    rows = answered_for(person, wish or Wish())
    numbers = rows.filter(status__in=OPEN).aggregate(
        answer=Count("pk", filter=to_answer()),
        back=Count("pk", filter=Q(came_back_at__isnull=False)),
        late=Count("pk", filter=awaiting() & Q(promised_on__lt=day)),
        soon=Count("pk", filter=awaiting() & Q(promised_on__gte=day, promised_on__lte=soon)),
        proposed=Count("pk", filter=has_proposal()),
        waiting=Count("pk", filter=Q(status=Status.NEEDS_AUTHOR)),
        parked=Count("pk", filter=Q(status=Status.PARKED)),
        ongoing=Count("pk", filter=under_way()),
    )
    reports = Report.objects.filter(handled_at__isnull=True, contribution__in=rows).count()
    return Counts(**numbers, reports=reports)


def next_promise(person: Person) -> datetime.date | None:
    """The day the nearest promise of an answered queue runs out, for the empty state."""
    return queue(person, Tab.ANSWER).filter(awaiting()).values_list("promised_on", flat=True).first()


def organisations_of(person: Person) -> list[Organisation]:
    """Those to choose among: none where the person answers for one alone."""
    coverage = person.coverage(Role.COORDINATOR)
    if coverage.group:
        return list(Organisation.objects.all())
    return list(Organisation.objects.filter(pk__in=coverage.organisations)) if len(coverage.organisations) > 1 else []
