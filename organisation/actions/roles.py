"""Who holds which role, where, and who stands in."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from organisation.actions.audit import as_text, log
from organisation.actions.departments import standing
from organisation.actions.locks import lock
from organisation.enums import AuditVerb, Role
from organisation.models import Department, Organisation, Person, RoleAssignment


@transaction.atomic
def give_role(
    *,
    by: Person | None,
    person: Person,
    role: str,
    department: Department | None = None,
    organisation: Organisation | None = None,
    start_on: datetime.date | None = None,
    end_on: datetime.date | None = None,
    deputy: Person | None = None,
) -> RoleAssignment:
    """For a department and all beneath it, for an organisation, or (neither) for the whole group; from today when no start is given."""
    start_on = start_on or timezone.localdate()
    if end_on and end_on < start_on:
        raise ValidationError({"end_on": _("The last day comes before the first.")})
    if not person.is_active:
        raise ValidationError(_("The account is closed. Open it first."))
    _refuse_deputy(deputy, holder=person)
    if department:
        standing(department)
    lock("roles", person.pk)
    _refuse_overlap(person=person, role=role, department=department, organisation=organisation, start_on=start_on, end_on=end_on)
    assignment = RoleAssignment.objects.create(
        person=person, role=role, department=department, organisation=organisation, start_on=start_on, end_on=end_on, deputy=deputy
    )
    facts = {"start_on": as_text(start_on), "end_on": as_text(end_on), "deputy": deputy.full_name if deputy else ""}
    _log(by=by, verb=AuditVerb.ROLE_GIVEN, assignment=assignment, **{name: fact for name, fact in facts.items() if fact})
    return assignment


@transaction.atomic
def end_role(*, by: Person | None, assignment: RoleAssignment, end_on: datetime.date | None = None) -> None:
    """The role counts through `end_on`. Without a day it ends at once; one that began today or later is then as never given."""
    today = timezone.localdate()
    if end_on and end_on < assignment.start_on:
        raise ValidationError({"end_on": _("The last day comes before the first.")})
    refuse_losing_last_admin(assignment=assignment)
    lock("roles", assignment.person_id)
    assignment.refresh_from_db()
    if end_on is None and assignment.start_on >= today:
        _log(by=by, verb=AuditVerb.ROLE_ENDED, assignment=assignment)
        assignment.delete()
        return
    assignment.end_on = end_on or today - datetime.timedelta(days=1)
    assignment.save(update_fields=["end_on"])
    _log(by=by, verb=AuditVerb.ROLE_ENDED, assignment=assignment, end_on=as_text(assignment.end_on))


@transaction.atomic
def set_deputy(*, by: Person | None, assignment: RoleAssignment, deputy: Person | None) -> None:
    """Stands in while the holder is away or their account is closed."""
    if assignment.deputy == deputy:
        return
    _refuse_deputy(deputy, holder=assignment.person)
    before, assignment.deputy = assignment.deputy, deputy
    assignment.save(update_fields=["deputy"])
    changes = {"deputy": [before.full_name if before else "", deputy.full_name if deputy else ""]}
    log(by=by, verb=AuditVerb.ROLE_DEPUTY, subject=assignment.person, details={**_role_facts(assignment), **changes})


@transaction.atomic
def choose_deputy(*, by: Person, assignment: RoleAssignment, deputy: Person | None) -> None:
    """The holder's own choice: among those who hold the same role, for whom it opens nothing new in kind. Others an administrator appoints."""
    if assignment.person_id != by.pk:
        raise PermissionDenied
    if deputy and deputy.pk not in (assignment.deputy_id, by.pk):
        held = RoleAssignment.objects.in_force().filter(person=deputy, role=assignment.role)
        if deputy.is_active and not held.exists():
            name = {"name": deputy.full_name, "role": assignment.get_role_display().lower()}
            raise ValidationError(
                {"deputy": _("%(name)s does not hold the role %(role)s. Choose somebody who does, or ask an administrator.") % name}
            )
    set_deputy(by=by, assignment=assignment, deputy=deputy)


def refuse_losing_last_admin(*, assignment: RoleAssignment | None = None, person: Person | None = None) -> None:
    """Refused when, without this assignment or this person, nobody would administer the whole group from today on without end.

    Holds the list of group admins until the transaction ends.
    """
    lock("group admins")
    admins = RoleAssignment.objects.in_force().filter(_FOR_THE_GROUP, role=Role.ADMIN, person__is_active=True, end_on__isnull=True)
    going = Q(pk=assignment.pk) if assignment else Q(person=person)
    if admins.filter(going).exists() and not admins.exclude(going).exists():
        sentence = _("This is the last administrator of the whole group. Give somebody else the role first.")
        raise ValidationError(sentence)


_FOR_THE_GROUP = Q(department__isnull=True, organisation__isnull=True)


def _refuse_deputy(deputy: Person | None, *, holder: Person) -> None:
    if deputy == holder:
        raise ValidationError({"deputy": _("Choose somebody other than the one who holds the role.")})
    if deputy and not deputy.is_active:
        raise ValidationError({"deputy": _("That account is closed. Choose somebody else.")})


def _refuse_overlap(
    *,
    person: Person,
    role: str,
    department: Department | None,
    organisation: Organisation | None,
    start_on: datetime.date,
    end_on: datetime.date | None,
) -> None:
    same = RoleAssignment.objects.filter(person=person, role=role, department=department, organisation=organisation)
    meets = Q(end_on__isnull=True) | Q(end_on__gte=start_on)
    if end_on:
        meets &= Q(start_on__lte=end_on)
    if same.filter(meets).exists():
        raise ValidationError(_("The person already holds this role there during that time."))


def _log(*, by: Person | None, verb: AuditVerb, assignment: RoleAssignment, **facts: str) -> None:
    log(by=by, verb=verb, subject=assignment.person, details={**_role_facts(assignment), **facts})


def _role_facts(assignment: RoleAssignment) -> dict[str, str]:
    scope = assignment.scope
    return {"role": assignment.role, "scope": scope.name if scope else ""}
