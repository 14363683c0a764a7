"""A small municipal group with one person in every role, seen from one department."""

from __future__ import annotations

import datetime
from typing import Any

from django.utils import timezone

from challenges.enums import WayKind
from challenges.models import Way
from contributions.enums import Audience, Kind, ParticipantRole, Status
from contributions.lifecycle import reindex_texts
from contributions.models import Contribution, Participant
from organisation.enums import Role
from organisation.models import Department, Organisation, Person
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory

DAY = datetime.timedelta(days=1)

ROLES = (
    "author",
    "same_department",
    "unit_beneath",
    "department_above",
    "other_department",
    "other_organisation",
    "participant",
    "lead",
    "named_ambassador",
    "other_ambassador",
    "department_coordinator",
    "other_department_coordinator",
    "organisation_coordinator",
    "other_organisation_coordinator",
    "group_coordinator",
    "ended_coordinator",
    "deputy_of_absent",
    "deputy_of_gone",
    "deputy_of_present",
    "admin",
    "inactive",
    "inactive_coordinator",
)


class World:
    """People by role. Contributions are the author's, in `home`, which lies beneath `above` in organisation `municipality`."""

    def __init__(self) -> None:
        self.municipality: Organisation = OrganisationFactory.create()
        self.company: Organisation = OrganisationFactory.create()
        self.above: Department = DepartmentFactory.create(organisation=self.municipality)
        self.home: Department = DepartmentFactory.create(parent=self.above)
        self.beneath: Department = DepartmentFactory.create(parent=self.home)
        self.beside: Department = DepartmentFactory.create(organisation=self.municipality)
        self.abroad: Department = DepartmentFactory.create(organisation=self.company)
        self.people = {
            "author": self.works(self.home),
            "same_department": self.works(self.home),
            "unit_beneath": self.works(self.beneath),
            "department_above": self.works(self.above),
            "other_department": self.works(self.beside),
            "other_organisation": self.works(self.abroad),
            "participant": self.works(self.abroad),
            "lead": self.works(self.abroad),
            "named_ambassador": self.holds(Role.AMBASSADOR, department=self.above),
            "other_ambassador": self.holds(Role.AMBASSADOR, department=self.home),
            "department_coordinator": self.holds(Role.COORDINATOR, department=self.above),
            "other_department_coordinator": self.holds(Role.COORDINATOR, department=self.beside),
            "organisation_coordinator": self.holds(Role.COORDINATOR, organisation=self.municipality),
            "other_organisation_coordinator": self.holds(Role.COORDINATOR, organisation=self.company),
            "group_coordinator": self.holds(Role.COORDINATOR),
            "ended_coordinator": self.holds(Role.COORDINATOR, start_on=self.today - 9 * DAY, end_on=self.today - DAY),
            "deputy_of_absent": self.deputy(away_from=self.today - DAY, away_until=self.today),
            "deputy_of_gone": self.deputy(is_active=False, deactivated_at=timezone.now()),
            "deputy_of_present": self.deputy(away_from=self.today + DAY, away_until=self.today + 2 * DAY),
            "admin": self.holds(Role.ADMIN),
            "inactive": self.works(self.home, is_active=False, deactivated_at=timezone.now()),
            "inactive_coordinator": self.holds(Role.COORDINATOR, person__is_active=False, person__deactivated_at=timezone.now()),
        }
        assert tuple(self.people) == ROLES

    @property
    def today(self) -> datetime.date:
        return timezone.localdate()

    def works(self, department: Department, **more: Any) -> Person:
        return PersonFactory.create(department=department, **more)

    def holds(self, role: Role, **more: Any) -> Person:
        """Somebody who works abroad, so that only the role brings them near."""
        return RoleAssignmentFactory.create(role=role, person__department=self.abroad, **more).person

    def deputy(self, **holder: Any) -> Person:
        deputy = self.works(self.abroad)
        RoleAssignmentFactory.create(person=self.works(self.abroad, **holder), organisation=self.municipality, deputy=deputy)
        return deputy

    def person(self, role: str) -> Person:
        """Read anew, as every request does."""
        return Person.objects.with_place().get(pk=self.people[role].pk)

    def contribution(self, kind: Kind = Kind.IDEA, status: Status | None = None, **more: Any) -> Contribution:
        """The author's, with a participant and a lead."""
        factory = IdeaFactory if kind == Kind.IDEA else ChallengeFactory
        if status is not None:
            more["status"] = status
        if more.get("audience") == Audience.AMBASSADOR:
            more["ambassador"] = self.people["named_ambassador"]
        if status == Status.NEEDS_AUTHOR:
            more.setdefault("promise_paused_at", timezone.now())
        row = factory.create(author=self.people["author"], **more)
        if status == Status.MERGED:
            row.merged_into = Contribution.objects.get(pk=IdeaFactory.create(author=self.people["author"]).pk)
            row.save(update_fields=["merged_into"])
        Participant.objects.create(contribution_id=row.pk, person=self.people["participant"], role=ParticipantRole.READER)
        Participant.objects.create(contribution_id=row.pk, person=self.people["lead"], role=ParticipantRole.LEAD)
        contribution = Contribution.objects.with_place().get(pk=row.pk)
        reindex_texts(contribution)
        return contribution

    def footing(self, about: Contribution) -> None:
        """What lets the test of a challenge begin."""
        days = {"yes_on": self.today, "stops_on": self.today + 30 * DAY}
        Way.objects.create(contribution=about, kind=WayKind.SMALL, manager="Enhetschefen", chosen_by=self.people["lead"], **days)
