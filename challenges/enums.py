"""The choices of this app."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import pgettext_lazy

from contributions.enums import Status


class Stage(models.TextChoices):
    """Kirunamodellen, as a challenge goes through it: one screen each, at an address of this name."""

    UNDERSTANDING = "understanding", pgettext_lazy("stage", "Understand")
    IDEAS = "ideas", pgettext_lazy("stage", "Ideas")
    PLAN = "plan", pgettext_lazy("stage", "Action plan")
    TESTS = "tests", pgettext_lazy("stage", "Test")
    SPREAD = "spread", pgettext_lazy("stage", "Solved and spread")


STAGE_OF: Mapping[str, Stage] = {
    Status.REPORTED: Stage.UNDERSTANDING,
    Status.UNDERSTANDING: Stage.UNDERSTANDING,
    Status.OPEN_FOR_IDEAS: Stage.IDEAS,
    Status.ACTION_PLAN: Stage.PLAN,
    Status.TESTING: Stage.TESTS,
    Status.SOLVED: Stage.SPREAD,
}
"""Where a challenge of this status is worked on. The others (declined, merged, at rest) are no stage of their own."""

MOST_WHYS = 10
"""Links in a chain."""


class Shift(models.TextChoices):
    """What may be done to a link of the chain of whys."""

    UP = "up"
    DOWN = "down"
    AWAY = "away"


class ResourceSort(models.TextChoices):
    HOURS = "hours", pgettext_lazy("resource", "Hours")
    MONEY = "money", pgettext_lazy("resource", "Money")
    EQUIPMENT = "equipment", pgettext_lazy("resource", "Equipment")


class Outcome(models.TextChoices):
    """The answer to what was asked for."""

    GRANTED = "granted", pgettext_lazy("resource", "Granted")
    PARTLY = "partly", pgettext_lazy("resource", "Granted in part")
    REFUSED = "refused", pgettext_lazy("resource", "Refused")


class WayKind(models.TextChoices):
    """The two ways from a plan to a test."""

    SMALL = "small", pgettext_lazy("way", "Try on a small scale")
    FORMAL = "formal", pgettext_lazy("way", "Needs a formal decision")


class Verdict(models.TextChoices):
    """What comes of a small test."""

    GO_ON = "go_on", pgettext_lazy("verdict", "Go on")
    CHANGE = "change", pgettext_lazy("verdict", "Change and try again")
    STOP = "stop", pgettext_lazy("verdict", "Stop")
