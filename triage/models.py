"""Coordinators' own notes on what they answer for: labels, and who has been told that they might help."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from contributions.models import Contribution
from organisation.models import Organisation, Person

LABEL_LENGTH = 40


class Label(models.Model):
    """A word coordinators sort by: of one organisation, or of the whole group. `key` is the name without regard to case."""

    name = models.CharField(max_length=LABEL_LENGTH)
    key = models.CharField(max_length=2 * LABEL_LENGTH)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    made_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("key", "id")
        constraints = (
            models.UniqueConstraint(fields=("organisation", "key"), nulls_distinct=False, name="label_once_per_scope"),
            models.CheckConstraint(name="label_named", condition=~Q(name="") & ~Q(key="")),
        )

    def __str__(self) -> str:
        return self.name


class Labelling(models.Model):
    """A label on a contribution: who set it and when, and who took it off. The row stays, so that the log is whole."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="labellings")
    label = models.ForeignKey(Label, on_delete=models.CASCADE, related_name="labellings")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("contribution", "label"), condition=Q(removed_at__isnull=True), name="labelling_once"),
            models.CheckConstraint(
                name="labelling_removed_by_somebody",
                condition=Q(removed_by__isnull=True, removed_at__isnull=True) | Q(removed_by__isnull=False, removed_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.label_id} on {self.contribution_id}"


class Introduction(models.Model):
    """A coordinator has told somebody that they might help with a contribution. Once for each person; it gives no right to read."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="introductions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contribution", "person"), name="introduction_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} to {self.contribution_id}"
