"""Who would read a contribution, and who would answer it, so that the page can say so before the button is pressed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from contributions.models import Contribution
from contributions.rules import ambassadors_of, answerers_of, chosen
from organisation.models import Person

NAMES_SHOWN = 3


@dataclass(frozen=True)
class Readership:
    """Read with two queries. People are others than the author, in name order; numbers are of everybody who works there."""

    contribution: Contribution
    in_department: int
    by_organisation: dict[str, int]
    coordinators: list[Person]
    ambassadors: list[Person]
    participants: list[Person]
    chosen: list[Person]

    @cached_property
    def in_organisation(self) -> int:
        return self.by_organisation.get(self.contribution.department.organisation.short_name, 0)

    @cached_property
    def in_group(self) -> int:
        return sum(self.by_organisation.values())


def readership(contribution: Contribution) -> Readership:
    beneath = Count("pk", filter=Q(department__path__startswith=contribution.department.path))
    staff = list(
        Person.objects.active()
        .values_list("department__organisation__short_name")
        .annotate(number=Count("pk"), beneath=beneath)
        .order_by("department__organisation__mark")
    )
    answer, may_be_entrusted = answerers_of(contribution), ambassadors_of(contribution)
    take_part = Q(pk__in=contribution.participants.values("person_id"))
    read_the_draft = Q(pk__in=contribution.participants.filter(chosen()).values("person_id"))
    involved: QuerySet[Person] = Person.objects.active().filter(answer | may_be_entrusted | take_part).exclude(pk=contribution.author_id)
    people = list(
        involved.annotate(
            answers=ExpressionWrapper(answer, output_field=BooleanField()),
            is_ambassador=ExpressionWrapper(may_be_entrusted, output_field=BooleanField()),
            takes_part=ExpressionWrapper(take_part, output_field=BooleanField()),
            is_chosen=ExpressionWrapper(read_the_draft, output_field=BooleanField()),
        ).order_by("sort_key", "pk")
    )
    return Readership(
        contribution=contribution,
        in_department=sum(within for _name, _number, within in staff),
        by_organisation={name: number for name, number, _beneath in staff},
        coordinators=[person for person in people if person.answers],
        ambassadors=[person for person in people if person.is_ambassador],
        participants=[person for person in people if person.takes_part],
        chosen=[person for person in people if person.is_chosen],
    )


def in_words(names: Sequence[str]) -> str:
    """One; one and another; one, another and two more."""
    shown = list(names[:NAMES_SHOWN])
    if len(names) > NAMES_SHOWN:
        more = {"number": len(names) - NAMES_SHOWN}
        shown.append(ngettext("%(number)d more", "%(number)d more", more["number"]) % more)
    if len(shown) < 2:
        return "".join(shown)
    return _("%(first)s and %(last)s") % {"first": ", ".join(shown[:-1]), "last": shown[-1]}
