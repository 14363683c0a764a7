"""Reminders: each stage of each promise once per person, in the morning of a working day, to whoever is responsible then."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

import pytest

from contributions.models import Contribution
from notifications.models import Notice
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
