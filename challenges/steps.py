"""The challenge's way through Kirunamodellen. Any later stage may go back to an earlier one, with a learning."""

import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions.enums import Status
from contributions.models import Contribution
from contributions.steps import Changes, Values, back, onward, shared_steps


def _open_window(_contribution: Contribution, values: Values, now: datetime.datetime) -> Changes:
    """The window stays open through the whole of the day chosen."""
    day: datetime.date = values["closes_on"]
    if day <= timezone.localdate(now):
        raise ValidationError({"closes_on": _("Choose a day that has not been yet.")})
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
    return {"child.ideas_close_at": timezone.make_aware(midnight)}


CHALLENGE_STEPS = (
    *shared_steps(),
    onward(
        "understand",
        _("Take it on"),
        Status.REPORTED,
        Status.UNDERSTANDING,
        help=_("The author gets your answer: how we go about understanding it, and with whom."),
    ),
    onward(
        "open",
        _("Open for ideas"),
        Status.UNDERSTANDING,
        Status.OPEN_FOR_IDEAS,
        requires=("reason", "closes_on"),
        effect=_open_window,
        help=_("Everybody who may read the challenge can give ideas until the day you choose."),
    ),
    onward(
        "plan",
        _("On to the action plan"),
        Status.OPEN_FOR_IDEAS,
        Status.ACTION_PLAN,
        help=_("The author and those who follow it hear which ideas go on, and who does what."),
    ),
    onward(
        "test",
        _("Start the test"),
        Status.ACTION_PLAN,
        Status.TESTING,
        help=_("The author and those who follow it hear what is tried, where and until when."),
    ),
    onward(
        "solve",
        _("It is solved"),
        Status.TESTING,
        Status.SOLVED,
        help=_(
            "The author and those who follow it hear what solved it. A formal decision is recorded on its own, with its registration number."
        ),
    ),
    back(
        "back_to_understanding",
        _("Back to understanding"),
        frozenset({Status.OPEN_FOR_IDEAS, Status.ACTION_PLAN, Status.TESTING}),
        Status.UNDERSTANDING,
    ),
    back(
        "back_to_ideas",
        _("Open for ideas again"),
        frozenset({Status.ACTION_PLAN, Status.TESTING}),
        Status.OPEN_FOR_IDEAS,
        requires=("closes_on",),
        effect=_open_window,
    ),
    back("back_to_plan", _("Back to the action plan"), frozenset({Status.TESTING}), Status.ACTION_PLAN),
)
