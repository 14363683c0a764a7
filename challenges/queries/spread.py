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
    """Those who have told that they do it; `may_end` are the ids of those the reader may end."""

    every: list[Adoption]
    may_end: frozenset[int] = frozenset()

    @property
    def adoptions(self) -> list[Adoption]:
        return [one for one in self.every if one.ended_at is None]

    @property
    def ended(self) -> list[Adoption]:
        return [one for one in self.every if one.ended_at is not None]

    @property
    def organisations(self) -> list[Organisation]:
        return list({one.department.organisation_id: one.department.organisation for one in self.adoptions}.values())


def result_of(contribution: Contribution) -> Result | None:
    """One query."""
    return Result.objects.filter(contribution=contribution).select_related("written_by").first()


def spread_of(contribution: Contribution, person: Person | None = None) -> Spread:
    """One query, and none for what a person may end."""
    found = list(Adoption.objects.filter(contribution=contribution).select_related("department__organisation", "told_by"))
    for one in found:
        one.contribution = contribution
    may_end = [one.pk for one in found if person and one.ended_at is None and person.has_perm("challenges.end_adoption", one)]
    return Spread(found, frozenset(may_end))


def needing(contribution: Contribution) -> list[Department]:
    """Departments where somebody said they have the same need and that have not taken it up. One query."""
    need = Support.objects.filter(contribution=contribution, kind=SupportKind.NEED)
    there = Q(pk__in=need.filter(department__isnull=False).values("department_id"))
    there |= Q(pk__in=need.filter(department__isnull=True).values("person__department_id"))
    taken = Adoption.objects.filter(contribution=contribution, ended_at__isnull=True).values("department_id")
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
