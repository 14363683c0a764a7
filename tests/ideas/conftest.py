"""Somebody with a department, and their browser."""

from __future__ import annotations

import pytest
from django.test import Client

from organisation.models import Person
from tests.factories import DepartmentFactory, OrganisationFactory, PersonFactory
from tests.ideas.screens import as_person


@pytest.fixture
def person() -> Person:
    home = DepartmentFactory.create(
        name="Hemtjänst", organisation=OrganisationFactory.create(short_name="Kiruna kommun", name="Kiruna kommun")
    )
    return PersonFactory.create(given_name="Sanna", family_name="Niemi", department=home)


@pytest.fixture
def browser(person: Person) -> Client:
    return as_person(person)
