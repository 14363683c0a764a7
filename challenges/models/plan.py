"""The action plan: what is done, by whom, until when, and what it needs."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from challenges.enums import Outcome, ResourceSort
from contributions.models import Contribution
from organisation.models import Department, Person


class PlanItem(models.Model):
    """One thing to do. Taken away it stays as a row, with who did so and when."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="plan_items")
    what = models.CharField(max_length=300)
    who = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="promised")
    due_on = models.DateField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("due_on", "id")
        constraints = (
            models.CheckConstraint(name="plan_item_says_what", condition=~Q(what="")),
            models.CheckConstraint(
                name="plan_item_done_by_whom",
                condition=Q(done_at__isnull=True, done_by__isnull=True) | Q(done_at__isnull=False, done_by__isnull=False),
            ),
            models.CheckConstraint(
                name="plan_item_removed_by_whom",
                condition=Q(removed_at__isnull=True, removed_by__isnull=True) | Q(removed_at__isnull=False, removed_by__isnull=False),
            ),
        )
        indexes = (models.Index(name="plan_item_to_do", fields=["due_on"], condition=Q(done_at__isnull=True, removed_at__isnull=True)),)

    def __str__(self) -> str:
        return self.what


class Resource(models.Model):
    """Something asked for, of a person or of a department, and the one answer to it. The answer is never changed: one asks again.

    Until it is answered it can be taken back.
    """

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="resources")
    sort = models.CharField(max_length=10, choices=ResourceSort)
    amount = models.PositiveIntegerField(null=True, blank=True, help_text="hours, or kronor")
    what = models.CharField(max_length=200)
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    giving_department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    note = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(name="resource_sort_known", condition=Q(sort__in=ResourceSort.values)),
            models.CheckConstraint(name="resource_says_what", condition=~Q(what="")),
            models.CheckConstraint(name="resource_how_much", condition=Q(sort=ResourceSort.EQUIPMENT) | Q(amount__gte=1)),
            models.CheckConstraint(
                name="resource_of_somebody",
                condition=Q(giver__isnull=False, giving_department__isnull=True) | Q(giver__isnull=True, giving_department__isnull=False),
            ),
            models.CheckConstraint(
                name="resource_answered_by_whom",
                condition=Q(outcome="", answered_at__isnull=True, answered_by__isnull=True)
                | Q(outcome__in=Outcome.values, answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="resource_taken_back_unanswered",
                condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
                | Q(taken_back_at__isnull=False, taken_back_by__isnull=False, outcome=""),
            ),
        )

    def __str__(self) -> str:
        return self.what

    @property
    def is_waiting(self) -> bool:
        return not self.outcome and self.taken_back_at is None
