"""What came of it, who has taken it up, and who else has the same problem."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from challenges.models import Adoption, Result
from contributions.enums import SupportKind
from contributions.models import Contribution, Support
from organisation.enums import Role
from organisation.models import Department, Organisation, Person


@dataclass(frozen=True)
class Spread:
    adoptions: list[Adoption]

    @property
    def organisations(self) -> list[Organisation]:
        return list({one.department.organisation_id: one.department.organisation for one in self.adoptions}.values())


def result_of(contribution: Contribution) -> Result | None:
    """One query."""
    return Result.objects.filter(contribution=contribution).select_related("written_by").first()


def spread_of(contribution: Contribution) -> Spread:
    """One query."""
    return Spread(list(Adoption.objects.filter(contribution=contribution).select_related("department__organisation", "told_by")))


def needing(contribution: Contribution) -> list[Department]:
    """Departments where somebody said they have the same need and that have not taken it up. One query."""
    need = Support.objects.filter(contribution=contribution, kind=SupportKind.NEED)
    there = Q(pk__in=need.filter(department__isnull=False).values("department_id"))
    there |= Q(pk__in=need.filter(department__isnull=True).values("person__department_id"))
    taken = Adoption.objects.filter(contribution=contribution).values("department_id")
    return list(
        Department.objects.filter(there).exclude(pk__in=taken).select_related("organisation").order_by("organisation__mark", "sort_key")
    )


def departments_spoken_for(person: Person) -> Q:
    """`speaks_for` as a condition on departments."""
    coverage = person.coverage(Role.COORDINATOR)
    if coverage.group:
        return Q()
    own = Q(pk=person.department_id)
    return own | Q(pk__in=coverage.departments) | Q(organisation_id__in=coverage.organisations)
