"""What was parked comes back by itself."""

from __future__ import annotations

import datetime

from django.utils import timezone

from contributions.enums import Status
from contributions.lifecycle import IllegalStep, StaleVersion, advance
from contributions.models import Contribution


def return_parked(*, now: datetime.datetime | None = None) -> int:
    """Bring back everything whose day has come; each in a transaction of its own. Late, twice or two at once is once. Returns how many."""
    moment = now or timezone.now()
    due = Contribution.objects.filter(status=Status.PARKED, parked_until__lte=timezone.localdate(moment)).order_by("parked_until", "pk")
    returned = 0
    for contribution in due.only("pk", "version"):
        try:
            advance(by=None, contribution=contribution, step="return", version=contribution.version, now=moment)
        except (IllegalStep, StaleVersion):
            continue  # somebody was quicker
        returned += 1
    return returned
