"""Reminding of what was promised in a plan, and of tests and small scales that stop today. Each is told once, however late or often the clock runs."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.utils import timezone

from challenges.actions.windows import leads
from challenges.models import PlanItem, Trial, Way
from contributions.enums import Kind, Opening, Status
from contributions.lifecycle import answering
from contributions.models import Contribution
from contributions.statuses import OPENS
from lib.working_days import add_working_days, is_working_day
from notifications import outbox

MORNING = datetime.time(7)
SOON_WORKING_DAYS = 2


def remind(*, now: datetime.datetime | None = None) -> int:
    """Whoever promised hears two working days before and on the day, those who lead when it is late or nobody is there to do it.

    How many items, tests and ways were looked at.
    """
    moment = timezone.localtime(now or timezone.now())
    today = moment.date()
    if not is_working_day(today) or moment.time() < MORNING:
        return 0
    with transaction.atomic():
        items, trials, ways = _items(add_working_days(today, SOON_WORKING_DAYS)), _trials(today), _ways(today)
        for item in items:
            _of_item(item, today)
        for trial in trials:
            _of_trial(trial)
        for way in ways:
            _of_way(way)
    return len(items) + len(trials) + len(ways)


def _open(opening: Opening) -> list[Status]:
    return [status for status, opens in OPENS.items() if opening in opens]


def _items(horizon: datetime.date) -> list[PlanItem]:
    """Those due before long, and those whose person has left, whenever they are due."""
    there = PlanItem.objects.filter(done_at__isnull=True, removed_at__isnull=True)
    there = there.filter(contribution__kind=Kind.CHALLENGE, contribution__status__in=_open(Opening.PLAN))
    near = there.filter(due_on__lte=horizon) | there.filter(who__is_active=False)
    return list(near.select_related("who", "contribution__department").order_by("due_on", "pk"))


def _trials(today: datetime.date) -> list[Trial]:
    running = Trial.objects.filter(ended_at__isnull=True, stops_on__lte=today)
    running = running.filter(contribution__kind=Kind.CHALLENGE).exclude(contribution__status=Status.DRAFT)
    return list(running.select_related("contribution__department").order_by("stops_on", "pk"))


def _ways(today: datetime.date) -> list[Way]:
    """Small scales that have come to their stop date, where another way can be chosen."""
    standing = Way.objects.filter(ended_at__isnull=True, stops_on__lte=today)
    standing = standing.filter(contribution__kind=Kind.CHALLENGE, contribution__status__in=_open(Opening.PLAN))
    return list(standing.select_related("contribution__department").order_by("stops_on", "pk"))


def _of_item(item: PlanItem, today: datetime.date) -> None:
    key = f"plan:{item.pk}:{item.who_id}"
    if not item.who.is_active:
        _tell(_driving(item.contribution), "challenges.plan_late", item, f"{key}:gone")
    elif item.due_on < today:
        _tell(_driving(item.contribution), "challenges.plan_late", item, f"{key}:{item.due_on}:late")
    else:
        stage = "due" if item.due_on == today else "soon"
        _tell([item.who_id], "challenges.plan_due", item, f"{key}:{item.due_on}:{stage}")


def _tell(people: list[int], kind: str, item: PlanItem, key: str) -> None:
    ids = {"contribution": item.contribution_id, "item": item.pk}
    outbox.tell(people, kind, ids, thread=item.contribution.thread, dedupe_key=key)


def _of_trial(trial: Trial) -> None:
    outbox.tell(
        _driving(trial.contribution),
        "challenges.trial_stops",
        {"contribution": trial.contribution_id, "trial": trial.pk},
        thread=trial.contribution.thread,
        dedupe_key=f"trial:{trial.pk}:{trial.stops_on}",
    )


def _of_way(way: Way) -> None:
    outbox.tell(
        _driving(way.contribution),
        "challenges.way_stops",
        {"contribution": way.contribution_id, "way": way.pk},
        thread=way.contribution.thread,
        dedupe_key=f"way:{way.pk}:{way.stops_on}",
    )


def _driving(contribution: Contribution) -> list[int]:
    """Those who lead it; where nobody does, those who answer for it."""
    return leads(contribution) or answering(contribution)
