"""When the time for ideas ends: said once, told to those who lead, and nothing else changed."""

from __future__ import annotations

import datetime
import time
from typing import Any

import pytest
from django.utils import timezone

from challenges.actions.windows import close_windows
from challenges.models import Challenge
from challenges.tasks import close_windows as close_windows_task
from contributions.enums import Kind, Status
from contributions.lifecycle import advance
from contributions.models import Contribution, Participant, TrailEntry
from ideas.actions import ChallengeClosed, send
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.test_lifecycle import LEARNT
from tests.contributions.threads import at_once
from tests.contributions.world import World
from tests.factories import IdeaFactory

HOUR = datetime.timedelta(hours=1)


def open_until(world: World, closes: datetime.datetime, status: Status = Status.OPEN_FOR_IDEAS) -> Contribution:
    return world.contribution(Kind.CHALLENGE, status, ideas_close_at=closes)


def test_a_window_that_has_ended_is_said_once_however_often_it_is_looked_at(world: World) -> None:
    about, now = open_until(world, timezone.now() - HOUR), timezone.now()
    open_until(world, timezone.now() + HOUR)
    open_until(world, timezone.now() - HOUR, Status.ACTION_PLAN)
    before = Contribution.objects.filter(pk=about.pk).values().get()
    assert [close_windows(now=now), close_windows(now=now + HOUR)] == [1, 0]
    close_windows_task()
    entry = TrailEntry.objects.get()
    assert (entry.contribution_id, entry.step, entry.by, entry.at, entry.from_status, entry.to_status) == (
        about.pk, "window_closed", None, now, Status.OPEN_FOR_IDEAS, Status.OPEN_FOR_IDEAS,
    )  # fmt: skip
    assert Contribution.objects.filter(pk=about.pk).values().get() == before
    assert Notice.objects.values_list("kind", "recipient", "ids").get() == (
        "challenges.window_closed", world.people["lead"].pk, {"contribution": about.pk},
    )  # fmt: skip


def test_without_a_lead_the_author_and_those_who_answer_are_told(world: World) -> None:
    about = open_until(world, timezone.now() - HOUR)
    Participant.objects.all().delete()
    close_windows()
    people = Contribution.objects.get(pk=about.pk)
    told = set(Notice.objects.values_list("recipient", flat=True))
    assert told > {people.author_id, world.people["organisation_coordinator"].pk}
    assert told.isdisjoint({world.people[role].pk for role in ("participant", "inactive_coordinator", "other_organisation_coordinator")})


def test_a_window_opened_again_ends_again(world: World) -> None:
    about, coordinator = open_until(world, timezone.now() - HOUR), world.person("organisation_coordinator")
    close_windows()
    advance(by=coordinator, contribution=about, step="plan", values={"reason": "Vi väljer."})
    advance(
        by=coordinator, contribution=about, step="back_to_ideas", values={**LEARNT, "closes_on": world.today + datetime.timedelta(days=3)}
    )
    closes = Challenge.objects.get(pk=about.pk).ideas_close_at
    assert closes is not None
    assert [close_windows(), close_windows(now=closes - datetime.timedelta(seconds=1)), close_windows(now=closes)] == [0, 0, 1]
    assert Notice.objects.filter(kind="challenges.window_closed").count() == 2


def test_the_window_is_open_through_the_whole_of_the_last_day(world: World, time_machine: Any) -> None:
    time_machine.move_to(datetime.datetime(2027, 3, 1, 9, tzinfo=datetime.UTC))
    about, last = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), datetime.date(2027, 3, 27)
    advance(by=world.person("organisation_coordinator"), contribution=about, step="open", values={"reason": "x", "closes_on": last})
    closes = Challenge.objects.get(pk=about.pk).ideas_close_at
    assert closes is not None
    assert timezone.localtime(closes).isoformat() == "2027-03-28T00:00:00+01:00"


def test_the_notice_says_what_to_do_until_it_is_open_again(world: World) -> None:
    about, lead = open_until(world, timezone.now() - HOUR), world.person("lead")
    close_windows()
    notices = Notice.objects.filter(recipient=lead)
    ((_notice, fact),) = render(lead, notices)
    assert (fact.text, fact.title, fact.url) == ("Idétiden har tagit slut", about.title, f"/challenges/{about.pk}/")
    Challenge.objects.filter(pk=about.pk).update(ideas_close_at=timezone.now() + HOUR)
    assert render(lead, notices) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_say_it_once() -> None:
    world = World()
    open_until(world, timezone.now() - HOUR)
    assert sorted(at_once(close_windows, close_windows, close_windows)) == [0, 0, 1]
    assert (TrailEntry.objects.count(), Notice.objects.count()) == (1, 1)


def test_three_days_late_tells_once_and_takes_no_idea_meanwhile(world: World) -> None:
    about = open_until(world, timezone.now() - 72 * HOUR)
    challenge = Challenge.objects.get(pk=about.pk)
    assert not challenge.is_open_for_ideas
    assert [close_windows(), close_windows()] == [1, 0]
    assert Notice.objects.filter(kind="challenges.window_closed").count() == 1
    assert not Challenge.objects.get(pk=about.pk).is_open_for_ideas


@pytest.mark.django_db(transaction=True)
def test_no_idea_gets_in_when_the_time_ends_while_the_task_runs_and_others_send() -> None:
    world = World()
    about = open_until(world, timezone.now() + datetime.timedelta(seconds=0.3))
    authors = [world.person(role) for role in ("same_department", "unit_beneath", "department_above", "other_department")]
    drafts = [
        IdeaFactory.create(author=author, status=Status.DRAFT, title="Sanda", answers=Contribution.objects.get(pk=about.pk))
        for author in authors
    ]

    def sending(author: Person, draft: Contribution) -> Any:
        def act() -> bool:
            time.sleep(0.29)
            try:
                send(by=author, draft=draft, audience="group", version=draft.version)
            except ChallengeClosed:
                return False
            return True

        return act

    def closing() -> int:
        time.sleep(0.31)
        return close_windows()

    *sent, first, second = at_once(*(sending(author, draft) for author, draft in zip(authors, drafts, strict=True)), closing, closing)
    assert sorted((first, second)) == [0, 1]
    said = TrailEntry.objects.get(step="window_closed")
    inside = Contribution.objects.filter(answers=about).exclude(status=Status.DRAFT)
    assert inside.count() == sum(one is True for one in sent)
    closes = Challenge.objects.get(pk=about.pk).ideas_close_at
    assert all(row.submitted_at and closes and row.submitted_at < closes <= said.at for row in inside)
    late = IdeaFactory.create(author=authors[0], status=Status.DRAFT, answers=Contribution.objects.get(pk=about.pk))
    with pytest.raises(ChallengeClosed):
        send(by=authors[0], draft=late, audience="group", version=late.version)
