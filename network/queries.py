"""Who is there, what they have brought that the reader may see, and whom to turn to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from contributions.models import Contribution, ContributionQuerySet
from organisation.enums import Role
from organisation.models import Department, Organisation, Person, PersonQuerySet, RoleAssignment
from organisation.queries import Node, found_by, people_per_department, trees

SHOWN = 10


@dataclass(frozen=True)
class Branch:
    """An organisation with its open departments, and how many work there."""

    organisation: Organisation
    roots: list[Node]

    @property
    def people(self) -> int:
        return sum(node.people for node in self.roots)


def directory(text: str, organisation: Organisation | None, department: Department | None) -> PersonQuerySet:
    """Active people, with their place, in Swedish order of family names."""
    people = Person.objects.active().with_place().filter(found_by(text))
    if organisation:
        people = people.filter(department__organisation=organisation)
    if department:
        people = people.filter(department__path__startswith=department.path)
    return people.order_by("sort_key", "id")


def branches() -> list[Branch]:
    """Every organisation, with two queries and one for the counts."""
    departments: dict[int, list[Department]] = {}
    for department in Department.objects.open():
        departments.setdefault(department.organisation_id, []).append(department)
    people = people_per_department()
    return [Branch(each, trees(departments.get(each.pk, []), people)) for each in Organisation.objects.all()]


def brought_by(person: Person, *, viewer: Person) -> ContributionQuerySet:
    """What the person has sent that the viewer may see, latest first."""
    return _shown(Contribution.objects.visible_to(viewer).filter(author=person))


def brought_from(department: Department, *, viewer: Person) -> ContributionQuerySet:
    """What has been sent from the department or beneath that the viewer may see, latest first."""
    return _shown(Contribution.objects.visible_to(viewer).filter(department__path__startswith=department.path))


def _shown(contributions: ContributionQuerySet) -> ContributionQuerySet:
    return contributions.sent().with_place().order_by("-last_activity_at", "-id")


def roles_of(person: Person) -> list[RoleAssignment]:
    return list(RoleAssignment.objects.in_force().filter(person=person).select_related("department", "organisation"))


def ambassadors_of(department: Department) -> list[RoleAssignment]:
    """Those who cover the department now, the nearest first."""
    covering = RoleAssignment.objects.in_force().covering(department=department, organisation_id=department.organisation_id)
    held = covering.filter(role=Role.AMBASSADOR, person__is_active=True)
    found = held.select_related("person__department__organisation", "department", "organisation")
    return sorted(found, key=lambda each: (-len(each.department.path) if each.department else 0, each.person.sort_key))


def surroundings(department: Department) -> tuple[list[Department], Node]:
    """The departments above from the root down, and the department with what lies beneath it and how many work in each."""
    here = Q(pk__in=department.ancestor_ids) | Q(path__startswith=department.path, closed_at__isnull=True)
    found = {each.pk: each for each in Department.objects.filter(here)}
    above = [found.pop(pk) for pk in department.ancestor_ids[:-1]]
    roots = trees(found.values(), people_per_department(department.organisation))
    return above, next(node for node in roots if node.department == department)
