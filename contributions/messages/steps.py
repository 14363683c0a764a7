"""What is said of steps."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from contributions.enums import Status
from contributions.messages.telling import Telling, beginning, fact, name_of, seen, whole, word
from contributions.models import TrailEntry
from contributions.statuses import CLOSED, FINISHED
from lib.dates import day
from notifications.outbox import Fact


def _asked(telling: Telling) -> Fact | None:
    contribution, entry = seen(telling), telling.entry
    if entry is None:
        return None
    text = word(contribution, _("A question about your idea"), _("A question about your challenge"))
    if contribution.status != Status.NEEDS_AUTHOR:
        return fact(telling, text, quote=whole(entry.text), by=name_of(entry.by))
    return fact(
        telling, text, quote=whole(entry.text), by=name_of(entry.by), url=reverse("step", args=(contribution.pk, "reply")),
        act=_("Answer the question"), status=_("Your turn"), status_tone="warning",
    )  # fmt: skip


def _moved(telling: Telling) -> Fact | None:
    contribution, entry = seen(telling), telling.entry
    if entry is None:
        return None
    idea, challenge = _movement(entry)
    return _step_fact(telling, entry, word(contribution, idea, challenge))


def _movement(entry: TrailEntry) -> tuple[str, str]:
    """What the step was, said of an idea and of a challenge."""
    match entry.step:
        case "explore" | "understand" | "park" | "decline":
            return _("An answer about your idea"), _("An answer about your challenge")
        case "merge":
            return _("Your idea has been merged with another"), _("Your challenge has been merged with another")
        case "return" | "reopen":
            return _("Your idea is open again"), _("Your challenge is open again")
        case "hand_over":
            return _("Your idea has been handed over"), _("Your challenge has been handed over")
        case "convert":
            return _("Your challenge has become an idea"), _("Your idea has become a challenge")
        case "decide":
            return _("A decision about your idea"), _("A decision about your challenge")
        case "learn":
            return _("A learning about your idea"), _("A learning about your challenge")
        case step if step.startswith("back_"):
            return _("Your idea has gone back a step"), _("Your challenge has gone back a step")
        case _:
            return _("Your idea has moved on"), _("Your challenge has moved on")


def _followed_moved(telling: Telling) -> Fact | None:
    contribution, entry = seen(telling), telling.entry
    if entry is None:
        return None
    match entry.step:
        case "decide":
            text = word(contribution, _("A decision about an idea you follow"), _("A decision about a challenge you follow"))
        case "learn":
            text = word(contribution, _("A learning about an idea you follow"), _("A learning about a challenge you follow"))
        case _:
            text = word(contribution, _("An idea you follow has moved"), _("A challenge you follow has moved"))
    return _step_fact(telling, entry, text)


def _step_fact(telling: Telling, entry: TrailEntry, text: str) -> Fact:
    status, contribution = Status(entry.to_status), seen(telling)
    if entry.step == "hand_over" and contribution.promised_on and not (contribution.answered_at or contribution.promise_paused_at):
        due = _("Answer by %(day)s") % {"day": day(contribution.promised_on)}
        return fact(telling, text, quote=_reasons(entry), by=name_of(entry.by), status=due, status_tone="accent")
    tone = "success" if status in FINISHED else "neutral" if status in CLOSED or status == Status.PARKED else "accent"
    return fact(telling, text, quote=_reasons(entry), by=name_of(entry.by), status=str(status.label), status_tone=tone)


def _reasons(entry: TrailEntry) -> str:
    """The words of a step: the answer, what would change it, or what was learnt."""
    words, change = whole(entry.text or entry.learning_happened), whole(entry.change)
    return f"{words}\n\n" + _("This would change our answer: %(change)s") % {"change": change} if change else words


def _sent(telling: Telling) -> Fact | None:
    contribution = seen(telling)
    text = word(contribution, _("A new idea to answer"), _("A new challenge to answer"))
    return _to_answer(telling, text, quote=beginning(contribution.problem))


def _assigned(telling: Telling) -> Fact | None:
    name = {"name": name_of(telling.entry.by if telling.entry else None)}
    idea, challenge = _("%(name)s has given you an idea to answer"), _("%(name)s has given you a challenge to answer")
    return _to_answer(telling, word(seen(telling), idea, challenge) % name)


def _replied(telling: Telling) -> Fact | None:
    if telling.entry is None:
        return None
    text = _("%(name)s has answered the question") % {"name": name_of(telling.entry.by)}
    return _to_answer(telling, text, quote=whole(telling.entry.text))


def _came_back(telling: Telling) -> Fact | None:
    """For as long as nobody has acted on it since."""
    contribution, entry = seen(telling), telling.entry
    if entry is None or contribution.came_back_at is None:
        return None
    words = (
        (_("An idea is back from being parked"), _("A challenge is back from being parked"))
        if entry.step == "return"
        else (_("An idea has been opened again"), _("A challenge has been opened again"))
    )
    return _to_answer(telling, word(contribution, *words), quote=whole(entry.text))


def _to_answer(telling: Telling, text: str, quote: str = "") -> Fact | None:
    """With the promised day and a button, for as long as the answer is still to be given; nothing for who no longer answers for it."""
    contribution, reason = seen(telling), _("you answer for it as a coordinator")
    if not telling.reader.has_perm("contributions.answer_for", contribution):
        return None
    rests = contribution.answered_at or contribution.status in CLOSED | {Status.NEEDS_AUTHOR}
    if rests or contribution.promised_on is None:
        return fact(telling, text, quote=quote, reason=reason)
    status = _("Answer by %(day)s") % {"day": day(contribution.promised_on)}
    return fact(telling, text, quote=quote, reason=reason, act=_("Answer"), status=status, status_tone="accent")


def _withdrawn(telling: Telling) -> Fact:
    """Said even to somebody who may no longer see it, and then without a word of what it was."""
    text, reason = _("The author has taken back a contribution you were to answer"), _("you answered for it as a coordinator")
    return fact(telling, text, reason=reason) if telling.contribution else Fact(text=text, title="", url="", reason=reason)


SAYINGS = {
    "contributions.asked": _asked,
    "contributions.moved": _moved,
    "contributions.followed_moved": _followed_moved,
    "contributions.sent": _sent,
    "contributions.assigned": _assigned,
    "contributions.replied": _replied,
    "contributions.withdrawn": _withdrawn,
    "contributions.came_back": _came_back,
}
