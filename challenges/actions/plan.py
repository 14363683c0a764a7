"""The action plan: who does what until when, and what is asked for."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.actions.stages import Overtaken, locked_for, moved
from challenges.enums import Outcome
from challenges.models import PlanItem, Resource
from challenges.queries.plan import asked_of
from contributions.lifecycle import lock
from contributions.models import Contribution
from contributions.rules import readers_of
from notifications import outbox
from organisation.models import Person


@transaction.atomic
def add_item(*, by: Person, challenge: Contribution, what: str, who: Person, due_on: datetime.date) -> PlanItem:
    """Raises PermissionDenied, or ValidationError keyed by field."""
    locked = locked_for(by, challenge.pk, "challenges.plan")
    check_day(due_on)
    check_person(locked, who)
    item = PlanItem.objects.create(contribution=locked, what=what, who=who, due_on=due_on, created_by=by)
    moved(locked)
    _tell_given(by, item)
    return item


@transaction.atomic
def change_item(*, by: Person, item: PlanItem, version: int, what: str, who: Person, due_on: datetime.date) -> PlanItem:
    """Raises Overtaken when somebody changed, ticked or removed it after this version."""
    locked = locked_for(by, item.contribution_id, "challenges.plan")
    row = _standing(item, version)
    if due_on != row.due_on:
        check_day(due_on)
    if who.pk != row.who_id or not who.is_active:
        check_person(locked, who)
    is_new = who.pk != row.who_id
    row.what, row.who, row.due_on, row.version = what, who, due_on, row.version + 1
    row.save(update_fields=["what", "who", "due_on", "version"])
    moved(locked)
    if is_new:
        _tell_given(by, row)
    return row


@transaction.atomic
def tick(*, by: Person, item: PlanItem, done: bool) -> PlanItem:
    """Done, or not after all. The same twice is once; a row that was taken away is refused as overtaken."""
    locked = lock(item.contribution_id)
    row = PlanItem.objects.select_related("who").get(pk=item.pk)
    row.contribution = locked
    if not by.has_perm("challenges.do_item", row):
        raise PermissionDenied
    if row.removed_at is not None:
        raise Overtaken
    if done != (row.done_at is not None):
        row.done_at, row.done_by = (timezone.now(), by) if done else (None, None)
        row.version += 1
        row.save(update_fields=["done_at", "done_by", "version"])
        moved(locked)
    return row


@transaction.atomic
def remove_item(*, by: Person, item: PlanItem, version: int) -> None:
    """It stays as a row, with who took it away and when."""
    locked = locked_for(by, item.contribution_id, "challenges.plan")
    row = _standing(item, version)
    row.removed_at, row.removed_by, row.version = timezone.now(), by, row.version + 1
    row.save(update_fields=["removed_at", "removed_by", "version"])
    moved(locked)


def _standing(item: PlanItem, version: int) -> PlanItem:
    row = PlanItem.objects.select_related("who__department").get(pk=item.pk)
    if row.removed_at is not None:
        raise Overtaken
    if row.version != version:
        raise Overtaken(row)
    return row


def check_day(day: datetime.date) -> None:
    if day < timezone.localdate():
        raise ValidationError({"due_on": _("Choose today or a day to come.")})


def check_person(locked: Contribution, who: Person) -> None:
    """Somebody who works here and may read the challenge, now."""
    found = Person.objects.filter(pk=who.pk).first()
    if found is None or not found.is_active:
        raise ValidationError({"who": _("%(name)s no longer works here. Choose somebody else.") % {"name": who.full_name}})
    if not Person.objects.filter(readers_of(locked), pk=who.pk).exists():
        raise ValidationError({"who": _("%(name)s may not read the challenge. Choose somebody else.") % {"name": who.full_name}})


def _tell_given(by: Person, item: PlanItem) -> None:
    if item.who_id != by.pk:
        ids = {"contribution": item.contribution_id, "item": item.pk}
        outbox.tell([item.who_id], "challenges.plan_given", ids, thread=item.contribution.thread)


@transaction.atomic
def ask_for(*, by: Person, challenge: Contribution, values: Mapping[str, Any]) -> Resource:
    """`values`: sort, amount, what, and one of giver (a person) and giving_department."""
    locked = locked_for(by, challenge.pk, "challenges.plan")
    if giver := values.get("giver"):
        check_person(locked, giver)
    resource = Resource.objects.create(contribution=locked, asked_by=by, **values)
    moved(locked)
    told = [one.pk for one in asked_of(locked, [resource])[resource.pk].people if one.pk != by.pk]
    ids = {"contribution": locked.pk, "resource": resource.pk}
    outbox.tell(told, "challenges.resource_asked", ids, thread=locked.thread, cause=f"resource:{resource.pk}")
    return resource


@transaction.atomic
def answer(*, by: Person, resource: Resource, outcome: Outcome, note: str) -> Resource:
    """Once. Raises Overtaken with what stands when it is answered or taken back."""
    locked, row = _waiting(by, resource, "challenges.answer_resource")
    row.outcome, row.note, row.answered_at, row.answered_by = outcome, note, timezone.now(), by
    row.save(update_fields=["outcome", "note", "answered_at", "answered_by"])
    moved(locked)
    if row.asked_by_id != by.pk:
        ids = {"contribution": locked.pk, "resource": row.pk}
        outbox.tell([row.asked_by_id], "challenges.resource_answered", ids, thread=locked.thread)
    return row


@transaction.atomic
def take_back(*, by: Person, resource: Resource) -> Resource:
    """It is asked for no longer; the row stays. Raises Overtaken with what stands when it is answered or taken back."""
    locked, row = _waiting(by, resource, "challenges.take_back_resource")
    row.taken_back_at, row.taken_back_by = timezone.now(), by
    row.save(update_fields=["taken_back_at", "taken_back_by"])
    moved(locked)
    outbox.cancel(f"resource:{row.pk}")
    return row


def _waiting(by: Person, resource: Resource, permission: str) -> tuple[Contribution, Resource]:
    """The challenge under its lock, and what waits for an answer."""
    locked = lock(resource.contribution_id)
    row = Resource.objects.select_related("answered_by", "taken_back_by", "giving_department").get(pk=resource.pk)
    row.contribution = locked
    if not by.has_perm(permission, row):
        raise PermissionDenied
    if not row.is_waiting:
        raise Overtaken(row)
    return locked, row
