"""Reminding the responsible of promises."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from contributions.models import Contribution
from contributions.statuses import OPEN
from lib.working_days import add_working_days, is_working_day
from notifications import outbox
from organisation.models import Person
from triage.enums import Stage
from triage.queries.queue import SOON_WORKING_DAYS, awaiting
from triage.queries.rota import Rota

MORNING = datetime.time(7)


def remind(*, now: datetime.datetime | None = None) -> int:
    """Tell the responsible two working days before, on the day, and once when it is late. Returns how many promises were looked at.

    Run as often as you like: each stage of each promise is told once per person.
    """
    moment = timezone.localtime(now or timezone.now())
    today = moment.date()
    if not is_working_day(today) or moment.time() < MORNING:
        return 0
    horizon = add_working_days(today, SOON_WORKING_DAYS)
    due = Contribution.objects.filter(awaiting(), status__in=OPEN, promised_on__lte=horizon).select_related("department")
    rota = Rota.read(today)
    promises = list(due.order_by("promised_on", "pk"))
    with transaction.atomic():
        for contribution in promises:
            _tell(rota, contribution, _stage(contribution, today))
    return len(promises)


def _stage(contribution: Contribution, today: datetime.date) -> Stage:
    assert contribution.promised_on is not None
    if contribution.promised_on < today:
        return Stage.LATE
    return Stage.DUE if contribution.promised_on == today else Stage.SOON


def _tell(rota: Rota, contribution: Contribution, stage: Stage) -> None:
    people: list[Person] = rota.escalated(contribution) if stage == Stage.LATE else rota.responsible(contribution)
    outbox.tell(
        people,
        f"triage.{stage}",
        {"contribution": contribution.pk},
        thread=contribution.thread,
        dedupe_key=f"promise:{contribution.pk}:{contribution.promised_on}:{stage}",
    )
