"""What the database itself refuses."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from organisation.models import Department, Organisation, Person, RoleAssignment
from tests.factories import DepartmentFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db


def refused_by(name: str, write: Any) -> bool:
    """Whether the constraint of this name stops the write."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            write()
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    except IntegrityError as error:
        return name in str(error)
    return False


def update(row: Any, **values: Any) -> Any:
    return lambda: type(row)._base_manager.filter(pk=row.pk).update(**values)


def test_a_parent_stands_in_the_same_organisation() -> None:
    here, there = DepartmentFactory.create(), DepartmentFactory.create()
    assert refused_by("department_parent_in_same_organisation", update(here, parent=there))
    assert refused_by(
        "department_parent_in_same_organisation",
        update(DepartmentFactory.create(parent=here), organisation=there.organisation),
    )


def test_departments() -> None:
    department = DepartmentFactory.create(code="SOC", name="Socialförvaltningen")
    other = DepartmentFactory.create(organisation=department.organisation)
    assert refused_by("department_code_unique_in_organisation", update(other, code="soc"))
    assert refused_by("department_name_unique_among_open_siblings", update(other, name="SOCIALFÖRVALTNINGEN"))
    assert refused_by("department_not_its_own_parent", update(other, parent=other))
    assert refused_by("department_named", update(other, name=""))
    assert refused_by("department_path_of_ids", update(other, path="/x/"))


def test_the_same_name_is_free_beneath_another_and_once_closed() -> None:
    first = DepartmentFactory.create(name="Kök")
    above = DepartmentFactory.create(organisation=first.organisation)
    DepartmentFactory.create(parent=above, name="Kök")
    Department.objects.filter(pk=first.pk).update(closed_at="2026-01-01T00:00Z")
    DepartmentFactory.create(organisation=first.organisation, name="Kök")
    assert Department.objects.filter(name="Kök").count() == 3


def test_organisations() -> None:
    organisation = OrganisationFactory.create()
    other = OrganisationFactory.create()
    assert refused_by("organisation_organisation_mark", update(other, mark=organisation.mark))
    assert refused_by("organisation_kind_known", update(other, kind="club"))
    assert refused_by("organisation_answers_some_day", update(other, answer_within=0))
    assert refused_by("organisation_named", update(other, short_name=""))
    assert Organisation.objects.count() == 2


def test_people() -> None:
    PersonFactory.create(email="sara@example.test")
    other = PersonFactory.create()
    assert refused_by("person_email_unique", update(other, email="SARA@example.test"))
    assert refused_by("person_named", update(other, given_name=""))
    assert refused_by("person_language_known", update(other, language="fi"))
    assert refused_by("person_deactivated_has_time", update(other, is_active=False))
    day = datetime.date(2026, 6, 1)
    assert refused_by("person_away_is_a_span", update(other, away_from=day, away_until=day - datetime.timedelta(days=1)))
    assert refused_by("person_away_is_a_span", update(other, away_from=day))


def test_roles() -> None:
    held = RoleAssignmentFactory.create()
    department = held.person.department
    assert refused_by("role_known", update(held, role="king"))
    assert refused_by("role_for_one_scope", update(held, department=department, organisation=department.organisation))
    assert refused_by("role_ends_after_start", update(held, end_on=held.start_on - datetime.timedelta(days=1)))
    assert refused_by("role_deputy_is_another", update(held, deputy=held.person))
    assert refused_by("role_held_once", lambda: RoleAssignment.objects.create(person=held.person, role=held.role))


def test_a_sort_key_never_outgrows_its_column() -> None:
    person = PersonFactory.create(given_name="ﷺ" * 60, family_name="ﷺ" * 60)
    assert len(Person.objects.get_queryset().get(pk=person.pk).sort_key) == 255
