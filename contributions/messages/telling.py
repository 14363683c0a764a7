"""A notice's ids turned into rows, and the pieces that every fact is made of.

All kinds share one reading, so that a page of notices costs the same few queries whatever it holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from contributions.enums import Kind as ContributionKind
from contributions.enums import SupportKind
from contributions.models import Comment, Contribution, Mention, Participant, Report, Support, TrailEntry
from lib.markdown import excerpt, plain_text
from notifications.outbox import Fact, Told
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
    invitation: Participant | None
    is_named: bool
    """The comment names the reader now."""


def read(person: Person, told: Sequence[Told]) -> Iterator[Telling]:
    """One query for the contributions the person may see, and one for each sort of row the notices point at."""
    visible = Contribution.objects.visible_to(person).select_related("department").only(*SAID["contribution"])
    contributions = visible.in_bulk(_ids(told, "contribution"))
    entries = _rows(TrailEntry, told, "entry", "by")
    comments = _rows(Comment, told, "comment", "author")
    supports = _supports(told)
    reports = _rows(Report, told, "report")
    naming = _naming(person, told)
    invitations = _rows(Participant, told, "invitation", "invited_by")
    return (
        Telling(
            kind=item.kind,
            reader=person,
            contribution=contributions.get(item["contribution"]),
            entry=entries.get(item.get("entry", 0)),
            comment=comments.get(item.get("comment", 0)),
            support=supports.get((item["contribution"], item.get("person", 0), item.kind == "contributions.help_offered")),
            report=reports.get(item.get("report", 0)),
            invitation=invitations.get(item.get("invitation", 0)),
            is_named=item.get("comment", 0) in naming,
        )
        for item in told
    )


def _ids(told: Sequence[Told], name: str) -> set[int]:
    return {item[name] for item in told if name in item}


def _rows(model: type[Any], told: Sequence[Told], name: str, *related: str) -> dict[int, Any]:
    ids = _ids(told, name)
    rows = model._default_manager.filter(pk__in=ids).only(*SAID[name]).order_by()
    return {row.pk: row for row in (rows.select_related(*related) if related else rows)} if ids else {}


SAID = {
    "contribution": (
        "kind", "status", "title", "problem", "author", "promised_on", "answered_at", "came_back_at", "owner_organisation", "department__organisation",
        "audience", "department__path",
    ),
    "entry": ("step", "to_status", "text", "change", "learning_happened", "by__given_name", "by__family_name"),
    "comment": ("body", "hidden_at", "deleted_at", "is_internal", "in_confidence", "author__given_name", "author__family_name"),
    "report": ("comment", "reason", "handled_at"),
    "invitation": ("person", "role", "invited_by__given_name", "invited_by__family_name"),
}  # fmt: skip
"""The columns that are read. A digest for everybody reads tens of thousands of rows."""


def _naming(person: Person, told: Sequence[Told]) -> set[int]:
    """Ids of the comments, among those said to name the reader, that still do."""
    comments = {item["comment"] for item in told if item.kind == "contributions.mentioned"}
    return set(Mention.objects.filter(person=person, comment__in=comments).values_list("comment_id", flat=True)) if comments else set()


def _supports(told: Sequence[Told]) -> dict[tuple[int, int, bool], Support]:
    """What stands now, by contribution, person and whether it is help: a button let go and pressed again is the same support."""
    people = _ids(told, "person")
    if not people:
        return {}
    rows = Support.objects.filter(contribution__in=_ids(told, "contribution"), person__in=people).select_related(
        "person__department", "department"
    )
    return {(row.contribution_id, row.person_id, row.kind == SupportKind.HELP): row for row in rows.order_by("kind")}


def seen(telling: Telling) -> Contribution:
    assert telling.contribution is not None
    return telling.contribution


def fact(telling: Telling, text: str, *, url: str = "", reason: str = "", **more: str) -> Fact:
    contribution = seen(telling)
    return Fact(
        text=text, title=str(contribution), url=url or contribution.get_absolute_url(), reason=reason or _why(telling, contribution), **more
    )


def _why(telling: Telling, contribution: Contribution) -> str:
    if is_author(telling):
        return word(contribution, _("you wrote the idea"), _("you brought up the challenge"))
    if telling.kind.startswith("contributions.followed_"):
        return word(contribution, _("you follow the idea"), _("you follow the challenge"))
    return word(contribution, _("you take part in the idea"), _("you take part in the challenge"))


def is_author(telling: Telling) -> bool:
    return seen(telling).author_id == telling.reader.pk


def word(contribution: Contribution, idea: str, challenge: str) -> str:
    return idea if contribution.kind == ContributionKind.IDEA else challenge


def name_of(person: Person | None) -> str:
    return person.full_name if person else ""


@lru_cache(maxsize=500)
def whole(text: str) -> str:
    return _cut(plain_text(text))


@lru_cache(maxsize=500)
def beginning(text: str) -> str:
    """Kept, like the whole, since a digest says the same words to many."""
    return excerpt(text, EXCERPT_LENGTH)


def _cut(text: str) -> str:
    """Line breaks kept: an answer is read as it was written."""
    return text if len(text) <= ANSWER_LENGTH else text[:ANSWER_LENGTH].rsplit(" ", 1)[0] + "…"
