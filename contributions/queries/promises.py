"""Do we keep what we promise? Open to all staff, per organisation."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, F, Q
from django.db.models.functions import TruncDate
from django.utils import timezone

from contributions.models import Contribution
from organisation.models import Organisation

WINDOW = datetime.timedelta(days=90)


@dataclass(frozen=True)
class Kept:
    """How many of an organisation's promises that ran out in the window were kept."""

    organisation: Organisation
    kept: int
    given: int

    @property
    def percent(self) -> int | None:
        """Whole per cent; None when nothing was promised."""
        return round(100 * self.kept / self.given) if self.given else None


def kept_promises(today: datetime.date | None = None) -> list[Kept]:
    """Per organisation over the last 90 days: answered in time, of all that were answered or should have been. Two queries."""
    day = today or timezone.localdate()
    answered_on = TruncDate("answered_at", tzinfo=timezone.get_current_timezone())
    counted = Q(promised_on__gt=day - WINDOW) & (Q(answered_at__isnull=False) | Q(promised_on__lt=day, promise_paused_at__isnull=True))
    rows = (
        Contribution.objects.filter(counted)
        .alias(answered_on=answered_on)
        .values("owner_organisation_id")
        .annotate(given=Count("pk"), kept=Count("pk", filter=Q(answered_at__isnull=False) & Q(answered_on__lte=F("promised_on"))))
    )
    by_owner = {row["owner_organisation_id"]: row for row in rows}
    return [
        Kept(organisation, by_owner[organisation.pk]["kept"], by_owner[organisation.pk]["given"])
        for organisation in Organisation.objects.all()
        if organisation.pk in by_owner
    ]
