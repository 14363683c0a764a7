"""Reminding the responsible of promises."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from contributions.models import Contribution
from contributions.statuses import OPEN
from lib.working_days import add_working_days, is_working_day
from notifications import outbox
from organisation.models import Organisation, Person
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
    waiting = Contribution.objects.filter(awaiting(), status__in=OPEN).order_by("promised_on", "pk").select_related("department")
    rota, looked_at = Rota.read(today), 0
    with transaction.atomic():
        for organisation in Organisation.objects.all():
            if today in organisation.days_off:
                continue
            tomorrow, horizon = (add_working_days(today, number, organisation.days_off) for number in (1, SOON_WORKING_DAYS))
            for contribution in waiting.filter(owner_organisation=organisation, promised_on__lte=horizon):
                _tell(rota, contribution, _stage(contribution, today, tomorrow))
                looked_at += 1
    return looked_at


def _stage(contribution: Contribution, today: datetime.date, tomorrow: datetime.date) -> Stage:
    """`tomorrow` is the next day on which the organisation works: a day that was made a day off after the promise falls on the one before."""
    assert contribution.promised_on is not None
    if contribution.promised_on < today:
        return Stage.LATE
    return Stage.DUE if contribution.promised_on < tomorrow else Stage.SOON


def _tell(rota: Rota, contribution: Contribution, stage: Stage) -> None:
    people: list[Person] = rota.escalated(contribution) if stage == Stage.LATE else rota.responsible(contribution)
    outbox.tell(
        people,
        f"triage.{stage}",
        {"contribution": contribution.pk},
        thread=contribution.thread,
        dedupe_key=f"promise:{contribution.pk}:{contribution.promised_on}:{stage}",
    )
