"""Administrators of the whole group and of one organisation."""

from __future__ import annotations

import pytest
from django.test import Client

from organisation.enums import Role
from organisation.models import Person
from tests.factories import PersonFactory, RoleAssignmentFactory
from tests.organisation.pages import signed_in


@pytest.fixture
def group_admin() -> Person:
    return RoleAssignmentFactory.create(role=Role.ADMIN, person__given_name="Petra", person__family_name="Kauppinen").person


@pytest.fixture
def client(group_admin: Person) -> Client:
    return signed_in(group_admin)


@pytest.fixture
def local_admin() -> Person:
    """Administers the organisation they work in, and nothing else."""
    person = PersonFactory.create(given_name="Joakim")
    RoleAssignmentFactory.create(role=Role.ADMIN, person=person, organisation=person.organisation)
    return person
