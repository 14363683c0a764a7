"""The page on which somebody says when they are away and who stands in: what is refused, who is told, who then answers."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from notifications.messages import render
from notifications.models import Notice
from organisation.actions import choose_deputy
from organisation.enums import Role
from organisation.models import Department, Person, RoleAssignment
from tests.contributions.test_talk import client_of
from tests.factories import DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def home() -> Department:
    return DepartmentFactory.create()


def coordinator(home: Department, **more: Any) -> RoleAssignment:
    return RoleAssignmentFactory.create(organisation=home.organisation, person__department=home, **more)


def post(held: RoleAssignment, **typed: Any) -> Any:
    return client_of(Person.objects.with_place().get(pk=held.person_id)).post(
        "/mine/absence/", {"away_from": "", "away_until": "", **typed}
    )


def span(first: int, last: int) -> dict[str, str]:
    today = timezone.localdate()
    return {"away_from": str(today + first * DAY), "away_until": str(today + last * DAY)}


def test_days_and_deputy_are_saved_together_and_the_deputy_is_told_once(home: Department) -> None:
    held, other = coordinator(home), coordinator(home)
    for _ in range(2):
        came = post(held, **span(1, 5), **{f"deputy_{held.pk}": other.person_id})
        assert (came.status_code, came["Location"]) == (303, "/mine/absence/")
    held.refresh_from_db()
    assert (held.deputy, held.person.away_from) == (other.person, timezone.localdate() + DAY)
    assert Notice.objects.get().recipient == other.person
    ((_notice, fact),) = render(other.person, Notice.objects.all())
    assert (fact.text, fact.url) == (f"Du är ersättare för {held.person.full_name}", "/triage/")
    post(held, **{f"deputy_{held.pk}": other.person_id})
    assert render(other.person, Notice.objects.all()) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        (span(-5, -1), "Den dagen har varit"),
        (span(5, 1), "Sista dagen ligger före den första"),
        ({"away_from": "2026-02-30", "away_until": ""}, "alert"),
        ({"away_from": str(timezone.localdate()), "away_until": ""}, "Ange både första och sista dagen"),
    ],
    ids=["past", "backwards", "no such day", "half"],
)
def test_days_that_cannot_be_are_refused_and_nothing_is_saved(home: Department, typed: dict[str, str], sentence: str) -> None:
    held, other = coordinator(home), coordinator(home)
    came = post(held, **typed, **{f"deputy_{held.pk}": other.person_id})
    assert (came.status_code, sentence in came.content.decode()) == (422, True)
    held.refresh_from_db()
    assert (held.deputy, held.person.away_from) == (None, None)


def test_who_is_gone_is_oneself_or_lacks_the_role_is_refused(home: Department) -> None:
    held, gone = coordinator(home), coordinator(home).person
    Person.objects.filter(pk=gone.pk).update(is_active=False, deactivated_at=timezone.now())
    for pk in (gone.pk, held.person_id, PersonFactory.create(department=home).pk, "x", "²", "9" * 30):
        came = post(held, **{f"deputy_{held.pk}": pk})
        assert (came.status_code, "kan inte vara ersättare" in came.content.decode()) == (422, True)
    held.refresh_from_db()
    assert held.deputy is None


def test_the_action_refuses_the_same(home: Department) -> None:
    held, stranger = coordinator(home), PersonFactory.create(department=home)
    for deputy in (stranger, held.person):
        with pytest.raises(ValidationError):
            choose_deputy(by=held.person, assignment=held, deputy=deputy)
    with pytest.raises(PermissionDenied):
        choose_deputy(by=stranger, assignment=held, deputy=None)


def test_a_deputy_an_administrator_chose_may_stay(home: Department) -> None:
    held = coordinator(home, deputy=PersonFactory.create(department=home))
    assert post(held, **span(0, 2), **{f"deputy_{held.pk}": held.deputy_id}).status_code == 303
    held.refresh_from_db()
    assert held.deputy is not None
    assert Notice.objects.get().recipient == held.deputy


def test_it_shows_who_answers_for_what_waits_while_one_is_away(home: Department) -> None:
    held, other = coordinator(home), coordinator(home)
    IdeaFactory.create(author=PersonFactory.create(department=home), title="Hal trappa")
    page = client_of(held.person).get("/mine/absence/")
    assert [(row.contribution.title, row.responsible) for row in page.context["waiting"]] == [("Hal trappa", [other.person])]
    other.delete()
    page = client_of(Person.objects.get(pk=held.person_id)).get("/mine/absence/")
    assert [row.responsible for row in page.context["waiting"]] == [[held.person]]


def test_a_deputy_who_is_away_too_is_said(home: Department) -> None:
    held, other = coordinator(home), coordinator(home)
    Person.objects.filter(pk=other.person_id).update(away_from=timezone.localdate(), away_until=timezone.localdate() + 2 * DAY)
    post(held, **span(1, 5), **{f"deputy_{held.pk}": other.person_id})
    assert "är också borta" in client_of(Person.objects.get(pk=held.person_id)).get("/mine/absence/").content.decode()


@pytest.mark.parametrize("role", ["", *Role.values])
def test_everybody_has_the_page(home: Department, role: str) -> None:
    person = PersonFactory.create(department=home)
    if role:
        RoleAssignmentFactory.create(person=person, role=role)
    page = client_of(person).get("/mine/absence/")
    assert (page.status_code, (page.context["waiting"] is not None)) == (200, role == Role.COORDINATOR)
