"""Files that hang on a contribution."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from contributions.models.contribution import Contribution
from organisation.models import Person

FILE_NAME_LENGTH = 200
FOLDER = "attachments"


def random_name(_attachment: Attachment, _filename: str) -> str:
    """Where a file is kept: nothing of what the uploader called it, so that no address can be guessed and no name can do harm."""
    name = uuid.uuid4().hex
    return f"{FOLDER}/{name[:2]}/{name}"


class Attachment(models.Model):
    """An image, re-encoded by us, or a document of an allowed sort. Served only through the permission check."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="attachments")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=FILE_NAME_LENGTH, help_text="what the uploader called it, cleaned")
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="bytes, as kept")
    sha256 = models.CharField(max_length=64)
    file = models.FileField(upload_to=random_name, max_length=120)
    thumbnail = models.FileField(upload_to=random_name, max_length=120, blank=True)
    width = models.PositiveIntegerField(null=True, blank=True, help_text="pixels, of an image")
    height = models.PositiveIntegerField(null=True, blank=True, help_text="pixels, of an image")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(name="attachment_is_not_empty", condition=Q(size__gt=0)),
            models.UniqueConstraint(fields=("contribution", "sha256"), name="attachment_once_per_contribution"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.width is not None
