"""The choices of this app."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Tab(models.TextChoices):
    """What the queue shows."""

    ANSWER = "answer", pgettext_lazy("triage", "To answer")
    MINE = "mine", pgettext_lazy("triage", "Mine")
    WAITING = "waiting", pgettext_lazy("triage", "Waiting for the author")
    ONGOING = "ongoing", pgettext_lazy("triage", "Under way")
    REPORTS = "reports", pgettext_lazy("triage", "Reports")


class Stage(models.TextChoices):
    """When the responsible are reminded of a promise."""

    SOON = "soon"
    DUE = "due"
    LATE = "late"
