"""What has been understood: the chain of whys, the experiences told, who is touched and who recognises the root problem."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
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
class TouchedPlace:
    """A department that is touched, with what has come from it and the units beneath."""

    department: Department
    experiences: int = 0
    agree: int = 0
    differ: int = 0

    @property
    def recognises(self) -> bool:
        return self.agree > 0


@dataclass
class Touched:
    """Who is touched, and whether they recognise the root problem. `own` is what the reader has said."""

    places: list[TouchedPlace]
    yes: list[Recognition] = field(default_factory=list)
    no: list[Recognition] = field(default_factory=list)
    own: Recognition | None = None

    @property
    def recognising(self) -> int:
        return sum(place.recognises for place in self.places)


def recognised_words(contribution: Contribution) -> str:
    """How many of the departments touched recognise the root problem, in a sentence; nothing where there is none."""
    challenge = Challenge.objects.filter(pk=contribution.pk).first()
    if challenge is None or not challenge.root_problem:
        return _("The real problem is not put into words yet.") if challenge else ""
    found = touched(challenge)
    if not found.places:
        return _("No departments are named as touched, so nobody has been able to say that they recognise the problem.")
    number = {"number": found.recognising, "all": len(found.places)}
    return _("%(number)d of %(all)d touched departments recognise the real problem as it is written.") % number


def touched(challenge: Challenge, person: Person | None = None) -> Touched:
    """Three queries. What came from a unit counts for the department above it that was named as touched, else for the unit itself."""
    named = list(challenge.touched.select_related("organisation"))
    places = {place.pk: TouchedPlace(place) for place in named}
    counted = told().filter(contribution=challenge).values("experience_from").annotate(number=Count("pk"))
    from_where = {row["experience_from"]: row["number"] for row in counted}
    said = _said(challenge)
    units = _units({*from_where, *(one.department_id for one in said)} - places.keys())
    for pk, number in from_where.items():
        _place(places, units, pk).experiences += number
    for one in said:
        place = _place(places, units, one.department_id)
        place.agree, place.differ = place.agree + one.agrees, place.differ + (not one.agrees)
    ordered = sorted(places.values(), key=lambda one: (one.department.organisation.mark, one.department.sort_key, one.department.pk))
    own = next((one for one in said if person and one.person_id == person.pk), None)
    return Touched(ordered, [one for one in said if one.agrees], [one for one in said if not one.agrees], own)


def _said(challenge: Challenge) -> list[Recognition]:
    """Of the sentence as it stands."""
    rows = Recognition.objects.filter(contribution=challenge, sentence=challenge.root_problem, person__is_active=True)
    return list(rows.select_related("person__department__organisation", "department__organisation")) if challenge.root_problem else []


def _units(pks: Iterable[int]) -> dict[int, Department]:
    wanted = list(pks)
    return Department.objects.select_related("organisation").in_bulk(wanted) if wanted else {}


def _place(places: dict[int, TouchedPlace], units: dict[int, Department], pk: int) -> TouchedPlace:
    if pk in places:
        return places[pk]
    unit = units[pk]
    above = next((places[one] for one in reversed(unit.ancestor_ids) if one in places), None)
    return above or places.setdefault(pk, TouchedPlace(unit))
