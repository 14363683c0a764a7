"""Giving and ending roles, deputies, and that somebody always administers the whole group."""

from __future__ import annotations

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from organisation.actions import close_department, deactivate_person, end_role, give_role, set_deputy
from organisation.enums import AuditVerb, Role
from organisation.models import AuditEntry, Person, RoleAssignment
from tests.factories import DepartmentFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
LAST = "Det här är den sista administratören för hela kommunkoncernen. Ge någon annan rollen först."


@pytest.fixture
def admin() -> Person:
    return PersonFactory.create(given_name="Petra", family_name="Kauppinen")


@pytest.fixture
def sara() -> Person:
    return PersonFactory.create(given_name="Sara", family_name="Niemi", department__name="Hemtjänst")


def logged() -> list[tuple[str, str, object]]:
    return [(entry.verb, entry.subject, entry.details) for entry in AuditEntry.objects.order_by("id")]


def test_a_role_for_a_department_an_organisation_and_the_group(admin: Person, sara: Person) -> None:
    today = timezone.localdate()
    deputy = PersonFactory.create(given_name="Ove", family_name="Mella")
    give_role(by=admin, person=sara, role=Role.AMBASSADOR, department=sara.department, end_on=today + DAY)
    give_role(by=admin, person=sara, role=Role.COORDINATOR, organisation=sara.department.organisation, deputy=deputy)
    give_role(by=admin, person=sara, role=Role.COORDINATOR, start_on=today + DAY)
    organisation = sara.department.organisation.name
    assert logged() == [
        (
            AuditVerb.ROLE_GIVEN,
            "Sara Niemi",
            {"role": "ambassador", "scope": "Hemtjänst", "start_on": str(today), "end_on": str(today + DAY)},
        ),
        (
            AuditVerb.ROLE_GIVEN,
            "Sara Niemi",
            {"role": "coordinator", "scope": organisation, "start_on": str(today), "deputy": "Ove Mella"},
        ),
        (AuditVerb.ROLE_GIVEN, "Sara Niemi", {"role": "coordinator", "scope": "", "start_on": str(today + DAY)}),
    ]
    assert RoleAssignment.objects.in_force().filter(person=sara).count() == 2


def test_what_is_refused(admin: Person, sara: Person) -> None:
    today = timezone.localdate()
    give_role(by=admin, person=sara, role=Role.COORDINATOR, start_on=today, end_on=today + 9 * DAY)
    closed = DepartmentFactory.create()
    close_department(by=admin, department=closed)
    gone = PersonFactory.create(is_active=False, deactivated_at=timezone.now())
    refused = [
        ({"person": sara, "role": Role.COORDINATOR, "start_on": today + 9 * DAY}, ["Personen har redan rollen där under den tiden."]),
        ({"person": sara, "role": Role.COORDINATOR, "end_on": today}, ["Personen har redan rollen där under den tiden."]),
        ({"person": sara, "role": Role.ADMIN, "end_on": today - DAY}, {"end_on": ["Sista dagen ligger före den första."]}),
        ({"person": sara, "role": Role.ADMIN, "deputy": sara}, {"deputy": ["Välj någon annan än den som har rollen."]}),
        ({"person": sara, "role": Role.ADMIN, "deputy": gone}, {"deputy": ["Det kontot är stängt. Välj någon annan."]}),
        ({"person": gone, "role": Role.ADMIN}, ["Kontot är stängt. Öppna det först."]),
        (
            {"person": sara, "role": Role.AMBASSADOR, "department": closed},
            {"department": ["Enheten är avslutad. Välj en som är öppen."]},
        ),
    ]
    said = []
    for arguments, _sentence in refused:
        with pytest.raises(ValidationError) as refusal:
            give_role(by=admin, **arguments)  # type: ignore[arg-type]
        said.append(refusal.value.message_dict if hasattr(refusal.value, "error_dict") else refusal.value.messages)
    assert said == [sentence for _arguments, sentence in refused]
    give_role(by=admin, person=sara, role=Role.COORDINATOR, start_on=today + 10 * DAY)
    assert RoleAssignment.objects.filter(person=sara).count() == 2


class TestEnding:
    def test_with_a_last_day(self, admin: Person, sara: Person) -> None:
        today = timezone.localdate()
        held = RoleAssignmentFactory.create(person=sara, start_on=today - 9 * DAY)
        end_role(by=admin, assignment=held, end_on=today + DAY)
        assert RoleAssignment.objects.get(pk=held.pk).end_on == today + DAY
        assert logged() == [(AuditVerb.ROLE_ENDED, "Sara Niemi", {"role": "coordinator", "scope": "", "end_on": str(today + DAY)})]

    def test_at_once(self, admin: Person, sara: Person) -> None:
        held = RoleAssignmentFactory.create(person=sara, start_on=timezone.localdate() - 9 * DAY)
        end_role(by=admin, assignment=held)
        assert not Person.objects.get(pk=sara.pk).coverage(Role.COORDINATOR)
        assert RoleAssignment.objects.get(pk=held.pk).end_on == timezone.localdate() - DAY

    def test_one_that_began_today_is_as_never_given(self, admin: Person, sara: Person) -> None:
        end_role(by=admin, assignment=RoleAssignmentFactory.create(person=sara))
        assert not RoleAssignment.objects.exists()
        assert logged() == [(AuditVerb.ROLE_ENDED, "Sara Niemi", {"role": "coordinator", "scope": ""})]

    def test_not_before_it_began(self, admin: Person, sara: Person) -> None:
        held = RoleAssignmentFactory.create(person=sara)
        with pytest.raises(ValidationError) as refusal:
            end_role(by=admin, assignment=held, end_on=held.start_on - DAY)
        assert refusal.value.message_dict == {"end_on": ["Sista dagen ligger före den första."]}


class TestTheLastGroupAdmin:
    def test_keeps_the_role(self, admin: Person) -> None:
        last = RoleAssignmentFactory.create(person=admin, role=Role.ADMIN)
        RoleAssignmentFactory.create(role=Role.ADMIN, organisation=admin.department.organisation)
        RoleAssignmentFactory.create(role=Role.ADMIN, end_on=timezone.localdate() + DAY)
        RoleAssignmentFactory.create(role=Role.ADMIN, start_on=timezone.localdate() + DAY)
        RoleAssignmentFactory.create(role=Role.ADMIN, person__is_active=False, person__deactivated_at=timezone.now())
        for end_on in (None, timezone.localdate() + DAY):
            with pytest.raises(ValidationError) as refusal:
                end_role(by=admin, assignment=last, end_on=end_on)
            assert refusal.value.messages == [LAST]

    def test_may_go_when_there_is_another(self, admin: Person) -> None:
        first = RoleAssignmentFactory.create(person=admin, role=Role.ADMIN)
        second = RoleAssignmentFactory.create(role=Role.ADMIN)
        end_role(by=admin, assignment=first)
        with pytest.raises(ValidationError):
            end_role(by=admin, assignment=second)
        with pytest.raises(ValidationError):
            deactivate_person(by=admin, person=second.person)
        assert Person.objects.get(pk=second.person_id).coverage(Role.ADMIN).group

    def test_other_roles_are_nobodys_last(self, admin: Person) -> None:
        RoleAssignmentFactory.create(person=admin, role=Role.ADMIN)
        end_role(by=admin, assignment=RoleAssignmentFactory.create(role=Role.COORDINATOR))
        assert [role.role for role in RoleAssignment.objects.all()] == [Role.ADMIN]


def test_a_deputy_stands_in_while_the_holder_is_gone(admin: Person, sara: Person) -> None:
    held = RoleAssignmentFactory.create(person=sara)
    deputy = PersonFactory.create(given_name="Ove", family_name="Mella")
    set_deputy(by=admin, assignment=held, deputy=deputy)
    assert not Person.objects.get(pk=deputy.pk).coverage(Role.COORDINATOR)
    deactivate_person(by=admin, person=sara)
    assert Person.objects.get(pk=deputy.pk).coverage(Role.COORDINATOR).group
    set_deputy(by=admin, assignment=held, deputy=None)
    assert not Person.objects.get(pk=deputy.pk).coverage(Role.COORDINATOR)
    assert [details for verb, _subject, details in logged() if verb == AuditVerb.ROLE_DEPUTY] == [
        {"role": "coordinator", "scope": "", "deputy": ["", "Ove Mella"]},
        {"role": "coordinator", "scope": "", "deputy": ["Ove Mella", ""]},
    ]
