"""What only an idea has."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from contributions.models import TEXT_LENGTH, Contribution, ContributionManager


class Idea(Contribution):
    """A proposal; may answer a challenge. A draft is always an idea."""

    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="idea")
    proposal = models.TextField(max_length=TEXT_LENGTH, blank=True)
    benefit = models.TextField(max_length=TEXT_LENGTH, blank=True)

    objects: ClassVar[ContributionManager[Idea]] = ContributionManager()
