"""From texts to a living demo, in one transaction: all of it or nothing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contributions.models import Comment, Contribution, Support
from kiruna_innovation.demo import finish, texts
from kiruna_innovation.demo.calendar import Calendar
from kiruna_innovation.demo.history import History
from kiruna_innovation.demo.people import settle
from organisation.models import Person

UNREAD_SINCE = "1 06.00"


class DemoIsOff(Exception):
    """The demo's accounts have a password that everybody knows, and the installation does not allow them."""


@dataclass(frozen=True)
class Loaded:
    people: int
    contributions: int
    comments: int
    supports: int


def load(now: datetime.datetime | None = None) -> Loaded:
    """Into a database without people, as if it were this moment. Raises DemoIsOff, for its accounts must exist nowhere else."""
    if not settings.DEMO:
        raise DemoIsOff
    with transaction.atomic():
        return _load(now)


def _load(now: datetime.datetime | None) -> Loaded:
    calendar, stories = Calendar(now or timezone.now()), texts.stories()
    history = History(calendar, settle(calendar), stories)
    history.happen()
    finish.understand(stories, history.contributions, history.people)
    finish.work(stories, history)
    finish.mark()
    finish.count()
    finish.quieten(calendar.moment(UNREAD_SINCE))
    return Loaded(*(model.objects.count() for model in (Person, Contribution, Comment, Support)))
