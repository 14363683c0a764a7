"""Two administrators at the same moment: the check and the write of one come before those of the other."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from organisation.actions import close_department, deactivate_person, end_role, invite_person, move_department
from organisation.enums import Role
from organisation.models import Department, Person, RoleAssignment
from tests.factories import DepartmentFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """How each ended, in no order: "done" or "refused". Anything else fails the test."""
    start, ends = threading.Barrier(len(acts)), list[str]()

    def run(act: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            start.wait(timeout=20)
            act()
            ends.append("done")
        except ValidationError:
            ends.append("refused")
        except Exception as error:  # noqa: BLE001 - told to the test
            ends.append(repr(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return sorted(ends)


def test_two_moves_never_make_a_circle() -> None:
    one = DepartmentFactory.create()
    two = DepartmentFactory.create(organisation=one.organisation)
    ends = at_once(
        lambda: move_department(by=None, department=Department.objects.get(pk=one.pk), parent=two),
        lambda: move_department(by=None, department=Department.objects.get(pk=two.pk), parent=one),
    )
    assert ends == ["done", "refused"]
    assert Department.objects.filter(parent__isnull=True).count() == 1


def test_two_admins_never_end_each_other() -> None:
    roles = [RoleAssignmentFactory.create(role=Role.ADMIN) for _ in range(2)]
    ends = at_once(*(lambda role=role: end_role(by=None, assignment=role) for role in roles))
    assert ends == ["done", "refused"]
    assert RoleAssignment.objects.in_force().filter(role=Role.ADMIN).count() == 1


def test_nor_does_one_close_the_others_account() -> None:
    roles = [RoleAssignmentFactory.create(role=Role.ADMIN) for _ in range(2)]
    ends = at_once(*(lambda person=role.person: deactivate_person(by=None, person=person) for role in roles))
    assert ends == ["done", "refused"]
    assert Person.objects.active().count() == 1


def test_nobody_is_invited_into_a_department_that_is_closing() -> None:
    unit = DepartmentFactory.create()

    def invite() -> None:
        invite_person(by=None, email="x@example.test", given_name="X", family_name="Y", department=unit)

    ends = at_once(invite, lambda: close_department(by=None, department=Department.objects.get(pk=unit.pk)))
    assert ends == ["done", "refused"]
    assert not Person.objects.active().filter(department__closed_at__isnull=False).exists()


def test_one_address_one_account() -> None:
    department = PersonFactory.create().department

    def invite() -> None:
        invite_person(by=None, email="sara@example.test", given_name="Sara", family_name="Niemi", department=department)

    assert at_once(invite, invite) == ["done", "refused"]
    assert Person.objects.filter(email="sara@example.test").count() == 1
