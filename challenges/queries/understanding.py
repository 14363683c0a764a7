"""What has been understood: the chain of whys, the experiences told, who is touched and who recognises the root problem."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from challenges.models import Challenge, Recognition, Why
from contributions.models import Comment, Contribution
from contributions.queries.threads import SHOWN
from organisation.models import Department, Person

EXPERIENCES_SHOWN = 50


def with_whys(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Adds `chain`: questions and answers in order with who wrote them, as plain values."""
    whys = Why.objects.filter(contribution=OuterRef("pk")).order_by("position")
    columns = {"question": "question", "answer": "answer", "by": "by", "given_name": "by__given_name", "family_name": "by__family_name"}
    return rows.annotate(chain=ArraySubquery(whys.values(row=JSONObject(**columns, day="at__date"))))


def links(challenge: Challenge) -> list[dict[str, Any]]:
    """The chain as `with_whys` read it, with days for its dates."""
    return [{**why, "day": why["day"] and datetime.date.fromisoformat(why["day"])} for why in challenge.chain]  # type: ignore[attr-defined]


def chain_of(challenge: Challenge) -> list[dict[str, str]]:
    whys = Why.objects.filter(contribution=challenge).order_by("position").values_list("question", "answer")
    return [{"question": question, "answer": answer} for question, answer in whys]


def told() -> QuerySet[Comment]:
    """Comments that are experiences everybody reads."""
    return Comment.objects.filter(SHOWN, experience_from__isnull=False)


def experiences(challenge: Contribution, sort: str = "newest") -> list[Comment]:
    """One query. The newest first, or those that most have answered."""
    rows = told().filter(contribution=challenge).select_related("author__department__organisation", "experience_from__organisation")
    rows = rows.annotate(
        answers=Count("replies", filter=Q(replies__hidden_at__isnull=True, replies__deleted_at__isnull=True, replies__is_internal=False))
    )
    order = ("-answers", "-created_at", "-pk") if sort == "answered" else ("-created_at", "-pk")
    return list(rows.order_by(*order)[:EXPERIENCES_SHOWN])


@dataclass
class Place:
    """A department that is touched, with what has come from it and the units beneath. Read as an organisation where its mark is drawn."""

    pk: int
    name: str
    mark: int
    short_name: str
    experiences: int = 0
    agree: int = 0

    @property
    def recognises(self) -> bool:
        return self.agree > 0


@dataclass(frozen=True)
class Said:
    """What somebody has said of the root problem as it stands."""

    person_id: int
    name: str
    agrees: bool
    words: str
    on: datetime.date
    place: Place


@dataclass
class Touched:
    """Who is touched, and whether they recognise the root problem. `own` is what the reader has said."""

    places: list[Place]
    yes: list[Said] = field(default_factory=list)
    no: list[Said] = field(default_factory=list)
    own: Said | None = None

    @property
    def recognising(self) -> int:
        return sum(place.recognises for place in self.places)


def _place(prefix: str) -> dict[str, str]:
    """Columns of a department, for JSON."""
    names = {"id": "pk", "name": "name", "path": "path", "sort_key": "sort_key"}
    own = {key: f"{prefix}{name}" for key, name in names.items()}
    return {**own, "mark": f"{prefix}organisation__mark", "short_name": f"{prefix}organisation__short_name"}


def with_touched(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Adds what `touched` reads: `touched_rows`, `told_rows`, `tellers` and `said_rows`, lists of plain values."""
    named = Department.objects.filter(touched_by=OuterRef("pk"))
    places = _place("experience_from__")
    counted = told().filter(contribution=OuterRef("pk")).order_by().values(*places.values()).annotate(number=Count("pk"))
    said = Recognition.objects.filter(contribution=OuterRef("pk"), sentence=OuterRef("root_problem"), person__is_active=True)
    who = {"person": "person_id", "given_name": "person__given_name", "family_name": "person__family_name"}
    columns = {**who, "agrees": "agrees", "words": "words", "on": "at__date", **_place("department__")}
    return rows.annotate(
        touched_rows=ArraySubquery(named.values(row=JSONObject(**_place("")))),
        told_rows=ArraySubquery(counted.values(row=JSONObject(**places, number="number"))),
        tellers=ArraySubquery(told().filter(contribution=OuterRef("pk")).order_by().values("author")),
        said_rows=ArraySubquery(said.order_by("-at", "-pk").values(row=JSONObject(**columns))),
    )


def recognised_words(contribution: Contribution) -> str:
    """How many of the departments touched recognise the root problem, in a sentence; nothing where it is no challenge."""
    challenge = with_touched(Challenge.objects.filter(pk=contribution.pk)).first()
    if challenge is None or not challenge.root_problem:
        return _("The real problem is not put into words yet.") if challenge else ""
    found = touched(challenge)
    if not found.places:
        return _("No departments are named as touched, so nobody has been able to say that they recognise the problem.")
    number = {"number": found.recognising, "all": len(found.places)}
    return _("%(number)d of %(all)d touched departments recognise the real problem as it is written.") % number


def touched(challenge: Any, person: Person | None = None) -> Touched:
    """Of a challenge read with `with_touched`. What came from a unit counts for the department above it that was named as touched,
    else for the unit itself.
    """
    order = {row["id"]: (row["mark"], row["sort_key"], row["id"]) for row in challenge.touched_rows}
    places = {row["id"]: _place_of(row) for row in challenge.touched_rows}
    named = set(places)

    def counting(row: dict[str, Any]) -> Place:
        above = next((int(pk) for pk in reversed(row["path"].strip("/").split("/")) if int(pk) in named), row["id"])
        if above not in places:
            places[above], order[above] = _place_of(row), (row["mark"], row["sort_key"], row["id"])
        return places[above]

    for row in challenge.told_rows:
        counting(row).experiences += row["number"]
    said = [_said(row, counting(row)) for row in challenge.said_rows]
    for one in said:
        one.place.agree += one.agrees
    own = next((one for one in said if person and one.person_id == person.pk), None)
    ordered = [places[pk] for pk in sorted(places, key=order.__getitem__)]
    return Touched(ordered, [one for one in said if one.agrees], [one for one in said if not one.agrees], own)


def touches(challenge: Any, person: Person) -> bool:
    """`challenges.rules.is_touched` of a challenge read with `with_touched`, without a query."""
    works_there = {row["id"] for row in challenge.touched_rows} & set(person.department.ancestor_ids)
    return bool(works_there) or person.pk in (challenge.author_id, *challenge.tellers)


def _place_of(row: dict[str, Any]) -> Place:
    return Place(row["id"], row["name"], row["mark"], row["short_name"])


def _said(row: dict[str, Any], place: Place) -> Said:
    name = f"{row['given_name']} {row['family_name']}"
    return Said(row["person"], name, row["agrees"], row["words"], datetime.date.fromisoformat(row["on"]), place)
