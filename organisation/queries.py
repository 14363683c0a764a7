"""Reading who works where: trees, choices, people found by words, and what an administrator administers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Count, Prefetch, Q, QuerySet

from lib.sort_keys import swedish_sort_key
from organisation.enums import Role
from organisation.models import AuditEntry, Department, Organisation, Person, PersonQuerySet, RoleAssignment

LONGEST_SEARCH = 200


@dataclass
class Node:
    """A department in its tree. `people` counts those who work there or beneath; `depth` 0 is a root."""

    department: Department
    depth: int
    people: int = 0
    children: list[Node] = field(default_factory=list)


def trees(departments: Iterable[Department], people: Counter[int] | None = None) -> list[Node]:
    """The roots, in Swedish order on every level; a department whose parent is not among them is a root."""
    nodes = {department.pk: Node(department, 0, people[department.pk] if people else 0) for department in departments}
    roots: list[Node] = []
    for node in sorted(nodes.values(), key=lambda node: (node.department.sort_key, node.department.pk)):
        above = nodes.get(node.department.parent_id or 0)
        (above.children if above else roots).append(node)
    for root in roots:
        _settle(root, 0)
    return roots


def _settle(node: Node, depth: int) -> None:
    """Depths downwards, counts upwards."""
    node.depth = depth
    for child in node.children:
        _settle(child, depth + 1)
        node.people += child.people


def in_order(nodes: Iterable[Node]) -> Iterable[Node]:
    """Every node, each before its children."""
    for node in nodes:
        yield node
        yield from in_order(node.children)


def people_per_department(organisation: Organisation | None = None) -> Counter[int]:
    """How many active people work in each department itself."""
    people = Person.objects.active().filter(Q(department__organisation=organisation) if organisation else Q())
    return Counter(dict(people.order_by().values_list("department_id").annotate(Count("pk"))))


def department_choices(departments: Iterable[Department]) -> list[tuple[str, list[tuple[int, str]]]]:
    """For a select: grouped by organisation, indented by depth. Departments come with their organisation."""
    by_mark = sorted(departments, key=lambda department: department.organisation.mark)
    return [
        (organisation.short_name, [(node.department.pk, "\u2003" * node.depth + node.department.name) for node in in_order(trees(group))])
        for organisation, group in groupby(by_mark, key=lambda department: department.organisation)
    ]


def ancestors(department: Department) -> list[Department]:
    """From the root down to the department above this one."""
    above = department.ancestor_ids[:-1]
    if not above:
        return []
    found = Department.objects.in_bulk(above)
    return [found[pk] for pk in above]


def found_by(text: str) -> Q:
    """People for whom every word stands in the name, the title, the department or the organisation, accents or not."""
    condition = Q()
    for word in text[:LONGEST_SEARCH].replace("\0", "").split():
        key = swedish_sort_key(word)
        found = Q(job_title__icontains=word)
        if key:
            found |= Q(sort_key__contains=key) | Q(department__sort_key__contains=key) | Q(department__organisation__sort_key__contains=key)
        condition &= found
    return condition


def administered_organisations(person: Person) -> list[Organisation]:
    """Those in which the person administers anything at all, in the order of their marks."""
    coverage = person.coverage(Role.ADMIN)
    if coverage.group:
        return list(Organisation.objects.all())
    within = Q(pk__in=coverage.organisations) | Q(pk__in=Department.objects.filter(pk__in=coverage.departments).values("organisation_id"))
    return list(Organisation.objects.filter(within))


def administered_departments(person: Person) -> list[Department]:
    """Open ones, with their organisation."""
    return list(Department.objects.open().filter(_administered(person, "")).select_related("organisation"))


def administered_people(person: Person) -> PersonQuerySet:
    """With their place, and the roles they hold now as `roles_now`."""
    roles = RoleAssignment.objects.in_force().select_related("department", "organisation")
    people = Person.objects.with_place().filter(_administered(person, "department__"))
    return people.prefetch_related(Prefetch("roles", queryset=roles, to_attr="roles_now"))


def _administered(person: Person, prefix: str) -> Q:
    """`covers_department` as a condition; the prefix leads to the department."""
    coverage = person.coverage(Role.ADMIN)
    if coverage.group:
        return Q()
    departments = {f"{prefix}pk__in": coverage.departments}
    organisations = {f"{prefix}organisation_id__in": coverage.organisations}
    return Q(**departments) | Q(**organisations)


def audit_log(person: Person) -> QuerySet[AuditEntry]:
    """What happened in the organisations the person administers, and what they did themselves."""
    coverage = person.coverage(Role.ADMIN)
    if coverage.group:
        return AuditEntry.objects.all()
    return AuditEntry.objects.filter(Q(organisation_id__in=coverage.organisations) | Q(by=person))
