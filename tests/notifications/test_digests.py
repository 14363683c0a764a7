"""Digests: one per person and slot, over weeks, holidays, clock changes, late runs and two beats at once."""

from __future__ import annotations

import datetime
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from lib.working_days import is_working_day
from notifications import actions, delivery, digests, outbox
from notifications.enums import Frequency, MailState
from notifications.models import Digest, JobRun, Notice
from organisation.models import Person
from tests.factories import PersonFactory
from tests.notifications.conftest import Saying
from tests.notifications.sink import Sink, subject_of, text_of

KIRUNA = ZoneInfo("Europe/Stockholm")
pytestmark = pytest.mark.django_db


def at(day: str, time: str = "06:30") -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=KIRUNA)


def told(person: Person, when: datetime.datetime, **columns: Any) -> Notice:
    outbox.tell([person], "test.news", {"n": 1})
    notice = Notice.objects.latest("id")
    Notice.objects.filter(pk=notice.pk).update(due_at=when, created_at=when, **columns)
    return notice


def days() -> list[str]:
    return [str(day) for day in Digest.objects.order_by("day").values_list("day", flat=True)]


def weekly(person: Person) -> Person:
    actions.choose_frequency(by=person, frequency=Frequency.WEEKLY)
    return person


def test_what_is_unread_is_gathered_at_half_past_six_on_a_working_day(saying: Saying) -> None:
    person = PersonFactory.create()
    notice = told(person, at("2026-11-23", "05:00"))
    assert digests.gather(at("2026-11-23", "06:29")) == 0
    assert digests.gather(at("2026-11-23", "06:30")) == 1
    notice.refresh_from_db()
    digest = Digest.objects.get()
    assert (notice.digest, digest.person, str(digest.day), digest.mail) == (digest, person, "2026-11-23", MailState.WAITING)
    assert digests.gather(at("2026-11-23", "06:40")) == 0


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22", "2026-12-24", "2027-01-06"])
def test_no_digest_on_a_day_off(saying: Saying, day: str) -> None:
    told(PersonFactory.create(), at("2026-11-20"))
    assert digests.gather(at(day, "12:00")) == 0
    assert not JobRun.objects.exists()


def test_nothing_is_gathered_twice_nor_what_is_read_cancelled_elsewhere_not_yet_due_or_a_month_old(saying: Saying) -> None:
    person, morning = PersonFactory.create(), at("2026-11-24")
    told(person, at("2026-11-23"), read_at=morning)
    told(person, at("2026-11-23"), cancelled_at=morning)
    told(person, at("2026-11-24", "06:31"))
    told(person, at("2026-10-24"))
    told(person, at("2026-11-23"), channel="bell")
    told(person, at("2026-11-23"), digest=Digest.objects.create(person=person, day=datetime.date(2026, 11, 23)))
    assert digests.gather(morning) == 0


def test_people_who_have_left_get_none(saying: Saying) -> None:
    person = PersonFactory.create()
    told(person, at("2026-11-23", "05:00"))
    Person.objects.filter(pk=person.pk).update(is_active=False, deactivated_at=timezone.now())
    assert digests.gather(at("2026-11-23")) == 0


def test_weekly_comes_on_the_first_working_day_of_the_week(saying: Saying) -> None:
    person = weekly(PersonFactory.create())
    told(person, at("2027-03-26"))
    for day in range(27, 32):
        digests.gather(at(f"2027-03-{day}", "07:00"))
    assert days() == ["2027-03-30"], "Easter Monday is the 29th"


def test_never_means_never_and_what_was_already_gathered_stays_at_home(saying: Saying, sink: Sink) -> None:
    person = PersonFactory.create()
    told(person, timezone.now())
    Digest.objects.create(person=person, day=datetime.date(2026, 11, 23), mail=MailState.WAITING)
    actions.choose_frequency(by=person, frequency=Frequency.NEVER)
    assert Digest.objects.get().mail == MailState.DROPPED
    for day in range(23, 28):
        assert digests.gather(at(f"2026-11-{day}")) == 0


def test_three_days_down_makes_one_digest_of_all(saying: Saying) -> None:
    person = PersonFactory.create()
    for day in ("2026-11-23", "2026-11-24", "2026-11-25"):
        told(person, at(day, "12:00"))
    assert digests.gather(at("2026-11-26", "14:10")) == 1
    assert Digest.objects.get().notices.count() == 3
    assert digests.gather(at("2026-11-26", "14:20")) == 0
    assert digests.gather(at("2026-11-27")) == 0


def test_weekly_missed_on_monday_comes_when_the_house_is_up_again(saying: Saying) -> None:
    person = weekly(PersonFactory.create())
    told(person, at("2026-11-20"))
    assert digests.gather(at("2026-11-25", "09:00")) == 1
    told(person, at("2026-11-25", "10:00"))
    assert digests.gather(at("2026-11-26")) == 0
    assert digests.gather(at("2026-11-30")) == 1


def test_who_changes_to_daily_after_mondays_digest_gets_the_next_on_tuesday(saying: Saying) -> None:
    person = weekly(PersonFactory.create())
    told(person, at("2026-11-20"))
    digests.gather(at("2026-11-23"))
    actions.choose_frequency(by=person, frequency=Frequency.DAILY)
    notice = told(person, at("2026-11-23", "08:00"))
    digests.gather(at("2026-11-23", "09:00"))
    notice.refresh_from_db()
    assert notice.digest is None
    digests.gather(at("2026-11-24"))
    assert days() == ["2026-11-23", "2026-11-24"]


def test_a_run_that_dies_leaves_its_slot_free(saying: Saying, monkeypatch: pytest.MonkeyPatch) -> None:
    told(PersonFactory.create(), at("2026-11-20"))

    def die(*_arguments: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(digests, "_make_digests", die)
        with pytest.raises(KeyboardInterrupt):
            digests.gather(at("2026-11-23"))
    assert not JobRun.objects.exists()
    assert digests.gather(at("2026-11-23", "06:40")) == 1


def test_over_months_of_beats_each_slot_runs_once(saying: Saying) -> None:
    """Beats before, at and after half past six, each twice, over Christmas, week 53, Easter and a change of the clock (or two years)."""
    daily, by_week = PersonFactory.create(), weekly(PersonFactory.create())
    first, number = datetime.date(2026, 12, 14), 730 if os.environ.get("THOROUGH") else 120
    expected: list[datetime.date] = []
    weeks: dict[tuple[int, int], datetime.date] = {}
    for day in (first + datetime.timedelta(days=n) for n in range(number)):
        for person in (daily, by_week):
            told(person, at(f"{day}", "05:30"))
        for time in ("06:20", "06:30", "06:30", "17:00"):
            digests.gather(at(f"{day}", time))
        if is_working_day(day):
            expected.append(day)
            weeks.setdefault(day.isocalendar()[:2], day)
    made = Digest.objects.order_by("day")
    assert list(made.filter(person=daily).values_list("day", flat=True)) == expected
    assert list(made.filter(person=by_week).values_list("day", flat=True)) == list(weeks.values())
    assert len(expected) > number / 2
    assert JobRun.objects.count() == len(expected) + len(weeks)
    assert not Notice.objects.filter(digest=None, due_at__lt=at(f"{expected[-1]}", "00:00"), recipient=daily).exists()


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_the_same_moment_make_one(saying: Saying) -> None:
    for person in PersonFactory.create_batch(20):
        told(person, at("2026-11-20"))

    def run(_n: int) -> int:
        try:
            return digests.gather(at("2026-11-23"))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        made = sorted(threads.map(run, range(4)))
    assert made == [0, 0, 0, 20]
    assert Digest.objects.count() == 20


@pytest.mark.django_db(transaction=True)
def test_the_mail_says_what_waits_first_and_each_thing_once(saying: Saying, sink: Sink) -> None:
    person = PersonFactory.create(given_name="Sanna", email="sanna@example.test")
    outbox.tell([person], "test.request", {"n": 1}, thread="a")
    for n in (2, 3, 3):
        outbox.tell([person], "test.news", {"n": n}, thread="b")
    Notice.objects.update(due_at=at("2026-11-23", "06:00"))
    with time_machine.travel(at("2026-11-23", "06:31"), tick=False):
        digests.gather()
        assert delivery.deliver() == {"sent": 1}
    (mail,) = sink.mails
    assert subject_of(mail) == "1 sak väntar på dig, och 1 sak har hänt"
    text = text_of(mail).replace("\r\n", "\n")
    assert text.startswith("God morgon, Sanna\n")
    said = [line for line in text.splitlines() if line.startswith(("Title", "Text", "VÄNTAR", "DET HAR"))]
    assert said == ["VÄNTAR PÅ DIG", "Title 1", "Text 1", "DET HAR HÄNT", "Title 3", "Text 2", "Text 3"]


def test_gathering_costs_the_same_for_one_and_for_many(saying: Saying, django_assert_num_queries: Any) -> None:
    for number, day in ((1, "2026-11-23"), (30, "2026-11-24")):
        for person in PersonFactory.create_batch(number):
            told(person, at(day, "05:00"))
        with django_assert_num_queries(QUERIES):
            digests.gather(at(day))


QUERIES = 8
"""Daily: savepoint, claim, make, release. Weekly the same, on Monday; on Tuesday its claim fails and is rolled back instead."""
