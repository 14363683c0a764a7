"""How a contribution's status and promise are shown, everywhere the same."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.enums import Audience, HelpKind, ReasonCode, Status, SupportKind, TouchedGroup
from contributions.lifecycle import label_of
from contributions.models import Contribution, TrailEntry
from contributions.queries.readers import in_words
from contributions.queries.trail import Line
from contributions.statuses import CLOSED
from lib.dates import day as day_words
from lib.working_days import add_working_days, working_days_between

register = template.Library()

FACES: dict[Status, tuple[str, str]] = {
    Status.DRAFT: ("neutral", "0"),
    Status.SUBMITTED: ("accent", "1"),
    Status.REPORTED: ("accent", "1"),
    Status.EXPLORING: ("accent", "2"),
    Status.UNDERSTANDING: ("accent", "2"),
    Status.OPEN_FOR_IDEAS: ("accent", "3"),
    Status.PLANNED: ("accent", "4"),
    Status.ACTION_PLAN: ("accent", "4"),
    Status.TESTING: ("accent", "5"),
    Status.ADOPTED: ("success", "6"),
    Status.SOLVED: ("success", "6"),
    Status.NEEDS_AUTHOR: ("warning", "2"),
    Status.PARKED: ("neutral", "-"),
    Status.DECLINED: ("neutral", "-"),
    Status.MERGED: ("neutral", "-"),
}
"""Colour, and how full the pie is: how far it has come, dashed when at rest."""


@register.inclusion_tag("components/status.html", takes_context=True)
def status_tag(context: Mapping[str, Any], contribution: Contribution) -> dict[str, str]:
    face = status_face(contribution.status)
    if contribution.status == Status.NEEDS_AUTHOR and getattr(context.get("user"), "pk", None) == contribution.author_id:
        face["label"] = _("Waiting for your answer")
    return face


@register.inclusion_tag("components/status.html")
def status_word(status: str) -> dict[str, str]:
    """The same for a status alone, as in a trail."""
    return status_face(status)


def status_face(status: str) -> dict[str, str]:
    color, pie = FACES[Status(status)]
    return {"color": color, "p": pie, "label": str(Status(status).label)}


@register.inclusion_tag("components/promise.html")
def promise_tag(contribution: Contribution) -> dict[str, Any]:
    return {"state": promise_state(contribution), "day": contribution.promised_on}


@register.filter
def promise_state(contribution: Contribution, today: datetime.date | None = None) -> str:
    """`kept`, `late`, `paused`, `soon` (within two working days), `given`, or nothing where no promise runs."""
    day = today or timezone.localdate()
    if contribution.promised_on is None:
        return ""
    if contribution.answered_at is not None:
        return "kept" if timezone.localdate(contribution.answered_at) <= contribution.promised_on else ""
    if contribution.status in CLOSED:
        return ""
    if contribution.promise_paused_at is not None:
        return "paused"
    if contribution.promised_on < day:
        return "late"
    return "soon" if contribution.promised_on <= add_working_days(day, 2) else "given"


@register.filter
def last_day(moment: datetime.datetime) -> datetime.date:
    """The last day of a window that closes at midnight."""
    return timezone.localdate(moment - datetime.timedelta(seconds=1))


@register.filter
def days_late(contribution: Contribution) -> str:
    """ "2 days late", for a promise that has run out."""
    assert contribution.promised_on is not None
    days = (timezone.localdate() - contribution.promised_on).days
    return _("1 day late") if days == 1 else _("%(days)d days late") % {"days": days}


@register.filter
def days_paused(contribution: Contribution) -> int:
    """Working days that a promise has rested."""
    assert contribution.promise_paused_at is not None
    since = timezone.localdate(contribution.promise_paused_at)
    return working_days_between(since, timezone.localdate(), contribution.owner_organisation.days_off)


@register.simple_tag
def readers_words(contribution: Contribution) -> str:
    """Who reads it now, as a sentence."""
    if contribution.is_draft:
        return draft_words(contribution)
    return audience_words(contribution, contribution.audience)


def draft_words(contribution: Contribution) -> str:
    people = contribution.draft_readers
    if not people:
        return _("Only the author.")
    if [person.pk for person in people] == [contribution.ambassador_id]:
        return _("The author, and %(name)s in confidence.") % {"name": people[0].full_name}
    return _("The author and %(names)s, and nobody else.") % {"names": in_words([person.full_name for person in people])}


def audience_words(contribution: Contribution, audience: str) -> str:
    match audience:
        case Audience.GROUP:
            return _("Read by everybody in the municipal group.")
        case Audience.ORGANISATION:
            return _("Read by everybody in %(place)s.") % {"place": contribution.department.organisation.short_name}
    return _("Read by everybody in %(place)s and its units.") % {"place": contribution.department.name}


@register.filter
def trail_label(entry: TrailEntry) -> str:
    """What the line is called."""
    return label_of(entry)


@register.simple_tag
def line_says(line: Line, contribution: Contribution) -> str:
    """What a line of the trail changed, beyond its name and its text."""
    entry = line.entry
    match entry.step:
        case "submit" | "widen":
            return audience_words(contribution, line.after["audience"])
        case "park" if line.after.get("parked_until"):
            return _("Until %(day)s.") % {"day": day_words(line.after["parked_until"])}
        case "assign" if contribution.assigned_to and line.after.get("assigned_to_id") == contribution.assigned_to_id:
            return _("To %(name)s.") % {"name": contribution.assigned_to.full_name}
        case "hand_over" if line.new_owner:
            return _("To %(name)s.") % {"name": line.new_owner.name}
    return f"{ReasonCode(entry.reason_code).label}." if entry.reason_code not in ("", ReasonCode.OTHER) else ""


@register.filter
def support_label(kind: str) -> str:
    return str(SupportKind(kind).label)


@register.filter
def group_labels(groups: list[str]) -> list[str]:
    return [str(TouchedGroup(group).label) for group in groups]


@register.filter
def help_labels(values: list[str]) -> list[str]:
    return [str(HelpKind(value).label) for value in values]


@register.simple_tag
def help_kinds() -> list[tuple[str, str]]:
    return [(kind.value, str(kind.label)) for kind in HelpKind]
