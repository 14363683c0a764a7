"""The action plan as it is read."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from challenges.models import PlanItem, Resource
from contributions.enums import Kind, Opening
from contributions.models import Contribution
from contributions.rules import answerers_of, opens, readers_of
from contributions.statuses import CLOSED
from organisation.enums import Role
from organisation.models import Department, Person, RoleAssignment


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


@dataclass(frozen=True)
class Asked:
    """Who is asked for something. `instead`: nobody who may read the challenge coordinates the department, so those who answer for it."""

    people: list[Person]
    instead: bool = False


@dataclass(frozen=True)
class Request:
    """Something asked for, with who is asked while it waits for an answer, and what the reader may do about it."""

    resource: Resource
    asked: Asked | None
    may_answer: bool
    may_take_back: bool


def requests_of(person: Person, challenge: Contribution) -> list[Request]:
    """One query, and at most three more while a department is asked."""
    people = ("asked_by", "answered_by", "taken_back_by", "giver__department__organisation", "giving_department__organisation")
    rows = list(Resource.objects.filter(contribution=challenge).select_related(*people))
    is_open = opens(challenge, Opening.PLAN)
    asked = asked_of(challenge, [one for one in rows if one.is_waiting])
    drives, answers = person.has_perm("challenges.drive", challenge), person.has_perm("contributions.answer_for", challenge)
    return [
        Request(
            one,
            asked.get(one.pk),
            may_answer=is_open and one.is_waiting and (person in asked[one.pk].people or bool(one.giver_id and answers)),
            may_take_back=is_open and one.is_waiting and (drives or one.asked_by_id == person.pk),
        )
        for one in rows
    ]


def asked_of(contribution: Contribution, resources: Sequence[Resource]) -> dict[int, Asked]:
    """Who is asked for each of them now, by id: the rule of who may answer, for many at once. At most two queries more than one."""
    asked = {one.pk: Asked([one.giver]) for one in resources if one.giver}
    of_departments = {one.pk: one.giving_department for one in resources if one.giving_department}
    if not of_departments:
        return asked
    held = list(RoleAssignment.objects.in_force().filter(role=Role.COORDINATOR).select_related("person", "deputy").order_by("pk"))
    carrying = {pk: _carrying(held, department) for pk, department in of_departments.items()}
    everybody = {one for people in carrying.values() for one in people}
    readers = set(Person.objects.filter(readers_of(contribution), pk__in=everybody).values_list("pk", flat=True))
    found = {pk: [one for one in people.values() if one.pk in readers] for pk, people in carrying.items()}
    answering = list(Person.objects.filter(answerers_of(contribution)).order_by("sort_key", "pk")) if not all(found.values()) else []
    return asked | {pk: Asked(people or answering, not people) for pk, people in found.items()}


def _carrying(held: Sequence[RoleAssignment], department: Department) -> dict[int, Person]:
    """Those who coordinate the department, and whoever stands in for one who is away or gone."""
    today, found = timezone.localdate(), dict[int, Person]()
    for row in held:
        whole_group = row.department_id is None and row.organisation_id is None
        if whole_group or row.organisation_id == department.organisation_id or row.department_id in department.ancestor_ids:
            found[row.person_id] = row.person
            if row.deputy and (not row.person.is_active or row.person.is_away_on(today)):
                found[row.deputy.pk] = row.deputy
    return found


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
