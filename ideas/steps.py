"""The idea's way: submitted → exploring → planned → testing → adopted. Going back is ordinary."""

from django.utils.translation import gettext_lazy as _

from contributions.enums import Status
from contributions.steps import back, onward, shared_steps

IDEA_STEPS = (
    *shared_steps(),
    onward(
        "explore",
        _("Take it on"),
        Status.SUBMITTED,
        Status.EXPLORING,
        help=_("The author gets your answer: what will be explored, and by whom."),
    ),
    onward(
        "plan",
        _("Plan it"),
        Status.EXPLORING,
        Status.PLANNED,
        help=_("The author and those who follow it hear what is planned, by whom and when. Going back later is usual."),
    ),
    onward(
        "test",
        _("Start the test"),
        Status.PLANNED,
        Status.TESTING,
        help=_("The author and those who follow it hear what is tried, where and until when."),
    ),
    onward(
        "adopt",
        _("Adopt it"),
        Status.TESTING,
        Status.ADOPTED,
        help=_(
            "The author and those who follow it hear what it became. A formal decision is recorded on its own, with its registration number."
        ),
    ),
    back("back_to_exploring", _("Back to exploring"), frozenset({Status.PLANNED, Status.TESTING}), Status.EXPLORING),
    back("back_to_planned", _("Back to the plan"), frozenset({Status.TESTING}), Status.PLANNED),
)
