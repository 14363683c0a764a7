"""Reminders: each stage of each promise once per person, in the morning of a working day, to whoever is responsible then."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from contributions.models import Contribution
from notifications.models import Notice
from tests.contributions.threads import at_once
from tests.factories import IdeaFactory, PersonFactory, RoleAssignmentFactory
from triage.actions import remind

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
MONDAY = datetime.date(2026, 11, 23)


def at(day: datetime.date, hour: int = 8) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), STOCKHOLM)


def told() -> list[tuple[int, str]]:
    return list(Notice.objects.order_by("pk").values_list("recipient_id", "kind"))


def test_each_stage_is_told_once() -> None:
    idea = IdeaFactory.create(promised_on=MONDAY + datetime.timedelta(days=2))
    person = RoleAssignmentFactory.create(organisation=idea.owner_organisation).person
    for day in range(-3, 9):
        for hour in (6, 8, 9, 23):
            remind(now=at(MONDAY + datetime.timedelta(days=day), hour))
    assert told() == [(person.pk, "triage.soon"), (person.pk, "triage.due"), (person.pk, "triage.late")]


def test_nobody_is_reminded_at_night_on_a_saturday_or_of_what_is_answered() -> None:
    idea = IdeaFactory.create(promised_on=MONDAY)
    RoleAssignmentFactory.create(organisation=idea.owner_organisation)
    assert remind(now=at(MONDAY, 5)) == 0
    assert remind(now=at(MONDAY - datetime.timedelta(days=2))) == 0
    Contribution.objects.filter(pk=idea.pk).update(answered_at=at(MONDAY))
    assert remind(now=at(MONDAY)) == 0
    assert told() == []


def test_a_pause_silences_and_a_late_promise_reaches_the_others_too() -> None:
    idea = IdeaFactory.create(promised_on=MONDAY - datetime.timedelta(days=3))
    first = RoleAssignmentFactory.create(organisation=idea.owner_organisation).person
    second = RoleAssignmentFactory.create(organisation=idea.owner_organisation).person
    Contribution.objects.filter(pk=idea.pk).update(assigned_to=first, promise_paused_at=at(MONDAY))
    remind(now=at(MONDAY))
    assert told() == []
    Contribution.objects.filter(pk=idea.pk).update(promise_paused_at=None)
    remind(now=at(MONDAY))
    assert told() == [(first.pk, "triage.late"), (second.pk, "triage.late")]


def test_the_deputy_is_told_while_the_coordinator_is_away() -> None:
    idea = IdeaFactory.create(promised_on=MONDAY)
    deputy = PersonFactory.create()
    held = RoleAssignmentFactory.create(organisation=idea.owner_organisation, deputy=deputy)
    held.person.away_from = held.person.away_until = MONDAY
    held.person.save(update_fields=["away_from", "away_until"])
    remind(now=at(MONDAY))
    assert told() == [(deputy.pk, "triage.due")]


def late_by(days: int) -> list[tuple[int, str]]:
    """What is told of a promise for Monday when nothing has run for so many days."""
    Notice.objects.all().delete()
    remind(now=at(MONDAY + datetime.timedelta(days=days)))
    return told()


def test_after_three_days_down_each_is_told_once_of_what_is_so_now() -> None:
    idea = IdeaFactory.create(promised_on=MONDAY)
    person = RoleAssignmentFactory.create(organisation=idea.owner_organisation).person
    assert late_by(3) == [(person.pk, "triage.late")]
    remind(now=at(MONDAY + datetime.timedelta(days=3), 9))
    remind(now=at(MONDAY + datetime.timedelta(days=7)))
    assert told() == [(person.pk, "triage.late")]


def test_a_moved_promise_is_reminded_of_anew() -> None:
    idea = IdeaFactory.create(promised_on=MONDAY)
    person = RoleAssignmentFactory.create(organisation=idea.owner_organisation).person
    remind(now=at(MONDAY))
    Contribution.objects.filter(pk=idea.pk).update(promised_on=MONDAY + datetime.timedelta(days=1))
    remind(now=at(MONDAY + datetime.timedelta(days=1)))
    assert told() == [(person.pk, "triage.due"), (person.pk, "triage.due")]


def test_two_working_days_before_leaves_out_the_days_on_which_the_organisation_is_closed() -> None:
    idea = IdeaFactory.create(promised_on=MONDAY + datetime.timedelta(days=3))
    organisation = idea.owner_organisation
    organisation.days_off = [MONDAY + datetime.timedelta(days=1), MONDAY]
    organisation.save(update_fields=["days_off"])
    person = RoleAssignmentFactory.create(organisation=organisation).person
    remind(now=at(MONDAY))
    assert told() == []
    remind(now=at(MONDAY - datetime.timedelta(days=3)))
    assert told() == [(person.pk, "triage.soon")]


def test_a_day_that_became_a_day_off_is_reminded_of_on_the_one_before() -> None:
    idea = IdeaFactory.create(promised_on=MONDAY + datetime.timedelta(days=2))
    organisation = idea.owner_organisation
    organisation.days_off = [MONDAY + datetime.timedelta(days=2)]
    organisation.save(update_fields=["days_off"])
    person = RoleAssignmentFactory.create(organisation=organisation).person
    for day in range(5):
        remind(now=at(MONDAY + datetime.timedelta(days=day)))
    assert told() == [(person.pk, "triage.soon"), (person.pk, "triage.due"), (person.pk, "triage.late")]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once() -> None:
    ideas = [IdeaFactory.create(promised_on=MONDAY) for _ in range(5)]
    people = [RoleAssignmentFactory.create(organisation=idea.owner_organisation).person for idea in ideas]
    assert at_once(*(lambda: remind(now=at(MONDAY)),) * 3) == [5, 5, 5]
    assert sorted(told()) == sorted((person.pk, "triage.due") for person in people)
