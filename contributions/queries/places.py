"""Organisations and their departments, for choosing among them."""

from __future__ import annotations

from dataclasses import dataclass

from organisation.models import Department, Organisation


@dataclass(frozen=True)
class Place:
    """An organisation with its open departments in the order of the tree; `depth` 0 is a root."""

    organisation: Organisation
    departments: list[Node]


@dataclass(frozen=True)
class Node:
    department: Department
    depth: int


def places() -> list[Place]:
    """Every organisation that has open departments, with one query."""
    departments = list(Department.objects.open().select_related("organisation"))
    keys = {department.pk: (department.sort_key, department.pk) for department in departments}
    found: dict[int, Place] = {}
    for department in sorted(departments, key=lambda one: (one.organisation.mark, [keys.get(pk, ("", pk)) for pk in one.ancestor_ids])):
        place = found.setdefault(department.organisation_id, Place(department.organisation, []))
        place.departments.append(Node(department, len(department.ancestor_ids) - 1))
    return list(found.values())
