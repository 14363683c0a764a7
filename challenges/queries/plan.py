"""The action plan as it is read."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from challenges.models import PlanItem, Resource
from contributions.enums import Kind
from contributions.models import Contribution
from contributions.statuses import CLOSED
from organisation.models import Person


@dataclass(frozen=True)
class Plan:
    """What is to be done, nearest day first; `removed` was taken away."""

    items: list[PlanItem]
    removed: list[PlanItem]
    today: datetime.date

    @property
    def done(self) -> int:
        return sum(item.done_at is not None for item in self.items)

    @property
    def next(self) -> PlanItem | None:
        return next((item for item in self.items if item.done_at is None), None)


def plan_of(contribution: Contribution) -> Plan:
    """One query."""
    rows = list(_with_people().filter(contribution=contribution))
    items = [row for row in rows if row.removed_at is None]
    return Plan(items, [row for row in rows if row.removed_at is not None], timezone.localdate())


def _with_people() -> QuerySet[PlanItem]:
    return PlanItem.objects.select_related("who__department__organisation", "done_by", "removed_by")


def resources_of(contribution: Contribution) -> list[Resource]:
    """One query."""
    people = ("asked_by", "answered_by", "giver__department__organisation", "giving_department__organisation")
    return list(Resource.objects.filter(contribution=contribution).select_related(*people))


@dataclass(frozen=True)
class Promised:
    """`may_do`: it can be ticked now. What cannot rests, with the challenge."""

    item: PlanItem
    may_do: bool


def promised_by(person: Person) -> list[Promised]:
    """What the person has promised and not done, of challenges they may see that are not at an end; nearest day first, at most 100."""
    visible = Contribution.objects.visible_to(person).filter(kind=Kind.CHALLENGE).exclude(status__in=CLOSED)
    waiting = PlanItem.objects.filter(who=person, done_at__isnull=True, removed_at__isnull=True, contribution__in=visible)
    rows = waiting.select_related("contribution__department").prefetch_related("contribution__participants").order_by("due_on", "pk")
    return [Promised(item, person.has_perm("challenges.do_item", item)) for item in rows[:100]]
