"""When the time for ideas ends: said once, told to those who lead, and nothing else changed."""

from __future__ import annotations

import datetime
import threading
import time
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from challenges.actions.windows import close_windows
from challenges.models import Challenge
from challenges.tasks import close_windows as close_windows_task
from contributions.enums import Kind, Status
from contributions.lifecycle import advance, lock
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


def drafts_for(world: World, about: Contribution, *roles: str) -> list[tuple[Person, Contribution]]:
    """An answer to it by each, written and not sent."""
    answers = Contribution.objects.get(pk=about.pk)
    people = [world.person(role) for role in roles]
    return [(person, IdeaFactory.create(author=person, status=Status.DRAFT, title="Sanda", answers=answers)) for person in people]


def gets_in(author: Person, draft: Contribution) -> bool:
    try:
        send(by=author, draft=draft, audience="group", version=draft.version)
    except ChallengeClosed:
        return False
    return True


def test_three_days_late_tells_once_and_takes_no_idea_meanwhile(world: World) -> None:
    about = open_until(world, timezone.now() - 72 * HOUR)
    ((author, draft),) = drafts_for(world, about, "same_department")
    assert not gets_in(author, draft)
    assert [close_windows(), close_windows()] == [1, 0]
    assert Notice.objects.filter(kind="challenges.window_closed").count() == 1
    assert not gets_in(author, draft)
    assert Contribution.objects.get(pk=draft.pk).status == Status.DRAFT
    Challenge.objects.filter(pk=about.pk).update(ideas_close_at=timezone.now() + HOUR)
    assert gets_in(author, draft)


def until(moment: datetime.datetime) -> None:
    time.sleep(max(0.0, (moment - timezone.now()).total_seconds()))


def somebody_waits_for_us() -> bool:
    """Another connection wants a lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))")
        return bool(cursor.fetchone()[0])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["by the clock", "by a coordinator"])
def test_whoever_stands_at_the_door_when_the_time_ends_does_not_get_in(how: str) -> None:
    """Somebody else holds the challenge, the idea arrives in time and waits; meanwhile the time ends."""
    world = World()
    about, coordinator = open_until(world, timezone.now() + HOUR), world.person("organisation_coordinator")
    ((author, draft),) = drafts_for(world, about, "same_department")
    is_held, has_waited = threading.Event(), []

    def holding() -> None:
        with transaction.atomic():
            lock(about.pk)
            is_held.set()
            give_up = timezone.now() + datetime.timedelta(seconds=10)
            while not somebody_waits_for_us() and timezone.now() < give_up:
                time.sleep(0.01)
            has_waited.append(somebody_waits_for_us())
            if how == "by a coordinator":
                advance(by=coordinator, contribution=about, step="close_ideas", values={"reason": "Nog."})
            else:
                Challenge.objects.filter(pk=about.pk).update(ideas_close_at=timezone.now())

    def sending() -> bool:
        is_held.wait()
        return gets_in(author, draft)

    assert (at_once(holding, sending), has_waited) == ([None, False], [True])
    assert Contribution.objects.get(pk=draft.pk).status == Status.DRAFT


@pytest.mark.django_db(transaction=True)
def test_some_get_in_and_some_do_not_when_the_time_ends_while_they_send() -> None:
    world = World()
    about = open_until(world, timezone.now() + HOUR)
    roles = ("same_department", "unit_beneath", "department_above", "other_department", "other_organisation")
    drafts, late = drafts_for(world, about, *roles), drafts_for(world, about, "participant")
    closes = timezone.now() + datetime.timedelta(seconds=2)
    Challenge.objects.filter(pk=about.pk).update(ideas_close_at=closes)

    def sending(author: Person, draft: Contribution, seconds: float) -> Any:
        def act() -> bool:
            until(closes + datetime.timedelta(seconds=seconds))
            return gets_in(author, draft)

        return act

    def closing() -> int:
        until(closes)
        return close_windows()

    aimed = [*zip(drafts, (-1.9, -0.1, -0.04, -0.01, 0.0), strict=True), (late[0], 0.01)]
    *sent, first, second = at_once(*(sending(*whose, seconds) for whose, seconds in aimed), closing, closing)
    assert sorted((first, second)) == [0, 1]
    assert (sent[0], sent[-1]) == (True, False)
    said = TrailEntry.objects.get(step="window_closed")
    inside = Contribution.objects.filter(answers=about).exclude(status=Status.DRAFT)
    assert inside.count() == sum(one is True for one in sent)
    assert all(row.submitted_at and row.submitted_at < closes <= said.at for row in inside)
    written = TrailEntry.objects.filter(contribution__in=inside, step="submit")
    assert all(entry.pk < said.pk for entry in written), "an idea came in after it was said that the time had ended"
    assert written.count() == inside.count()
