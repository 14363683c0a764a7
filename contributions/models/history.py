"""What has happened to a contribution: its trail, its earlier texts, and proposals to merge it."""

from __future__ import annotations

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from contributions.enums import ReasonCode, Status, TrailSort
from contributions.models.contribution import Contribution
from organisation.models import Person


class TrailEntry(models.Model):
    """An append-only line: a step, a decision or a learning. The database refuses to change or delete it (masking words apart)."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="trail")
    sort = models.CharField(max_length=10, choices=TrailSort, default=TrailSort.STEP)
    step = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    from_status = models.CharField(max_length=20, choices=Status, blank=True)
    to_status = models.CharField(max_length=20, choices=Status)
    text = models.TextField(blank=True)
    reason_code = models.CharField(max_length=20, choices=ReasonCode, blank=True)
    change = models.TextField(blank=True, help_text="what would change our mind")
    decided_by = models.CharField(max_length=120, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    ground = models.TextField(blank=True)
    registration_number = models.CharField(max_length=40, blank=True)
    learning_believed = models.TextField(blank=True)
    learning_tried = models.TextField(blank=True)
    learning_happened = models.TextField(blank=True)
    learning_next = models.TextField(blank=True)
    before = models.JSONField(
        default=dict, encoder=DjangoJSONEncoder, help_text="the columns the step changed, as they were, for taking it back"
    )

    class Meta:
        ordering = ("at", "id")
        verbose_name_plural = "trail entries"
        constraints = (
            models.CheckConstraint(name="trail_sort_known", condition=Q(sort__in=TrailSort.values)),
            models.CheckConstraint(
                name="trail_learning_teaches",
                condition=~Q(sort=TrailSort.LEARNING) | ~Q(learning_happened="") | ~Q(learning_tried="") | ~Q(learning_believed=""),
            ),
        )
        indexes = (
            models.Index(name="trail_of_contribution", fields=["contribution", "at", "id"]),
            models.Index(name="trail_latest", fields=["-at", "-id"]),
            models.Index(name="trail_learnings", fields=["-at", "-id"], condition=~Q(learning_happened="")),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.contribution_id}"

    @property
    def cause(self) -> str:
        """The key by which everything told about it can be taken back."""
        return f"trail:{self.pk}"

    @property
    def teaches(self) -> bool:
        return bool(self.learning_believed or self.learning_tried or self.learning_happened)


class Revision(models.Model):
    """The texts as they stood before an edit of what had been sent. Written by contributions.actions.texts alone."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="revisions")
    version = models.PositiveIntegerField(help_text="the contribution's version that had these texts")
    at = models.DateTimeField(default=timezone.now, help_text="when they were replaced")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+", help_text="who replaced them")
    texts = models.JSONField(default=dict, help_text="only the columns that the edit changed")

    class Meta:
        ordering = ("-version",)
        constraints = (models.UniqueConstraint(fields=("contribution", "version"), name="revision_once_per_version"),)

    def __str__(self) -> str:
        return f"{self.contribution_id} version {self.version}"


class MergeProposal(models.Model):
    """A coordinator thinks that two contributions are one. Their authors are asked before anything moves."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="merge_proposals")
    target = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="merge_proposals_received")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(max_length=4_000)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="merged, or withdrawn")

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("contribution",), name="merge_proposed_once", condition=Q(closed_at__isnull=True)),
            models.CheckConstraint(name="merge_proposed_with_another", condition=~Q(target=models.F("contribution"))),
        )

    def __str__(self) -> str:
        return f"{self.contribution_id} into {self.target_id}"


class MergeAnswer(models.Model):
    """An author's answer to a proposal to merge; `agrees` is None until there is one."""

    proposal = models.ForeignKey(MergeProposal, on_delete=models.CASCADE, related_name="answers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    agrees = models.BooleanField(null=True)
    note = models.TextField(max_length=2_000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=("proposal", "person"), name="merge_answer_once"),
            models.CheckConstraint(name="merge_answer_has_time", condition=Q(agrees__isnull=True) ^ Q(answered_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.agrees}"
