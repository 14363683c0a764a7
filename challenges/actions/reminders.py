"""Reminding of what was promised in a plan, of what was asked for and not answered, and of tests and small scales that stop today.

Each is told once, however late or often the clock runs.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from challenges.actions.windows import leads
from challenges.models import PlanItem, Resource, Trial, Way
from challenges.queries.plan import asked_of
from contributions.enums import Kind, Opening, Status
from contributions.lifecycle import answering
from contributions.models import Contribution
from contributions.statuses import OPENS
from lib.working_days import add_working_days, is_working_day
from notifications import outbox
from organisation.models import Organisation

MORNING = datetime.time(7)
SOON_WORKING_DAYS = 2
ANSWERED_WITHIN_WORKING_DAYS = 5


def remind(*, now: datetime.datetime | None = None) -> int:
    """Whoever promised hears two working days before and on the day, those who lead when it is late or nobody is there to do it.

    On days when the organisation that answers works, by its days. How many rows were looked at.
    """
    moment = timezone.localtime(now or timezone.now())
    today = moment.date()
    if not is_working_day(today) or moment.time() < MORNING:
        return 0
    with transaction.atomic():
        return sum(_of_organisation(one, today) for one in Organisation.objects.all() if today not in one.days_off)


def _of_organisation(owner: Organisation, today: datetime.date) -> int:
    items = _items(owner, add_working_days(today, SOON_WORKING_DAYS, owner.days_off))
    trials = _trials(owner, today)
    for item in items:
        _of_item(item, today)
    for trial in trials:
        _of_trial(trial)
    resources = _resources(owner, today)
    for resource in resources:
        _of_resource(resource)
    ways = _ways(owner, today)
    for way in ways:
        _of_way(way)
    return len(items) + len(trials) + len(resources) + len(ways)


def _worked_on(owner: Organisation, opening: Opening) -> Q:
    statuses = [status for status, opens in OPENS.items() if opening in opens]
    return Q(contribution__kind=Kind.CHALLENGE, contribution__status__in=statuses, contribution__owner_organisation=owner)


def _items(owner: Organisation, horizon: datetime.date) -> list[PlanItem]:
    """Those due before long, and those whose person has left, whenever they are due."""
    there = PlanItem.objects.filter(_worked_on(owner, Opening.PLAN), done_at__isnull=True, removed_at__isnull=True)
    near = there.filter(Q(due_on__lte=horizon) | Q(who__is_active=False))
    return list(near.select_related("who", "contribution__department").order_by("due_on", "pk"))


def _trials(owner: Organisation, today: datetime.date) -> list[Trial]:
    """Whatever became of the challenge meanwhile."""
    running = Trial.objects.filter(contribution__kind=Kind.CHALLENGE, contribution__owner_organisation=owner)
    running = running.filter(ended_at__isnull=True, stops_on__lte=today).exclude(contribution__status=Status.DRAFT)
    return list(running.select_related("contribution__department").order_by("stops_on", "pk"))


def _ways(owner: Organisation, today: datetime.date) -> list[Way]:
    """Small scales that have come to their stop date, where another way can be chosen."""
    standing = Way.objects.filter(_worked_on(owner, Opening.PLAN), ended_at__isnull=True, stops_on__lte=today)
    return list(standing.select_related("contribution__department").order_by("stops_on", "pk"))


def _resources(owner: Organisation, today: datetime.date) -> list[Resource]:
    """What has been asked for and not answered for some time."""
    waiting = Resource.objects.filter(_worked_on(owner, Opening.PLAN), outcome="", taken_back_at__isnull=True)
    rows = waiting.select_related("giver", "giving_department", "contribution__department").order_by("asked_at", "pk")
    within = ANSWERED_WITHIN_WORKING_DAYS
    return [one for one in rows if add_working_days(timezone.localdate(one.asked_at), within, owner.days_off) <= today]


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


def _of_resource(resource: Resource) -> None:
    """Whoever is asked, once. When the person has left, those who lead it."""
    about, giver = resource.contribution, resource.giver
    if giver and not giver.is_active:
        people = _driving(about)
    else:
        asked = asked_of(about, [resource])[resource.pk].people
        people = [one.pk for one in asked if one.pk != resource.asked_by_id]
    outbox.tell(
        people,
        "challenges.resource_waits",
        {"contribution": about.pk, "resource": resource.pk},
        thread=about.thread,
        cause=f"resource:{resource.pk}",
        dedupe_key=f"resource:{resource.pk}:waits",
    )


def _driving(contribution: Contribution) -> list[int]:
    """Those who lead it; where nobody does, those who answer for it."""
    return leads(contribution) or answering(contribution)
