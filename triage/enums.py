"""The choices of this app."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Tab(models.TextChoices):
    """What the queue shows."""

    ANSWER = "answer", pgettext_lazy("triage", "To answer")
    PROPOSED = "proposed", pgettext_lazy("triage", "Proposed steps")
    WAITING = "waiting", pgettext_lazy("triage", "Waiting for the author")
    PARKED = "parked", pgettext_lazy("triage", "Parked")
    ONGOING = "ongoing", pgettext_lazy("triage", "Under way")
    REPORTS = "reports", pgettext_lazy("triage", "Reports")


class Scope(models.TextChoices):
    """How much of what a coordinator answers for."""

    ALL = "all", pgettext_lazy("triage", "All I answer for")
    DEPARTMENTS = "departments", pgettext_lazy("triage", "My departments")
    MINE = "mine", pgettext_lazy("triage", "Mine")


class Stage(models.TextChoices):
    """When the responsible are reminded of a promise."""

    SOON = "soon"
    DUE = "due"
    LATE = "late"
