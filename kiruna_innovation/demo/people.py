"""Who works in the demo's group, with which role."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password

from kiruna_innovation.demo import texts
from kiruna_innovation.demo.accounts import ADDRESSES, PASSWORD
from kiruna_innovation.demo.calendar import Calendar
from network.actions import set_competences
from organisation.actions.people import enrol, set_away
from organisation.actions.roles import give_role
from organisation.enums import Language, Role
from organisation.imports import import_organisations
from organisation.models import Department, Organisation, Person


def settle(calendar: Calendar) -> dict[str, Person]:
    """The group, its people, roles and absences; people by their key."""
    report = import_organisations(by=None, content=texts.GROUP.read_bytes())
    assert not report.problems, report.problems
    people = _enrol(calendar)
    for role in sorted(texts.roles(), key=lambda role: role.role != Role.ADMIN):
        _give(role, people, calendar)
    for key, names in texts.competences().items():
        set_competences(by=people[key], names=names)
    for away in texts.away():
        days = {"away_from": calendar.day(away.start), "away_until": calendar.day(away.end)}
        set_away(by=people[away.person], person=people[away.person], **days)
    return people


def _enrol(calendar: Calendar) -> dict[str, Person]:
    departments = {department.code: department for department in Department.objects.select_related("organisation")}
    joined_at = calendar.moment("600 08.00")
    people = {
        row.key: Person(
            email=row.email,
            given_name=row.given_name,
            family_name=row.family_name,
            job_title=row.title,
            department=departments[row.department],
            language=Language.SWEDISH,
            joined_at=joined_at,
        )
        for row in texts.people()
    }
    enrol(changed=[], new=list(people.values()))
    password = make_password(PASSWORD)
    Person.objects.filter(email__in=ADDRESSES).update(password=password)
    return people


def _give(role: texts.RoleText, people: dict[str, Person], calendar: Calendar) -> None:
    give_role(
        by=None,
        person=people[role.person],
        role=role.role,
        department=Department.objects.filter(code=role.scope).first(),
        organisation=Organisation.objects.filter(name=role.scope).first(),
        start_on=calendar.day(role.start),
        end_on=calendar.day(role.end) if role.end is not None else None,
        deputy=people[role.deputy] if role.deputy else None,
    )
