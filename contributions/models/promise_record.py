"""What an organisation has promised, and how it went."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from contributions.enums import Ending
from contributions.models.contribution import Contribution
from contributions.models.history import TrailEntry
from organisation.models import Organisation


class PromiseRecord(models.Model):
    """One promise of one organisation. Written by contributions.promise alone, under the lock of the contribution.

    What the contribution says of its promise is how it stands now; this is what remains when it is handed over or taken back.
    """

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="promises")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="promises")
    given_by = models.ForeignKey(TrailEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField()
    first_promised_on = models.DateField(help_text="the day as it was given")
    promised_on = models.DateField(help_text="the day as pauses have moved it")
    paused_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(TrailEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=12, choices=Ending, blank=True)
    is_kept = models.BooleanField(null=True, help_text="unknown while it runs, and when it ended in time without an answer")
    took = models.PositiveSmallIntegerField(null=True, blank=True, help_text="working days to the answer, pauses left out")

    class Meta:
        ordering = ("started_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("contribution",), name="promise_runs_once", condition=Q(ended_at__isnull=True)),
            models.CheckConstraint(
                name="promise_ending_is_whole",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, ending="", is_kept__isnull=True, took__isnull=True)
                | Q(ended_at__isnull=False, ending=Ending.ANSWERED, is_kept__isnull=False, took__isnull=False)
                | (Q(ended_at__isnull=False, ending__in=(Ending.HANDED_OVER, Ending.WITHDRAWN), took__isnull=True) & ~Q(is_kept=True)),
            ),
            models.CheckConstraint(name="promise_moves_only_onwards", condition=Q(promised_on__gte=F("first_promised_on"))),
            models.CheckConstraint(name="promise_ends_after_start", condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at"))),
        )
        indexes = (models.Index(name="promise_of_organisation", fields=["organisation", "promised_on"]),)

    def __str__(self) -> str:
        return f"{self.contribution_id} by {self.promised_on}"
