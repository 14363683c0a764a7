"""What people are told of contributions: the kinds, and what a notice says to its reader now.

All kinds share one `facts`, so that a page of notices costs the same few queries whatever it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.enums import Kind as ContributionKind
from contributions.enums import Status, SupportKind
from contributions.models import Comment, Contribution, Report, Support, TrailEntry
from contributions.statuses import CLOSED, FINISHED
from lib.dates import day
from lib.markdown import excerpt, plain_text
from notifications.enums import Channel
from notifications.outbox import Fact, Kind, Told
from organisation.enums import Role
from organisation.models import Person

ANSWER_LENGTH = 1_000
EXCERPT_LENGTH = 300


@dataclass(frozen=True)
class Telling:
    """A notice's ids turned into rows, as far as they are there for this reader. `contribution` is None when they may not see it."""

    kind: str
    reader: Person
    contribution: Contribution | None
    entry: TrailEntry | None
    comment: Comment | None
    support: Support | None
    report: Report | None


def facts(person: Person, told: Sequence[Told]) -> list[Fact | None]:
    """One query for the contributions the person may see, and one for each sort of row the notices point at."""
    visible = Contribution.objects.visible_to(person).select_related("department").only(*SAID["contribution"])
    contributions = visible.in_bulk(_ids(told, "contribution"))
    entries = _rows(TrailEntry, told, "entry", "by")
    comments = _rows(Comment, told, "comment", "author")
    supports = _supports(told)
    reports = _rows(Report, told, "report")
    tellings = (
        Telling(
            kind=item.kind,
            reader=person,
            contribution=contributions.get(item["contribution"]),
            entry=entries.get(item.get("entry", 0)),
            comment=comments.get(item.get("comment", 0)),
            support=supports.get((item["contribution"], item.get("person", 0), item.kind == "contributions.help_offered")),
            report=reports.get(item.get("report", 0)),
        )
        for item in told
    )
    return [SAYINGS[telling.kind](telling) if telling.contribution or telling.kind in SAID_UNSEEN else None for telling in tellings]


def _ids(told: Sequence[Told], name: str) -> set[int]:
    return {item[name] for item in told if name in item}


def _rows(model: type[Any], told: Sequence[Told], name: str, *related: str) -> dict[int, Any]:
    ids = _ids(told, name)
    rows = model._default_manager.filter(pk__in=ids).only(*SAID[name]).order_by()
    return {row.pk: row for row in (rows.select_related(*related) if related else rows)} if ids else {}


SAID = {
    "contribution": (
        "kind", "status", "title", "problem", "author", "promised_on", "answered_at", "owner_organisation", "department__organisation",
        "audience", "department__path",
    ),
    "entry": ("step", "to_status", "text", "change", "learning_happened", "by__given_name", "by__family_name"),
    "comment": ("body", "hidden_at", "author__given_name", "author__family_name"),
    "report": ("comment", "reason", "handled_at"),
}  # fmt: skip
"""The columns that are read. A digest for everybody reads tens of thousands of rows."""


def _supports(told: Sequence[Told]) -> dict[tuple[int, int, bool], Support]:
    """What stands now, by contribution, person and whether it is help: a button let go and pressed again is the same support."""
    people = _ids(told, "person")
    if not people:
        return {}
    rows = Support.objects.filter(contribution__in=_ids(told, "contribution"), person__in=people).select_related("person__department")
    return {(row.contribution_id, row.person_id, row.kind == SupportKind.HELP): row for row in rows.order_by("kind")}


def _asked(telling: Telling) -> Fact | None:
    contribution, entry = _seen(telling), telling.entry
    if entry is None:
        return None
    text = _word(contribution, _("A question about your idea"), _("A question about your challenge"))
    if contribution.status != Status.NEEDS_AUTHOR:
        return _fact(telling, text, quote=_whole(entry.text), by=_name(entry.by))
    return _fact(
        telling, text, quote=_whole(entry.text), by=_name(entry.by), url=reverse("step", args=(contribution.pk, "reply")),
        act=_("Answer the question"), status=_("Your turn"), status_tone="warning",
    )  # fmt: skip


def _moved(telling: Telling) -> Fact | None:
    contribution, entry = _seen(telling), telling.entry
    if entry is None:
        return None
    idea, challenge = _movement(entry)
    return _step_fact(telling, entry, _word(contribution, idea, challenge))


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
    contribution, entry = _seen(telling), telling.entry
    if entry is None:
        return None
    match entry.step:
        case "decide":
            text = _word(contribution, _("A decision about an idea you follow"), _("A decision about a challenge you follow"))
        case "learn":
            text = _word(contribution, _("A learning about an idea you follow"), _("A learning about a challenge you follow"))
        case _:
            text = _word(contribution, _("An idea you follow has moved"), _("A challenge you follow has moved"))
    return _step_fact(telling, entry, text)


def _step_fact(telling: Telling, entry: TrailEntry, text: str) -> Fact:
    status = Status(entry.to_status)
    tone = "success" if status in FINISHED else "neutral" if status in CLOSED or status == Status.PARKED else "accent"
    return _fact(telling, text, quote=_reasons(entry), by=_name(entry.by), status=str(status.label), status_tone=tone)


def _reasons(entry: TrailEntry) -> str:
    """The words of a step: the answer, what would change it, or what was learnt."""
    words, change = _whole(entry.text or entry.learning_happened), _whole(entry.change)
    return f"{words}\n\n" + _("This would change our answer: %(change)s") % {"change": change} if change else words


def _sent(telling: Telling) -> Fact:
    contribution = _seen(telling)
    text = _word(contribution, _("A new idea to answer"), _("A new challenge to answer"))
    return _to_answer(telling, text, quote=_beginning(contribution.problem))


def _assigned(telling: Telling) -> Fact:
    name = {"name": _name(telling.entry.by if telling.entry else None)}
    idea, challenge = _("%(name)s has given you an idea to answer"), _("%(name)s has given you a challenge to answer")
    return _to_answer(telling, _word(_seen(telling), idea, challenge) % name)


def _replied(telling: Telling) -> Fact | None:
    if telling.entry is None:
        return None
    text = _("%(name)s has answered the question") % {"name": _name(telling.entry.by)}
    return _to_answer(telling, text, quote=_whole(telling.entry.text))


def _to_answer(telling: Telling, text: str, quote: str = "") -> Fact:
    """With the promised day and a button, for as long as the answer is still to be given."""
    contribution, reason = _seen(telling), _("you answer for it as a coordinator")
    rests = contribution.answered_at or contribution.status in CLOSED | {Status.NEEDS_AUTHOR}
    if rests or contribution.promised_on is None:
        return _fact(telling, text, quote=quote, reason=reason)
    status = _("Answer by %(day)s") % {"day": day(contribution.promised_on)}
    return _fact(telling, text, quote=quote, reason=reason, act=_("Answer"), status=status, status_tone="accent")


def _withdrawn(telling: Telling) -> Fact:
    """Said even to somebody who may no longer see it, and then without a word of what it was."""
    text, reason = _("The author has taken back a contribution you were to answer"), _("you answered for it as a coordinator")
    return _fact(telling, text, reason=reason) if telling.contribution else Fact(text=text, title="", url="", reason=reason)


def _commented(telling: Telling) -> Fact | None:
    contribution = _seen(telling)
    if _is_author(telling):
        text = _word(contribution, _("%(name)s has commented on your idea"), _("%(name)s has commented on your challenge"))
    else:
        text = _word(
            contribution,
            _("%(name)s has commented on an idea you take part in"),
            _("%(name)s has commented on a challenge you take part in"),
        )
    return _comment_fact(telling, text)


def _followed_commented(telling: Telling) -> Fact | None:
    idea, challenge = _("%(name)s has commented on an idea you follow"), _("%(name)s has commented on a challenge you follow")
    return _comment_fact(telling, _word(_seen(telling), idea, challenge))


def _answered_comment(telling: Telling) -> Fact | None:
    return _comment_fact(telling, _("%(name)s has answered your comment"), reason=_("you wrote the comment"))


def _comment_fact(telling: Telling, text: str, reason: str = "") -> Fact | None:
    comment = telling.comment
    if comment is None or comment.hidden_at is not None:
        return None
    url = f"{_seen(telling).get_absolute_url()}#comment-{comment.pk}"
    return _fact(telling, text % {"name": comment.author.full_name}, quote=_beginning(comment.body), url=url, reason=reason)


def _supported(telling: Telling) -> Fact | None:
    support, contribution = telling.support, _seen(telling)
    if support is None:
        return None
    match support.kind:
        case SupportKind.HELP:
            text = _word(
                contribution,
                _("%(name)s, %(place)s, wants to help with your idea"),
                _("%(name)s, %(place)s, wants to help with your challenge"),
            )
        case SupportKind.NEED:
            text = _("%(name)s, %(place)s, has the same need")
        case _:
            text = _word(contribution, _("%(name)s, %(place)s, supports your idea"), _("%(name)s, %(place)s, supports your challenge"))
    return _fact(telling, text % {"name": support.person.full_name, "place": support.person.department.name}, quote=_whole(support.note))


def _entrusted(telling: Telling) -> Fact:
    """The title alone: what the draft says is read where the author can still take it back."""
    contribution = _seen(telling)
    text = _("%(name)s asks you to read a draft") % {"name": contribution.author.full_name}
    act = _("Read the draft") if contribution.is_draft else ""
    return _fact(telling, text, reason=_("the author chose you, as innovation ambassador, to read it in confidence"), act=act)


def _reported(telling: Telling) -> Fact | None:
    """What the report says is for those who answer for the contribution now."""
    report, contribution = telling.report, _seen(telling)
    if report is None or not telling.reader.has_perm("contributions.answer_for", contribution):
        return None
    text = _word(contribution, _("An idea has been reported"), _("A challenge has been reported"))
    text = _("A comment has been reported") if report.comment_id else text
    reason, quote = _("you answer for it as a coordinator"), _whole(report.reason)
    if report.handled_at:
        return _fact(telling, text, quote=quote, reason=reason)
    return _fact(telling, text, quote=quote, reason=reason, act=_("See what it is about"), status=_("Your turn"), status_tone="warning")


def _hidden(telling: Telling) -> Fact:
    idea, challenge = _("A coordinator has hidden your idea"), _("A coordinator has hidden your challenge")
    return _moderated(telling, _word(_seen(telling), idea, challenge), _("A coordinator has hidden your comment"))


def _masked(telling: Telling) -> Fact:
    idea, challenge = _("A coordinator has masked words in your idea"), _("A coordinator has masked words in your challenge")
    return _moderated(telling, _word(_seen(telling), idea, challenge), _("A coordinator has masked words in your comment"))


def _moderated(telling: Telling, text: str, comment_text: str) -> Fact:
    quote = _whole(telling.entry.text) if telling.entry else ""
    if telling.comment is None:
        return _fact(telling, text, quote=quote)
    return _fact(telling, comment_text, quote=quote, reason=_("you wrote the comment"))


def _seen(telling: Telling) -> Contribution:
    assert telling.contribution is not None
    return telling.contribution


def _fact(telling: Telling, text: str, *, url: str = "", reason: str = "", **more: str) -> Fact:
    contribution = _seen(telling)
    return Fact(
        text=text, title=str(contribution), url=url or contribution.get_absolute_url(), reason=reason or _why(telling, contribution), **more
    )


def _why(telling: Telling, contribution: Contribution) -> str:
    if _is_author(telling):
        return _word(contribution, _("you wrote the idea"), _("you brought up the challenge"))
    if telling.kind.startswith("contributions.followed_"):
        return _word(contribution, _("you follow the idea"), _("you follow the challenge"))
    return _word(contribution, _("you take part in the idea"), _("you take part in the challenge"))


def _is_author(telling: Telling) -> bool:
    return _seen(telling).author_id == telling.reader.pk


def _word(contribution: Contribution, idea: str, challenge: str) -> str:
    return idea if contribution.kind == ContributionKind.IDEA else challenge


def _name(person: Person | None) -> str:
    return person.full_name if person else ""


@lru_cache(maxsize=500)
def _whole(text: str) -> str:
    return _cut(plain_text(text))


@lru_cache(maxsize=500)
def _beginning(text: str) -> str:
    """Kept, like the whole, since a digest says the same words to many."""
    return excerpt(text, EXCERPT_LENGTH)


def _cut(text: str) -> str:
    """Line breaks kept: an answer is read as it was written."""
    return text if len(text) <= ANSWER_LENGTH else text[:ANSWER_LENGTH].rsplit(" ", 1)[0] + "…"


SAYINGS: dict[str, Callable[[Telling], Fact | None]] = {
    "contributions.asked": _asked,
    "contributions.moved": _moved,
    "contributions.commented": _commented,
    "contributions.answered_comment": _answered_comment,
    "contributions.help_offered": _supported,
    "contributions.supported": _supported,
    "contributions.hidden": _hidden,
    "contributions.masked": _masked,
    "contributions.followed_moved": _followed_moved,
    "contributions.followed_commented": _followed_commented,
    "contributions.entrusted": _entrusted,
    "contributions.sent": _sent,
    "contributions.assigned": _assigned,
    "contributions.replied": _replied,
    "contributions.withdrawn": _withdrawn,
    "contributions.reported": _reported,
}
SAID_UNSEEN = {"contributions.withdrawn"}


def coordinates(person: Person) -> bool:
    return person.has_perm("contributions.coordinate")


def is_ambassador(person: Person) -> bool:
    return bool(person.coverage(Role.AMBASSADOR))


def _kind(code: str, label: Any, default: Channel, **more: Any) -> Kind:
    return Kind(f"contributions.{code}", label, facts, default, **more)


KINDS = (
    _kind(
        "asked", gettext_lazy("Somebody asks you something"), Channel.DIRECT, waits_for_reader=True,
        help=gettext_lazy("The promise waits until you answer"),
    ),
    _kind("moved", gettext_lazy("What you brought gets an answer"), Channel.DIRECT, help=gettext_lazy("Every step, with the reason")),
    _kind("commented", gettext_lazy("Somebody comments on what you brought"), Channel.DIGEST),
    _kind("answered_comment", gettext_lazy("Somebody answers your comment"), Channel.DIGEST),
    _kind("help_offered", gettext_lazy("Somebody wants to help"), Channel.DIGEST),
    _kind("supported", gettext_lazy("Somebody supports what you brought"), Channel.BELL, help=gettext_lazy("Good idea, or the same need")),
    _kind("hidden", gettext_lazy("Something you wrote is hidden"), Channel.DIRECT),
    _kind("masked", gettext_lazy("Words are masked in something you wrote"), Channel.DIRECT),
    _kind("followed_moved", gettext_lazy("Something you follow moves"), Channel.DIGEST),
    _kind("followed_commented", gettext_lazy("Somebody comments on something you follow"), Channel.BELL),
    _kind(
        "entrusted", gettext_lazy("Somebody asks you to read a draft"), Channel.DIRECT, waits_for_reader=True,
        help=gettext_lazy("As innovation ambassador"), offered_to=is_ambassador,
    ),
    _kind("sent", gettext_lazy("Something new to answer"), Channel.DIGEST, waits_for_reader=True, offered_to=coordinates),
    _kind("assigned", gettext_lazy("You are given something to answer"), Channel.DIRECT, waits_for_reader=True, offered_to=coordinates),
    _kind("replied", gettext_lazy("An author answers a question"), Channel.DIGEST, waits_for_reader=True, offered_to=coordinates),
    _kind("withdrawn", gettext_lazy("An author takes back what you were to answer"), Channel.BELL, offered_to=coordinates),
    _kind(
        "reported", gettext_lazy("Somebody reports a contribution or a comment"), Channel.DIRECT,
        waits_for_reader=True, offered_to=coordinates,
    ),
)  # fmt: skip
"""In the order in which people choose among them."""
