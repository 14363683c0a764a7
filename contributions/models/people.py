"""People tied to a contribution: participants and followers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from contributions.enums import ParticipantRole
from contributions.models.contribution import Contribution
from organisation.models import Person


class Participant(models.Model):
    """A person tied to a contribution beyond its author."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="participants")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="participations")
    role = models.CharField(max_length=12, choices=ParticipantRole)
    since = models.DateTimeField(default=timezone.now)
    invited_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    through = models.ForeignKey(
        Contribution,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="the merged contribution that brought them",
    )

    class Meta:
        ordering = ("since", "id")
        constraints = (
            models.UniqueConstraint(fields=("contribution", "person", "role"), name="participant_once_per_role"),
            models.CheckConstraint(name="participant_role_known", condition=Q(role__in=ParticipantRole.values)),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.contribution_id}"


class Follow(models.Model):
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="follows")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="follows")
    since = models.DateTimeField(default=timezone.now)
    through = models.ForeignKey(
        Contribution,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="the merged contribution that brought them",
    )

    class Meta:
        constraints = (models.UniqueConstraint(fields=("contribution", "person"), name="follow_once"),)
        indexes = (models.Index(name="follow_by_person", fields=["person", "contribution"]),)

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.contribution_id}"
