"""Who is responsible for an answer, derived when asked."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from contributions.models import Contribution
from organisation.enums import Role
from organisation.models import Person, RoleAssignment


@dataclass(frozen=True)
class Rota:
    """The coordinators' assignments in force, read once, from which responsibility is derived when asked.

    So an absence or a deactivated account never strands an item. `away` are people taken to be away, whatever they have said.
    """

    assignments: tuple[RoleAssignment, ...]
    today: datetime.date
    away: frozenset[int] = frozenset()

    @classmethod
    def read(cls, today: datetime.date | None = None, away: frozenset[int] = frozenset()) -> Rota:
        rows = RoleAssignment.objects.in_force().filter(role=Role.COORDINATOR)
        return cls(tuple(rows.select_related("person", "deputy", "department").order_by("pk")), today or timezone.localdate(), away)

    def responsible(self, contribution: Contribution) -> list[Person]:
        """The assigned coordinator; otherwise the deputy; otherwise the organisation's coordinators; otherwise the group's.

        A deputy who has been assigned stands in the holder's place while the holder is not there.
        """
        owner = contribution.owner_organisation_id
        own = [a for a in self.assignments if a.organisation_id == owner or _within(a, contribution)]
        group = [a for a in self.assignments if a.organisation_id is None and a.department_id is None]
        assigned = [a for a in (*own, *group) if a.person_id == contribution.assigned_to_id]
        standing_in = [a for a in (*own, *group) if a.deputy_id == contribution.assigned_to_id and not self._present([a.person])]
        chain = (
            self._present((*(a.person for a in assigned), *(a.deputy for a in standing_in))),
            self._present(a.deputy for a in assigned),
            self._present(a.person for a in own),
            self._present(a.deputy for a in own),
            self._present(a.person for a in group),
            self._present(a.deputy for a in group),
            _unique(a.person for a in (*own, *group) if a.person.is_active),
        )
        return next((people for people in chain if people), [])

    def escalated(self, contribution: Contribution) -> list[Person]:
        """Who is told when the promise has been broken: the responsible, and everybody else who could answer."""
        owner = contribution.owner_organisation_id
        own = self._present(a.person for a in self.assignments if a.organisation_id == owner or _within(a, contribution))
        return _unique((*self.responsible(contribution), *own))

    def _present(self, people: Iterable[Person | None]) -> list[Person]:
        return _unique(p for p in people if p is not None and p.is_active and p.pk not in self.away and not p.is_away_on(self.today))


def _within(assignment: RoleAssignment, contribution: Contribution) -> bool:
    """An assignment over the department counts while its own organisation answers."""
    at_home = contribution.owner_organisation_id == contribution.home_organisation_id
    return at_home and assignment.department_id in contribution.department.ancestor_ids


def _unique(people: Iterable[Person]) -> list[Person]:
    return list({person.pk: person for person in people}.values())
