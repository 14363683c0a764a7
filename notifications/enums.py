"""The choices of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(models.TextChoices):
    """How a person wants to hear of a kind. The bell always holds everything."""

    DIRECT = "direct", _("Directly by mail")
    DIGEST = "digest", _("In the digest")
    BELL = "bell", _("Only here")


class Frequency(models.TextChoices):
    DAILY = "daily", _("Every weekday at 06:30")
    WEEKLY = "weekly", _("Mondays at 06:30")
    NEVER = "never", _("Never")


class MailState(models.TextChoices):
    """Where the mail of a notice or a digest stands."""

    NONE = "none"  # no mail of its own
    WAITING = "waiting"  # to be sent when due
    SENT = "sent"
    DROPPED = "dropped"  # nothing left to say: the person may no longer see it, or has turned it off
    DEAD = "dead"  # given up after repeated or permanent failure
