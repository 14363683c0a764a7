"""An answer that coordinators write together before it goes."""

from __future__ import annotations

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from contributions.models.contribution import Contribution
from contributions.models.history import TrailEntry
from organisation.models import Person


class AnswerDraftQuerySet(models.QuerySet["AnswerDraft"]):
    def standing(self) -> Self:
        return self.filter(sent_as__isnull=True)

    def sent_before(self, moment: datetime.datetime) -> Self:
        return self.filter(sent_as__at__lt=moment)


class AnswerDraft(models.Model):
    """What a step's form holds so far. Whoever answers for the contribution reads, changes and sends it; nobody else knows of it.

    Once it is sent the trail has it, and it is kept, unseen, only for as long as the step can be taken back. Written by
    contributions.actions.drafting alone.
    """

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="answer_drafts")
    step = models.CharField(max_length=40)
    values = models.JSONField(default=dict, help_text="as the form had them, checked anew when they are sent")
    contribution_version = models.PositiveIntegerField(help_text="of the contribution, when it was last written")
    version = models.PositiveIntegerField(default=1)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="answer_drafts", help_text="who began it")
    edited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    sent_as = models.OneToOneField(
        TrailEntry, on_delete=models.CASCADE, null=True, blank=True, related_name="+", help_text="the step it was sent as"
    )

    objects = AnswerDraftQuerySet.as_manager()

    class Meta:
        ordering = ("-updated_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("contribution", "step"), name="answer_draft_once_per_step", condition=Q(sent_as__isnull=True)),
            models.CheckConstraint(name="answer_draft_of_a_step", condition=~Q(step="")),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.contribution_id}"

    @property
    def text(self) -> str:
        """The words to the author."""
        return str(self.values.get("reason") or self.values.get("body") or "")
