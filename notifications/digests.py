"""Gathering digests: at 06:30 every working day, or on the first working day of the week, for those who want them so."""

from __future__ import annotations

import datetime

from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from lib.working_days import is_working_day
from notifications.enums import Channel, Frequency, MailState
from notifications.models import Digest, DigestChoice, JobRun, Notice

MORNING = datetime.time(6, 30)
OLDEST = datetime.timedelta(days=30)
"""What is older is no news any more and stays in the bell: for somebody who turns the digest on again after a year."""


def gather(now: datetime.datetime | None = None) -> int:
    """Make the digests that are due, each with its notices tied to it. Returns how many.

    Run it as often as you like, twice at once, or days late: a slot is claimed once, and what missed slots would have held
    goes into the next one.
    """
    moment = timezone.localtime(now or timezone.now())
    today = moment.date()
    if not is_working_day(today) or moment.time() < MORNING:
        return 0
    year, week, _weekday = today.isocalendar()
    return _gather(Frequency.DAILY, f"{today}", moment) + _gather(Frequency.WEEKLY, f"{year}-W{week:02}", moment)


def _gather(frequency: Frequency, slot: str, moment: datetime.datetime) -> int:
    """The claim and the digests stand or fall together, so a run that dies leaves the slot free."""
    try:
        with transaction.atomic():
            JobRun.objects.create(job=f"digest {frequency}", slot=slot)
            return _make_digests(frequency, moment)
    except IntegrityError:
        return 0


def _make_digests(frequency: Frequency, moment: datetime.datetime) -> int:
    parameters: dict[str, str | datetime.date] = {
        "frequency": frequency, "usual": Frequency.DAILY, "in_digest": Channel.DIGEST, "waiting": MailState.WAITING,
        "day": moment.date(), "now": moment, "oldest": moment - OLDEST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, parameters)
        (made,) = cursor.fetchone()
        return int(made)


# One statement for everybody: who has something unread that is meant for a digest, a digest each, and the notices tied to it.
_MAKE = f"""
WITH ready AS (
    SELECT notice.id, notice.recipient_id
    FROM {Notice._meta.db_table} notice
    JOIN {get_user_model()._meta.db_table} person ON person.id = notice.recipient_id AND person.is_active
    LEFT JOIN {DigestChoice._meta.db_table} choice ON choice.person_id = notice.recipient_id
    WHERE notice.channel = %(in_digest)s AND notice.digest_id IS NULL AND notice.cancelled_at IS NULL AND notice.read_at IS NULL
      AND notice.due_at BETWEEN %(oldest)s AND %(now)s AND COALESCE(choice.frequency, %(usual)s) = %(frequency)s
), made AS (
    INSERT INTO {Digest._meta.db_table} (person_id, day, created_at, due_at, mail, attempts, mail_error)
    SELECT DISTINCT recipient_id, %(day)s::date, %(now)s::timestamptz, %(now)s::timestamptz, %(waiting)s, 0, '' FROM ready
    ON CONFLICT (person_id, day) DO NOTHING
    RETURNING id, person_id
), tied AS (
    UPDATE {Notice._meta.db_table} notice SET digest_id = made.id
    FROM ready JOIN made ON made.person_id = ready.recipient_id
    WHERE notice.id = ready.id
)
SELECT count(*) FROM made
"""  # noqa: S608 (table names, not values)
