"""The coordinator's queue, and who is responsible for an answer."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.utils import timezone

from contributions.enums import Status
from contributions.models import Contribution, ContributionQuerySet, PromiseRecord, Report
from contributions.statuses import OPEN
from lib.working_days import add_working_days
from organisation.enums import Role
from organisation.models import Person, RoleAssignment
from triage.enums import Tab

SOON_WORKING_DAYS = 2


def queue(person: Person, tab: Tab) -> ContributionQuerySet:
    """What the person answers for, nearest promise first."""
    answered_for = Contribution.objects.answered_by(person).filter(status__in=OPEN)
    match tab:
        case Tab.ANSWER:
            rows = answered_for.filter(awaiting())
        case Tab.MINE:
            rows = answered_for.filter(assigned_to=person)
        case Tab.WAITING:
            rows = answered_for.filter(status=Status.NEEDS_AUTHOR)
        case _:
            rows = answered_for.filter(answered_at__isnull=False).exclude(status=Status.NEEDS_AUTHOR)
    return rows.order_by("promised_on", "pk")


def place_of(person: Person, pk: int) -> tuple[datetime.date, int] | None:
    """Where something that may have left the queue stood in it."""
    seen = PromiseRecord.objects.filter(contribution__in=Contribution.objects.visible_to(person).filter(pk=pk))
    promised_on = seen.order_by(F("ended_at").desc(nulls_last=True)).values_list("promised_on", flat=True).first()
    return (promised_on, pk) if promised_on else None


def awaiting() -> Q:
    """The promise is running: given, not kept, not waiting for the author."""
    return Q(promised_on__isnull=False, answered_at__isnull=True, promise_paused_at__isnull=True)


def open_reports(person: Person) -> list[Report]:
    """Reports nobody has handled, on what the person answers for."""
    reports = Report.objects.filter(handled_at__isnull=True, contribution__in=Contribution.objects.answered_by(person))
    return list(reports.select_related("contribution", "comment__author", "by__department__organisation")[:100])


@dataclass(frozen=True)
class Counts:
    """How much waits in each tab; of the first also how much is late or soon."""

    answer: int
    late: int
    soon: int
    mine: int
    waiting: int
    ongoing: int
    reports: int


def counts(person: Person, today: datetime.date | None = None) -> Counts:
    """All of it in two queries."""
    day = today or timezone.localdate()
    soon = add_working_days(day, SOON_WORKING_DAYS)
    answered_for = Contribution.objects.answered_by(person)
    numbers = answered_for.filter(status__in=OPEN).aggregate(
        answer=Count("pk", filter=awaiting()),
        late=Count("pk", filter=awaiting() & Q(promised_on__lt=day)),
        soon=Count("pk", filter=awaiting() & Q(promised_on__gte=day, promised_on__lte=soon)),
        mine=Count("pk", filter=Q(assigned_to=person)),
        waiting=Count("pk", filter=Q(status=Status.NEEDS_AUTHOR)),
        ongoing=Count("pk", filter=Q(answered_at__isnull=False) & ~Q(status=Status.NEEDS_AUTHOR)),
    )
    reports = Report.objects.filter(handled_at__isnull=True, contribution__in=answered_for).count()
    return Counts(**numbers, reports=reports)


def next_promise(person: Person) -> datetime.date | None:
    """The day the nearest promise of an answered queue runs out, for the empty state."""
    return queue(person, Tab.ANSWER).values_list("promised_on", flat=True).first()


@dataclass(frozen=True)
class Rota:
    """The coordinators' assignments in force, read once, from which responsibility is derived when asked.

    So an absence or a deactivated account never strands an item. `away` are people taken to be away, whatever they have said.
    """

    assignments: tuple[RoleAssignment, ...]
    today: datetime.date
    away: frozenset[int] = frozenset()

    @classmethod
    def read(cls, today: datetime.date | None = None, away: frozenset[int] = frozenset()) -> Rota:
        rows = RoleAssignment.objects.in_force().filter(role=Role.COORDINATOR)
        return cls(tuple(rows.select_related("person", "deputy", "department").order_by("pk")), today or timezone.localdate(), away)

    def responsible(self, contribution: Contribution) -> list[Person]:
        """The assigned coordinator; otherwise the deputy; otherwise the organisation's coordinators; otherwise the group's.

        A deputy who has been assigned stands in the holder's place while the holder is not there.
        """
        owner = contribution.owner_organisation_id
        own = [a for a in self.assignments if a.organisation_id == owner or _within(a, contribution)]
        group = [a for a in self.assignments if a.organisation_id is None and a.department_id is None]
        assigned = [a for a in (*own, *group) if a.person_id == contribution.assigned_to_id]
        standing_in = [a for a in (*own, *group) if a.deputy_id == contribution.assigned_to_id and not self._present([a.person])]
        chain = (
            self._present((*(a.person for a in assigned), *(a.deputy for a in standing_in))),
            self._present(a.deputy for a in assigned),
            self._present(a.person for a in own),
            self._present(a.deputy for a in own),
            self._present(a.person for a in group),
            self._present(a.deputy for a in group),
            _unique(a.person for a in (*own, *group) if a.person.is_active),
        )
        return next((people for people in chain if people), [])

    def escalated(self, contribution: Contribution) -> list[Person]:
        """Who is told when the promise has been broken: the responsible, and everybody else who could answer."""
        owner = contribution.owner_organisation_id
        own = self._present(a.person for a in self.assignments if a.organisation_id == owner or _within(a, contribution))
        return _unique((*self.responsible(contribution), *own))

    def _present(self, people: Iterable[Person | None]) -> list[Person]:
        return _unique(p for p in people if p is not None and p.is_active and p.pk not in self.away and not p.is_away_on(self.today))


def _within(assignment: RoleAssignment, contribution: Contribution) -> bool:
    """An assignment over the department counts while its own organisation answers."""
    at_home = contribution.owner_organisation_id == contribution.home_organisation_id
    return at_home and assignment.department_id in contribution.department.ancestor_ids


def _unique(people: Iterable[Person]) -> list[Person]:
    return list({person.pk: person for person in people}.values())
