"""The steps both kinds have, and the two shapes of a kind's own: one stage on, and back."""

from typing import Any

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contributions.enums import Status, TrailSort
from contributions.statuses import CLOSED, OPEN
from contributions.steps import effects, merging
from contributions.steps.step import Clock, Step, Told, as_before, counterpart, first_of, reopened, to, unchanged

LEARNING = ("learning_believed", "learning_tried", "learning_happened")
MOVED = {Told.AUTHOR: "contributions.moved", Told.CLOSE: "contributions.moved", Told.FOLLOWERS: "contributions.followed_moved"}


def shared_steps() -> tuple[Step, ...]:
    """The steps of DESIGN section 5 that both kinds have."""
    return (
        Step(
            name="submit",
            label=_("Send to the coordinator"),
            done=pgettext_lazy("trail", "Sent"),
            sources=frozenset({Status.DRAFT}),
            target=first_of,
            permission="contributions.own",
            requires=("audience",),
            clock=Clock.STARTS,
            effect=effects.send,
            tells={Told.COORDINATORS: "contributions.sent"},
        ),
        Step(
            name="assign",
            label=_("Assign"),
            done=pgettext_lazy("trail", "Assigned"),
            help=_("The coordinator you choose answers for it and gets the reminders."),
            sources=OPEN,
            target=unchanged,
            permission="contributions.answer_for",
            requires=("assignee",),
            effect=effects.assign,
            tells={Told.ASSIGNEE: "contributions.assigned"},
        ),
        Step(
            name="ask",
            label=_("Ask the author"),
            done=pgettext_lazy("trail", "Asked the author"),
            help=_("The promise waits until the author has answered."),
            sources=OPEN - {Status.NEEDS_AUTHOR, Status.PARKED},
            target=to(Status.NEEDS_AUTHOR),
            permission="contributions.answer_for",
            requires=("body",),
            clock=Clock.PAUSES,
            effect=effects.pause,
            tells={Told.AUTHOR: "contributions.asked"},
        ),
        Step(
            name="reply",
            label=_("Answer the question"),
            done=pgettext_lazy("trail", "The author answered"),
            sources=frozenset({Status.NEEDS_AUTHOR}),
            target=as_before,
            permission="contributions.own",
            requires=("body",),
            clock=Clock.RESUMES,
            effect=effects.come_back,
            tells={Told.ASSIGNEE: "contributions.replied"},
        ),
        Step(
            name="park",
            label=_("Park"),
            done=pgettext_lazy("trail", "Parked"),
            help=_("It comes back by itself on the day you choose."),
            sources=OPEN - {Status.PARKED},
            target=to(Status.PARKED),
            permission="contributions.answer_for",
            requires=("reason", "until"),
            clock=Clock.ANSWERS,
            effect=effects.park,
            tells=MOVED,
        ),
        Step(
            name="return",
            label=_("Bring back"),
            done=pgettext_lazy("trail", "Came back from being parked"),
            sources=frozenset({Status.PARKED}),
            target=as_before,
            permission="contributions.answer_for",
            effect=effects.come_back,
            tells={**MOVED, Told.ASSIGNEE: "contributions.came_back"},
            by_itself=True,
        ),
        Step(
            name="decline",
            label=_("Decline"),
            done=pgettext_lazy("trail", "Declined"),
            help=_("The author gets your answer, with your name."),
            sources=OPEN,
            target=to(Status.DECLINED),
            permission="contributions.answer_for",
            requires=("reason_code", "reason", "change"),
            clock=Clock.ANSWERS,
            effect=effects.resume,
            tells=MOVED,
        ),
        Step(
            name="merge",
            label=_("Merge with another"),
            done=pgettext_lazy("trail", "Merged"),
            help=_("The authors are asked first. Both stay named."),
            sources=OPEN,
            target=to(Status.MERGED),
            permission="contributions.answer_for",
            requires=("target", "reason"),
            clock=Clock.ANSWERS,
            effect=effects.merge,
            after=merging.settle,
            tells={**MOVED, Told.HOST: "contributions.merge_done"},
        ),
        Step(
            name="reopen",
            label=_("Open again"),
            done=pgettext_lazy("trail", "Opened again"),
            sources=CLOSED | {Status.PARKED},
            target=reopened,
            permission="contributions.answer_for",
            requires=("reason",),
            effect=effects.reopen,
            after=merging.settle,
            tells={**MOVED, Told.ASSIGNEE: "contributions.came_back"},
        ),
        Step(
            name="withdraw",
            label=_("Take back"),
            done=pgettext_lazy("trail", "Taken back by the author"),
            help=_("It becomes a draft again, which only you and those you have invited can see. Comments and support are kept."),
            sources=OPEN,
            target=to(Status.DRAFT),
            permission="contributions.own",
            clock=Clock.ENDS,
            effect=effects.take_back,
            tells={Told.ASSIGNEE: "contributions.withdrawn"},
        ),
        Step(
            name="widen",
            label=_("Let more people read it"),
            done=pgettext_lazy("trail", "Opened to more readers"),
            help=_("It cannot be narrowed afterwards, only taken back."),
            sources=frozenset(Status) - {Status.DRAFT, Status.MERGED},
            target=unchanged,
            permission="contributions.widen",
            effect=effects.widen,
        ),
        Step(
            name="hand_over",
            label=_("Hand over to another organisation"),
            done=pgettext_lazy("trail", "Handed over"),
            help=_("Their coordinators answer from now on, within the time they promise. Who may read it does not change."),
            sources=OPEN,
            target=unchanged,
            permission="contributions.answer_for",
            requires=("owner", "reason"),
            clock=Clock.PASSES,
            effect=effects.hand_over,
            tells={Told.AUTHOR: "contributions.moved", Told.NEW_OWNER: "contributions.sent"},
        ),
        Step(
            name="convert",
            label=_("Turn into the other kind"),
            done=pgettext_lazy("trail", "Changed kind"),
            help=_(
                "An idea becomes a challenge that others can give ideas to, or the other way round. Comments, support and followers stay."
            ),
            sources=OPEN - {Status.NEEDS_AUTHOR, Status.PARKED},
            target=counterpart,
            permission="contributions.answer_for",
            requires=("reason",),
            tells=MOVED,
        ),
        Step(
            name="decide",
            label=_("Record a decision"),
            done=pgettext_lazy("trail", "Decision"),
            help=_("Who decided what, when and on what ground. It cannot be changed afterwards."),
            sources=frozenset(Status) - {Status.DRAFT},
            target=unchanged,
            permission="contributions.answer_for",
            requires=("reason", "decided_by", "decided_on"),
            optional=("ground", "registration_number"),
            sort=TrailSort.DECISION,
            tells=MOVED,
        ),
        Step(
            name="learn",
            label=_("Record a learning"),
            done=pgettext_lazy("trail", "Learning"),
            help=_("What you believed, what you tried and what happened. Half a page is plenty."),
            sources=frozenset(Status) - {Status.DRAFT},
            target=unchanged,
            permission="contributions.learn",
            requires=LEARNING,
            optional=("learning_next",),
            sort=TrailSort.LEARNING,
            tells=MOVED,
        ),
    )


def onward(
    name: str, label: LazyText | str, source: Status, target: Status, *, requires: tuple[str, ...] = ("reason",), **more: Any
) -> Step:
    """A step one stage on, with a text to the author."""
    return Step(
        name=name,
        label=label,
        done=target.label,
        sources=frozenset({source}),
        target=to(target),
        permission="contributions.answer_for",
        requires=requires,
        clock=Clock.ANSWERS,
        tells=MOVED,
        is_onward=True,
        **more,
    )


def back(
    name: str, label: LazyText | str, sources: frozenset[Status], target: Status, *, requires: tuple[str, ...] = (), **more: Any
) -> Step:
    """A step back. Ordinary, and it asks what was learnt."""
    return Step(
        name=name,
        label=label,
        done=target.label,
        sources=sources,
        target=to(target),
        permission="contributions.answer_for",
        requires=LEARNING + requires,
        optional=("learning_next",),
        tells=MOVED,
        goes_back=True,
        help=_("Going back is usual. We only ask what you learnt."),
        **more,
    )
