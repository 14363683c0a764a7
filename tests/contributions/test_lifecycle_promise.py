"""What the steps do to the promise: when it runs, rests, is kept and begins anew."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from contributions.enums import Audience, Kind, Status
from contributions.lifecycle import advance
from contributions.models import Contribution
from lib.working_days import add_working_days
from organisation.models import RoleAssignment
from tests.contributions.test_lifecycle import values_of
from tests.contributions.world import World

MONDAY = datetime.datetime(2026, 11, 2, 9, tzinfo=datetime.UTC)


def day(number: int) -> datetime.datetime:
    """Nine in the morning of the n-th working day after Monday 2 November 2026."""
    return datetime.datetime.combine(add_working_days(MONDAY.date(), number), MONDAY.time(), tzinfo=datetime.UTC)


@pytest.fixture
def sent(world: World, time_machine: Any) -> Contribution:
    time_machine.move_to(MONDAY, tick=False)
    RoleAssignment.objects.filter(end_on__isnull=True).update(start_on=MONDAY.date())
    draft = world.contribution(Kind.IDEA, Status.DRAFT)
    advance(by=world.person("author"), contribution=draft, step="submit", values={"audience": Audience.GROUP}, now=MONDAY)
    return draft


def promise(contribution: Contribution) -> tuple[Any, ...]:
    row = Contribution.objects.get(pk=contribution.pk)
    return row.promised_on, row.promise_paused_at, row.answered_at


def test_a_promise_is_ten_working_days(sent: Contribution) -> None:
    assert promise(sent) == (datetime.date(2026, 11, 16), None, None)


def test_a_question_pauses_the_promise_and_the_answer_moves_it_on(world: World, sent: Contribution) -> None:
    coordinator = world.person("organisation_coordinator")
    advance(by=coordinator, contribution=sent, step="ask", values={"body": "När?"}, now=day(3))
    assert promise(sent) == (datetime.date(2026, 11, 16), day(3), None)
    advance(by=world.person("author"), contribution=sent, step="reply", values={"body": "Jämt."}, now=day(7))
    assert promise(sent) == (add_working_days(datetime.date(2026, 11, 16), 4), None, None)
    advance(by=coordinator, contribution=sent, step="explore", values={"reason": "Ja."}, now=day(8))
    assert promise(sent) == (datetime.date(2026, 11, 20), None, day(8))


def test_a_question_declined_without_an_answer_counts_the_days_it_waited(world: World, sent: Contribution) -> None:
    coordinator = world.person("organisation_coordinator")
    advance(by=coordinator, contribution=sent, step="ask", values={"body": "När?"}, now=day(1))
    advance(by=coordinator, contribution=sent, step="decline", values=values_of(world), now=day(6))
    assert promise(sent) == (add_working_days(datetime.date(2026, 11, 16), 5), None, day(6))


def test_parking_with_a_reason_keeps_the_promise_and_coming_back_leaves_it(world: World, sent: Contribution) -> None:
    coordinator = world.person("organisation_coordinator")
    advance(by=coordinator, contribution=sent, step="park", values={"reason": "Budget.", "until": day(9).date()}, now=day(2))
    kept = (datetime.date(2026, 11, 16), None, day(2))
    assert promise(sent) == kept
    advance(by=None, contribution=sent, step="return", now=day(9))
    assert promise(sent) == kept
    assert Contribution.objects.get(pk=sent.pk).status == Status.SUBMITTED


def test_a_question_parked_comes_back_to_where_the_question_came_from(world: World, sent: Contribution) -> None:
    coordinator = world.person("organisation_coordinator")
    advance(by=coordinator, contribution=sent, step="explore", values={"reason": "Ja."}, now=day(1))
    advance(by=coordinator, contribution=sent, step="ask", values={"body": "När?"}, now=day(2))
    advance(by=coordinator, contribution=sent, step="park", values={"reason": "x", "until": day(9).date()}, now=day(3))
    advance(by=None, contribution=sent, step="return", now=day(9))
    row = Contribution.objects.get(pk=sent.pk)
    assert (row.status, row.resumes_as, row.parked_until) == (Status.EXPLORING, "", None)


@pytest.mark.parametrize("step", ["assign", "convert", "decide", "learn", "widen"])
def test_what_is_no_word_to_the_author_leaves_the_promise(world: World, sent: Contribution, step: str) -> None:
    Contribution.objects.filter(pk=sent.pk).update(audience=Audience.DEPARTMENT)
    by = world.person("author" if step == "widen" else "organisation_coordinator")
    advance(by=by, contribution=sent, step=step, values={**values_of(world), "decided_on": day(1).date()}, now=day(1))
    assert promise(sent) == (datetime.date(2026, 11, 16), None, None)


def test_taking_it_back_ends_the_promise_and_sending_again_gives_a_new_one(world: World, sent: Contribution) -> None:
    author = world.person("author")
    advance(by=author, contribution=sent, step="withdraw", now=day(4))
    assert promise(sent) == (None, None, None)
    advance(by=author, contribution=sent, step="submit", values={"audience": Audience.GROUP}, now=day(5))
    assert promise(sent) == (add_working_days(day(5).date(), 10), None, None)
