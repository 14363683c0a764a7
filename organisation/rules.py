"""Who may do what with organisations, departments and people."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

import rules
from django.db.models import Q

from organisation.enums import Role

if TYPE_CHECKING:
    from organisation.models import Department, Organisation, Person, RoleAssignment


@dataclass(frozen=True)
class Coverage:
    """Where a person holds a role: department ids (each with all beneath it), organisation ids, or the whole group."""

    departments: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()
    group: bool = False

    def __bool__(self) -> bool:
        return self.group or bool(self.departments) or bool(self.organisations)

    def covers_organisation(self, organisation_id: int) -> bool:
        return self.group or organisation_id in self.organisations

    def covers_department(self, department: Department) -> bool:
        return self.covers_organisation(department.organisation_id) or department.pk in self.departments


def role_in_force(today: datetime.date) -> Q:
    """Role assignments that count today: begun, not ended, held by somebody who is here."""
    return Q(start_on__lte=today) & (Q(end_on__isnull=True) | Q(end_on__gte=today))


def is_away(today: datetime.date, prefix: str = "person__") -> Q:
    """People who have said that they are away today."""
    return Q(**{f"{prefix}away_from__lte": today, f"{prefix}away_until__gte": today})


@rules.predicate
def is_admin(person: Person) -> bool:
    return bool(person.coverage(Role.ADMIN))


@rules.predicate
def is_coordinator(person: Person) -> bool:
    return bool(person.coverage(Role.COORDINATOR))


@rules.predicate
def administers_organisation(person: Person, organisation: Organisation | None) -> bool:
    return organisation is not None and person.coverage(Role.ADMIN).covers_organisation(organisation.pk)


@rules.predicate
def administers_department(person: Person, department: Department | None) -> bool:
    return department is not None and person.coverage(Role.ADMIN).covers_department(department)


@rules.predicate
def administers_person(person: Person, other: Person | None) -> bool:
    return other is not None and person.coverage(Role.ADMIN).covers_department(other.department)


@rules.predicate
def administers_group(person: Person) -> bool:
    return person.coverage(Role.ADMIN).group


@rules.predicate
def administers_role(person: Person, assignment: RoleAssignment | None) -> bool:
    """Whoever administers all that the role is held for."""
    if assignment is None:
        return False
    coverage = person.coverage(Role.ADMIN)
    if assignment.department:
        return coverage.covers_department(assignment.department)
    return coverage.covers_organisation(assignment.organisation_id) if assignment.organisation_id else coverage.group


@rules.predicate
def administers_account(person: Person, other: Person | None) -> bool:
    """Changing the mail address: whoever holds the address holds the roles, so all of them must be administered too."""
    return other is not None and administers_person(person, other) and all(administers_role(person, role) for role in other.roles_to_come())


rules.add_perm("organisation.administer", is_admin)
rules.add_perm("organisation.administer_group", administers_group)
rules.add_perm("organisation.administer_organisation", administers_organisation)
rules.add_perm("organisation.administer_department", administers_department)
rules.add_perm("organisation.administer_person", administers_person)
rules.add_perm("organisation.administer_role", administers_role)
rules.add_perm("organisation.administer_account", administers_account)
rules.add_perm("organisation.see_directory", rules.is_authenticated)
