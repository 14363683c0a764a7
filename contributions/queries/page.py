"""What the page of an idea and of a challenge asks, beyond the row itself. Each function is one query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import Coalesce, JSONObject, RowNumber

from contributions.enums import ParticipantRole, SupportKind
from contributions.models import Comment, Contribution, Follow, Participant, Support
from contributions.queries.files import shown_files
from contributions.queries.merging import proposals_for
from contributions.queries.threads import SHOWN
from organisation.models import Department, Organisation, Person

FACES_SHOWN = 4
HELPERS_SHOWN = 12
RELATED_SHOWN = 20

C = TypeVar("C", bound=Contribution)


def for_page(rows: QuerySet[C], person: Person) -> QuerySet[Any]:
    """With everything about it that is small: place, participants, whom it touches, who helps, who has the same need, and what this
    person has pressed.

    Adds `is_followed`, `supported_as` (kinds), `help_note`, `help_with`, `helpers`, `needing`, `touched_places`, `proposals` and `files`
    (lists of plain values).
    """
    mine = {"contribution": OuterRef("pk"), "person": person}
    participants = Participant.objects.select_related("person__department__organisation")
    return (
        rows.select_related(
            "author__department__organisation", "department__organisation", "owner_organisation", "home_organisation",
            "assigned_to__department", "ambassador",
        )
        .prefetch_related(Prefetch("participants", participants))
        .annotate(
            is_followed=Exists(Follow.objects.filter(**mine)),
            supported_as=ArraySubquery(Support.objects.filter(**mine).values("kind")),
            help_note=Subquery(Support.objects.filter(**mine, kind=SupportKind.HELP).values("note")[:1]),
            help_with=Subquery(Support.objects.filter(**mine, kind=SupportKind.HELP).values("help_with")[:1]),
            helpers=ArraySubquery(_helpers()),
            needing=ArraySubquery(_needing()),
            touched_places=ArraySubquery(touched()),
            proposals=proposals_for(person),
            files=ArraySubquery(shown_files(OuterRef("pk"))),
        )
    )  # fmt: skip


def _helpers() -> QuerySet[Support, Any]:
    helping = Support.objects.filter(contribution=OuterRef("pk"), kind=SupportKind.HELP, person__is_active=True).order_by(
        "created_at", "pk"
    )
    fields = {
        "id": "person_id",
        "given_name": "person__given_name",
        "family_name": "person__family_name",
        "note": "note",
        "help_with": "help_with",
    }
    place = {"department": "person__department__name", "mark": "person__department__organisation__mark"}
    return helping.values(row=JSONObject(**fields, **place))[:HELPERS_SHOWN]


def _needing() -> QuerySet[Support, Any]:
    """Departments by organisation, each with the number of people who said there that they have the same need."""
    needing = Support.objects.filter(contribution=OuterRef("pk"), kind=SupportKind.NEED).annotate(
        place_id=Coalesce("department__id", "person__department__id"),
        place_name=Coalesce("department__name", "person__department__name"),
        place_key=Coalesce("department__sort_key", "person__department__sort_key"),
        place_mark=Coalesce("department__organisation__mark", "person__department__organisation__mark"),
    )
    grouped = needing.values("place_id", "place_name", "place_key", "place_mark").annotate(number=Count("pk"))
    fields = {"id": "place_id", "name": "place_name", "mark": "place_mark", "number": "number"}
    return grouped.order_by("place_mark", "place_key", "place_id").values(row=JSONObject(**fields))


def touched() -> QuerySet[Department, Any]:
    """Of the row around it: rows of plain values."""
    touched = Department.objects.filter(touched_by=OuterRef("pk")).order_by("organisation__mark", "sort_key")
    return touched.values(row=JSONObject(id="id", name="name", mark="organisation__mark"))


@dataclass
class Party:
    """Those of one organisation who are with: some faces, and how many in all."""

    organisation: Organisation
    number: int
    faces: list[Person] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.number - len(self.faces)


def those_with(contribution: Contribution) -> list[Party]:
    """The author, participants who have said yes, and everybody who has commented or supported, by organisation; the author's own first."""
    shown = Comment.objects.filter(SHOWN, contribution=contribution)
    involved = (
        Q(pk=contribution.author_id)
        | Q(pk__in=contribution.participants.exclude(role__in=(ParticipantRole.INVITED, ParticipantRole.ON_BEHALF)).values("person_id"))
        | Q(pk__in=shown.values("author_id"))
        | Q(pk__in=Support.objects.filter(contribution=contribution).values("person_id"))
    )
    author_first = Case(When(pk=contribution.author_id, then=Value(0)), default=Value(1), output_field=IntegerField())
    organisation = F("department__organisation_id")
    people = (
        Person.objects.active()
        .filter(involved)
        .annotate(
            number=Window(Count("pk"), partition_by=[organisation]),
            place=Window(RowNumber(), partition_by=[organisation], order_by=[author_first, F("sort_key"), F("pk")]),
        )
        .filter(place__lte=FACES_SHOWN)
        .select_related("department__organisation")
        .order_by("department__organisation__mark", "place")
    )
    return _by_organisation(people, contribution.department.organisation_id)


def _by_organisation(people: Iterable[Person], first: int) -> list[Party]:
    parties: dict[int, Party] = {}
    for person in people:
        party = parties.setdefault(person.department.organisation_id, Party(person.organisation, person.number))  # type: ignore[attr-defined]
        party.faces.append(person)
    return sorted(parties.values(), key=lambda party: (party.organisation.pk != first, party.organisation.mark))


@dataclass(frozen=True)
class Related:
    """What it belongs together with, as far as the reader may see it."""

    answers: Contribution | None
    merged_into: Contribution | None
    answered_with: list[Contribution]
    merged_from: list[Contribution]


def related(person: Person, contribution: Contribution) -> Related:
    """At most 20 of each sort, the most supported first."""
    tied = Q(pk__in=[contribution.answers_id, contribution.merged_into_id]) | Q(answers=contribution) | Q(merged_into=contribution)
    rows = Contribution.objects.visible_to(person).sent().filter(tied).select_related("department__organisation")
    found = list(rows.order_by("-support_count", "-pk")[: 2 * RELATED_SHOWN + 2])
    return Related(
        answers=next((row for row in found if row.pk == contribution.answers_id), None),
        merged_into=next((row for row in found if row.pk == contribution.merged_into_id), None),
        answered_with=[row for row in found if row.answers_id == contribution.pk][:RELATED_SHOWN],
        merged_from=[row for row in found if row.merged_into_id == contribution.pk][:RELATED_SHOWN],
    )
