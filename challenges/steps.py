"""The challenge's way through Kirunamodellen. Any later stage may go back to an earlier one, with a learning."""

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from challenges.models import Challenge, Result, Trial, Way
from challenges.queries.trials import footing_problem, named
from challenges.queries.understanding import recognised_words
from contributions.enums import Status
from contributions.models import Contribution, TrailEntry
from contributions.steps import MOVED, Changes, Step, Values, back, onward, shared_steps, unchanged

CLOSED_EARLY = "close_ideas"


def _open_window(_contribution: Contribution, values: Values, now: datetime.datetime) -> Changes:
    """The window stays open through the whole of the day chosen."""
    day: datetime.date = values["closes_on"]
    if day <= timezone.localdate(now):
        raise ValidationError({"closes_on": _("Choose tomorrow or a later day.")})
    midnight = datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time())
    return {"child.ideas_close_at": timezone.make_aware(midnight)}


def of_window(name: str, label: LazyText | str, done: LazyText | str, **more: Any) -> Step:
    """A step that changes the time for ideas and nothing else."""
    return Step(
        name=name, label=label, done=done, sources=frozenset({Status.OPEN_FOR_IDEAS}), target=unchanged,
        permission="contributions.answer_for", tells=MOVED, **more,
    )  # fmt: skip


def _close_window(contribution: Contribution, _values: Values, now: datetime.datetime) -> Changes:
    closes = Challenge.objects.filter(pk=contribution.pk).values_list("ideas_close_at", flat=True).get()
    if closes is not None and closes <= now:
        raise ValidationError(_("The time for ideas has ended already."))
    return {"child.ideas_close_at": now}


def _on_chosen_footing(contribution: Contribution, _values: Values, now: datetime.datetime) -> Changes:
    """A test begins with a manager's yes or a formal decision, chosen on the plan's screen."""
    way = Way.objects.filter(contribution_id=contribution.pk, ended_at__isnull=True).first()
    if problem := footing_problem(way, timezone.localdate(now)):
        raise ValidationError(problem)
    return {}


def _once_tests_have_ended(contribution: Contribution, _values: Values, _now: datetime.datetime) -> Changes:
    """What a test taught is written before the challenge is called solved."""
    running = list(Trial.objects.filter(contribution_id=contribution.pk, ended_at__isnull=True))
    if running:
        raise ValidationError(
            _("Still being tried: %(tests)s. Write first what happened, on the screen of tests.") % {"tests": named(running)}
        )
    return {}


def _write_result(contribution: Contribution, entry: TrailEntry) -> None:
    """What solved it is the beginning of the result, unless one is written already; taken back with the step."""
    if entry.step != "undo":
        given = {"text": entry.text, "written_at": entry.at, "written_by": entry.by}
        Result.objects.get_or_create(contribution_id=contribution.pk, defaults=given)
        return
    solved_at = contribution.trail.filter(step="solve").order_by("-at", "-pk").values("at")[:1]
    Result.objects.filter(contribution_id=contribution.pk, version=1, written_at=solved_at).delete()


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
        worth_knowing=recognised_words,
        help=_("Everybody who may read the challenge can give ideas until the day you choose."),
    ),
    of_window(
        "extend",
        _("Change the last day for ideas"),
        pgettext_lazy("trail", "The last day for ideas was changed"),
        requires=("closes_on", "reason"),
        effect=_open_window,
        help=_("Ideas are taken through the day you choose. The author and those who follow it hear of it."),
    ),
    of_window(
        CLOSED_EARLY,
        _("End the time for ideas now"),
        pgettext_lazy("trail", "The time for ideas was ended early"),
        requires=("reason",),
        effect=_close_window,
        help=_("No more ideas are taken. The author and those who follow it hear why."),
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
        effect=_on_chosen_footing,
        help=_("The author and those who follow it hear what is tried, where and until when."),
    ),
    onward(
        "solve",
        _("It is solved"),
        Status.TESTING,
        Status.SOLVED,
        effect=_once_tests_have_ended,
        after=_write_result,
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
