"""Seeded people and their roles, spread over the departments."""

from __future__ import annotations

from random import Random

from django.utils import timezone

from kiruna_innovation.seeding import words
from kiruna_innovation.seeding.copying import copy_in, next_pk
from lib.sort_keys import swedish_sort_key
from organisation.enums import Role
from organisation.models import Department, Organisation, Person, RoleAssignment


def seed_people(number: int, random: Random) -> list[Person]:
    """People with unusable passwords, each in a department; returned with department and organisation at hand."""
    departments = list(Department.objects.open().select_related("organisation"))
    first, now = next_pk(Person), timezone.now()
    people = [_person(first + n, random.choice(departments), random) for n in range(number)]
    for person in people:
        person.joined_at = now
    copy_in(Person, people)
    _seed_roles(people, random)
    return people


def _person(pk: int, department: Department, random: Random) -> Person:
    given, family = random.choice(words.GIVEN), random.choice(words.FAMILY)
    return Person(
        pk=pk,
        email=f"person{pk}@seed.example",
        given_name=given,
        family_name=family,
        job_title=random.choice(words.TITLES),
        department=department,
        sort_key=swedish_sort_key(f"{family} {given}"),
        password=f"!{pk}",
        language="sv",
    )


def _seed_roles(people: list[Person], random: Random) -> None:
    """Two coordinators an organisation, one for the group, one ambassador for about forty people."""
    pk, roles = next_pk(RoleAssignment), []
    today = timezone.localdate()
    for organisation in Organisation.objects.all():
        own = [person for person in people if person.department.organisation_id == organisation.pk]
        chosen = random.sample(own, min(2, len(own)))
        roles += [RoleAssignment(person=person, role=Role.COORDINATOR, organisation=organisation, start_on=today) for person in chosen]
    chosen = random.sample(people, min(max(1, len(people) // 40), len(people)))
    roles += [RoleAssignment(person=person, role=Role.AMBASSADOR, department=person.department, start_on=today) for person in chosen]
    roles.append(RoleAssignment(person=random.choice(people), role=Role.COORDINATOR, start_on=today))
    for n, role in enumerate(roles):
        role.pk = pk + n
    copy_in(RoleAssignment, roles)
