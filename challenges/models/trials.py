"""On what footing something is tried, and the small tests themselves."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from challenges.enums import Verdict, WayKind
from contributions.models import Contribution
from organisation.models import Person


class Way(models.Model):
    """The way on that was chosen: a manager's yes and a stop date, or a formal decision. Changing it ends the row, with the reason."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="ways")
    kind = models.CharField(max_length=10, choices=WayKind)
    chosen_at = models.DateTimeField(default=timezone.now)
    chosen_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    manager = models.CharField(max_length=120, blank=True)
    yes_on = models.DateField(null=True, blank=True)
    stops_on = models.DateField(null=True, blank=True)
    body = models.CharField(max_length=120, blank=True)
    ground = models.TextField(blank=True)
    decided_on = models.DateField(null=True, blank=True)
    registration_number = models.CharField(max_length=40, blank=True)
    refused = models.BooleanField(default=False, help_text="the decision was a no")
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="why another way was chosen")

    class Meta:
        ordering = ("chosen_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("contribution",), condition=Q(ended_at__isnull=True), name="way_one_at_a_time"),
            models.CheckConstraint(
                name="way_has_its_footing",
                condition=Q(
                    kind=WayKind.SMALL,
                    yes_on__isnull=False,
                    stops_on__isnull=False,
                    stops_on__gt=F("yes_on"),
                    body="",
                    decided_on__isnull=True,
                )
                & ~Q(manager="")
                | Q(kind=WayKind.FORMAL, yes_on__isnull=True, stops_on__isnull=True, manager="") & ~Q(body="") & ~Q(ground=""),
            ),
            models.CheckConstraint(
                name="way_decided_is_registered",
                condition=Q(decided_on__isnull=True, registration_number="") | Q(decided_on__isnull=False) & ~Q(registration_number=""),
            ),
            models.CheckConstraint(name="way_refused_is_decided", condition=Q(refused=False) | Q(decided_on__isnull=False)),
            models.CheckConstraint(name="way_ended_for_a_reason", condition=Q(ended_at__isnull=True) | ~Q(reason="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.contribution_id}"

    @property
    def awaits(self) -> bool:
        """A formal decision that has not come."""
        return self.kind == WayKind.FORMAL and self.decided_on is None


class Trial(models.Model):
    """A small test: what is believed, what is tried and until when; and once it has ended what happened and what comes of it."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="trials")
    believed = models.TextField()
    tried = models.TextField()
    place = models.CharField(max_length=200)
    starts_on = models.DateField()
    stops_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    happened = models.TextField(blank=True)
    next = models.TextField(blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("starts_on", "id")
        constraints = (
            models.CheckConstraint(name="trial_says_what", condition=~Q(believed="") & ~Q(tried="") & ~Q(place="")),
            models.CheckConstraint(name="trial_stops_after_it_starts", condition=Q(stops_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="trial_ended_with_a_verdict",
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, verdict="", happened="")
                | Q(ended_at__isnull=False, ended_by__isnull=False, verdict__in=Verdict.values) & ~Q(happened=""),
            ),
        )
        indexes = (models.Index(name="trial_running", fields=["stops_on"], condition=Q(ended_at__isnull=True)),)

    def __str__(self) -> str:
        return self.tried
