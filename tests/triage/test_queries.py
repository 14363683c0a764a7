"""The queue, and who is responsible when somebody is away, gone or nobody."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from contributions.enums import Status
from contributions.models import Contribution
from organisation.enums import Role
from organisation.models import Person, RoleAssignment
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory
from triage.enums import Scope, Tab
from triage.queries import Rota, Wish, counts, queue

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 23)


def coordinator(idea: Contribution, deputy: Person | None = None) -> RoleAssignment:
    """Somebody who coordinates the organisation that owns it."""
    return RoleAssignmentFactory.create(
        person=PersonFactory.create(department=idea.department), organisation=idea.owner_organisation, deputy=deputy
    )


def assign(idea: Contribution, person: Person) -> Contribution:
    Contribution.objects.filter(pk=idea.pk).update(assigned_to=person)
    return Contribution.objects.select_related("department").get(pk=idea.pk)


def away(person: Person) -> None:
    Person.objects.filter(pk=person.pk).update(away_from=TODAY, away_until=TODAY + datetime.timedelta(days=3))


def test_the_assigned_coordinator_is_responsible() -> None:
    idea = IdeaFactory.create()
    first, second = coordinator(idea), coordinator(idea)
    idea = assign(idea, second.person)
    assert Rota.read(TODAY).responsible(idea) == [second.person]
    assert first.person != second.person


def test_the_deputy_stands_in_while_the_assigned_is_away() -> None:
    idea = IdeaFactory.create()
    deputy = PersonFactory.create()
    held = coordinator(idea, deputy)
    coordinator(idea)
    idea = assign(idea, held.person)
    away(held.person)
    assert Rota.read(TODAY).responsible(idea) == [deputy]


def test_a_deputy_who_has_been_assigned_is_responsible_while_the_holder_is_away() -> None:
    idea = IdeaFactory.create()
    deputy = PersonFactory.create()
    held = coordinator(idea, deputy)
    coordinator(idea)
    idea = assign(idea, deputy)
    away(held.person)
    assert Rota.read(TODAY).responsible(idea) == [deputy]


def test_without_a_deputy_the_organisations_others_are_responsible() -> None:
    idea = IdeaFactory.create()
    held, other = coordinator(idea), coordinator(idea)
    idea = assign(idea, held.person)
    Person.objects.filter(pk=held.person_id).update(is_active=False, deactivated_at=timezone.now())
    assert Rota.read(TODAY).responsible(idea) == [other.person]


def test_the_group_answers_when_the_organisation_has_nobody() -> None:
    idea = IdeaFactory.create()
    group = RoleAssignmentFactory.create()
    elsewhere = RoleAssignmentFactory.create(organisation=PersonFactory.create().department.organisation)
    assert Rota.read(TODAY).responsible(idea) == [group.person]
    assert elsewhere.person != group.person


def test_nothing_is_stranded_when_everybody_is_away() -> None:
    idea = IdeaFactory.create()
    held = coordinator(idea)
    away(held.person)
    assert Rota.read(TODAY).responsible(idea) == [held.person]


def test_a_coordinator_of_the_department_answers_only_while_its_own_organisation_owns_it() -> None:
    idea = IdeaFactory.create()
    held = RoleAssignmentFactory.create(department=idea.department)
    assert Rota.read(TODAY).responsible(idea) == [held.person]
    other = DepartmentFactory.create().organisation
    Contribution.objects.filter(pk=idea.pk).update(owner_organisation=other)
    assert Rota.read(TODAY).responsible(Contribution.objects.get(pk=idea.pk)) == []


def test_the_queue_is_sorted_by_promise_and_holds_what_waits() -> None:
    first = IdeaFactory.create(promised_on=TODAY)
    organisation, author = first.owner_organisation, first.author
    second = ChallengeFactory.create(author=author, promised_on=TODAY + datetime.timedelta(days=1))
    waiting = IdeaFactory.create(author=author, status=Status.NEEDS_AUTHOR, promise_paused_at=timezone.now())
    ongoing = IdeaFactory.create(author=author, status=Status.EXPLORING, answered_at=timezone.now())
    parked = IdeaFactory.create(author=author, status=Status.PARKED, answered_at=timezone.now())
    IdeaFactory.create(author=author, status=Status.DECLINED)
    IdeaFactory.create(author=author, status=Status.DRAFT)
    IdeaFactory.create()
    person = RoleAssignmentFactory.create(organisation=organisation, role=Role.COORDINATOR).person
    Contribution.objects.filter(pk=ongoing.pk).update(assigned_to=person)
    wishes = (Wish(), Wish(scope=Scope.MINE, tab=Tab.ONGOING), Wish(tab=Tab.WAITING), Wish(tab=Tab.PARKED), Wish(tab=Tab.ONGOING))
    assert [list(queue(person, wish).values_list("pk", flat=True)) for wish in wishes] == [
        [first.pk, second.pk],
        [ongoing.pk],
        [waiting.pk],
        [parked.pk],
        [ongoing.pk],
    ]
    seen = counts(person, TODAY)
    assert (seen.answer, seen.late, seen.soon, seen.waiting, seen.parked, seen.ongoing, seen.reports) == (2, 0, 2, 1, 1, 1, 0)
