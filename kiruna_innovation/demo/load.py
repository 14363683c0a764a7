"""From texts to a living demo, in one transaction: all of it or nothing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from contributions.models import Comment, Contribution, Support
from kiruna_innovation.demo import finish, texts
from kiruna_innovation.demo.calendar import Calendar
from kiruna_innovation.demo.history import History
from kiruna_innovation.demo.people import settle
from organisation.models import Person

UNREAD_SINCE = "1 06.00"


@dataclass(frozen=True)
class Loaded:
    people: int
    contributions: int
    comments: int
    supports: int


@transaction.atomic
def load(now: datetime.datetime | None = None) -> Loaded:
    """Into a database without people, as if it were this moment."""
    calendar, stories = Calendar(now or timezone.now()), texts.stories()
    history = History(calendar, settle(calendar), stories)
    history.happen()
    finish.understand(stories, history.contributions)
    finish.count()
    finish.quieten(calendar.moment(UNREAD_SINCE))
    return Loaded(*(model.objects.count() for model in (Person, Contribution, Comment, Support)))
