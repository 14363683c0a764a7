"""What only a challenge has."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from contributions.enums import Status
from contributions.models import Contribution, ContributionManager


class Challenge(Contribution):
    """A problem someone experiences, worked through Kirunamodellen."""

    contribution = models.OneToOneField(
        Contribution, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="challenge"
    )
    root_problem = models.CharField(max_length=300, blank=True)
    ideas_close_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ContributionManager[Challenge]] = ContributionManager()

    @property
    def is_open_for_ideas(self) -> bool:
        """Both must say so: the status, and the clock."""
        return self.status == Status.OPEN_FOR_IDEAS and self.ideas_close_at is not None and timezone.now() < self.ideas_close_at
