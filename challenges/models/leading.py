"""Those who lead a challenge propose what comes next; its coordinators take the step."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from contributions.enums import Status
from contributions.models import Contribution
from organisation.models import Person

PROPOSAL_LENGTH = 2_000


class StepProposal(models.Model):
    """A lead thinks that a step should be taken. It holds for as long as the challenge stands where it stood then."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="step_proposals")
    step = models.CharField(max_length=40)
    from_status = models.CharField(max_length=20, choices=Status)
    text = models.TextField(max_length=PROPOSAL_LENGTH)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True, help_text="taken back, set aside, or another one came")

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("contribution",), name="step_proposed_once", condition=Q(closed_at__isnull=True)),
            models.CheckConstraint(name="step_proposal_says_why", condition=~Q(text="")),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.contribution_id}"
