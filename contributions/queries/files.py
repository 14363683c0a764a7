"""The files of a contribution, as pages show them."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from contributions.models import Attachment, Contribution

SHOWN = ("id", "name", "media_type", "size", "width", "height")


def shown_files(contribution: Contribution | OuterRef) -> QuerySet[Attachment, Any]:
    """Rows of plain values, in the order in which they were attached: `width` and `height` are a picture's alone."""
    return Attachment.objects.filter(contribution=contribution).order_by("created_at", "pk").values(row=JSONObject(**{n: n for n in SHOWN}))


def files_of(contribution: Contribution) -> list[dict[str, Any]]:
    return [one["row"] for one in shown_files(contribution)]
