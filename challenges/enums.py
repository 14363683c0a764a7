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
