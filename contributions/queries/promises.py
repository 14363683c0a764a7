"""Do we keep what we promise? Open to all staff, per organisation."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Aggregate, Case, Count, F, FloatField, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, TruncDate, TruncQuarter
from django.utils import timezone

from contributions.enums import Ending
from contributions.models import PromiseRecord
from organisation.models import Organisation

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

WINDOW = datetime.timedelta(days=90)
FEW = 5
"""Fewer promises than this are told as numbers: a share of them says more than it knows."""
QUARTERS = 4


class Settled(TypedDict):
    settled_on: datetime.date


class Median(Aggregate):
    function = "percentile_cont"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Kept:
    """How many of an organisation's promises that came to an end in a time were kept."""

    organisation: Organisation
    kept: int
    given: int

    @property
    def percent(self) -> int | None:
        """Whole per cent; None when they are too few to say it in."""
        return round(100 * self.kept / self.given) if self.given >= FEW else None


@dataclass(frozen=True)
class Record(Kept):
    """All quarters together, each of them (oldest first), and the median of working days to the first answer where there is any."""

    median: float | None = None
    quarters: list[Kept] = field(default_factory=list)


def settled(today: datetime.date) -> QuerySet[WithAnnotations[PromiseRecord, Settled]]:
    """Promises of which it is known whether they were kept, each with the day on which that was settled (`settled_on`).

    Kept on the day of the answer; broken on the day promised, when that passed without one. Not here: what still runs, and what was handed
    over or taken back in time. One that waits for the author is late only if it was when the question was asked.
    """
    zone = timezone.get_current_timezone()
    runs_late = Q(ended_at__isnull=True, promised_on__lt=Coalesce(TruncDate("paused_at", tzinfo=zone), Value(today)))
    settled_on = Case(When(is_kept=True, then=TruncDate("ended_at", tzinfo=zone)), default=F("promised_on"))
    return PromiseRecord.objects.order_by().filter(Q(is_kept__isnull=False) | runs_late).annotate(settled_on=settled_on)


def kept_promises(today: datetime.date | None = None) -> list[Kept]:
    """Per organisation over the last 90 days: answered in time, of all that were answered or should have been. Two queries."""
    day = today or timezone.localdate()
    rows = settled(day).filter(settled_on__gt=day - WINDOW).values("organisation_id")
    counted = {row["organisation_id"]: row for row in rows.annotate(given=Count("pk"), kept=Count("pk", filter=Q(is_kept=True)))}
    return [
        Kept(organisation, counted[organisation.pk]["kept"], counted[organisation.pk]["given"])
        for organisation in Organisation.objects.all()
        if organisation.pk in counted
    ]


def quarters(today: datetime.date) -> list[datetime.date]:
    """The first days of this quarter and of the three before it, oldest first."""
    this = datetime.date(today.year, 3 * ((today.month - 1) // 3) + 1, 1)
    return list(accumulate(repeat(None, QUARTERS - 1), lambda first, _: _before(first), initial=this))[::-1]


def _before(first: datetime.date) -> datetime.date:
    last = first - datetime.timedelta(days=1)
    return datetime.date(last.year, last.month - 2, 1)


def records(today: datetime.date | None = None) -> list[Record]:
    """Every organisation over the last four quarters, this one included. Three queries, however many promises there are."""
    day = today or timezone.localdate()
    firsts = quarters(day)
    rows = settled(day).filter(settled_on__gte=firsts[0])
    medians = dict(rows.filter(ending=Ending.ANSWERED).values_list("organisation_id").annotate(median=Median("took")))
    by_quarter = rows.annotate(quarter=TruncQuarter("settled_on")).values_list("organisation_id", "quarter")
    counted = {
        (organisation, quarter): (kept, given)
        for organisation, quarter, kept, given in by_quarter.annotate(kept=Count("pk", filter=Q(is_kept=True)), given=Count("pk"))
    }
    return [_record(organisation, firsts, counted, medians.get(organisation.pk)) for organisation in Organisation.objects.all()]


def _record(
    organisation: Organisation,
    firsts: list[datetime.date],
    counted: dict[tuple[int, datetime.date], tuple[int, int]],
    median: float | None,
) -> Record:
    each = [Kept(organisation, *counted.get((organisation.pk, first), (0, 0))) for first in firsts]
    return Record(organisation, sum(one.kept for one in each), sum(one.given for one in each), median, each)
