"""Whom to bring in on something, across the organisations, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.enums import Kind, ParticipantRole
from contributions.models import Contribution, Participant
from contributions.rules import ambassadors_of, readers_of
from contributions.search import similar
from lib.sort_keys import swedish_sort_key
from network.models import Competence
from organisation.models import Person
from triage.models import Introduction

SHOWN = 6
EACH = 20
COMPETENCE, LEADS, ALIKE, AMBASSADOR = 4, 3, 2, 1
"""What each sort of reason weighs."""
SO_ALIKE = 0.5
"""From what score on something is said to be similar of a person: a list may guess, a sentence about somebody may not."""
Reason = tuple[Person, str, int]
READ = 6_000
"""As much of a text as is looked through for competences, in characters."""

# A competence stands in the text: word by word, and as the beginning of a word once it is long enough to mean something.
_STANDS_IN = """(
    position(' ' || network_competence.key || ' ' in %s) > 0
    OR length(network_competence.key) >= 5 AND position(' ' || network_competence.key in %s) > 0
)"""


@dataclass
class Suggestion:
    """Somebody who might help, with every reason. Whoever `may_read` it can be told of it; the others only after the author has widened it."""

    person: Person
    reasons: list[str] = field(default_factory=list)
    weight: int = 0
    may_read: bool = False
    is_told: bool = False


def similar_to(person: Person, contribution: Contribution, limit: int = 5) -> list[Contribution]:
    """What is like it and the person may see, best first. Two queries."""
    visible = Contribution.objects.visible_to(person).sent().exclude(pk=contribution.pk)
    return similar(visible.with_place(), contribution.title, limit=limit)


def suggestions(contribution: Contribution, alike: list[Contribution]) -> list[Suggestion]:
    """Those with the best reasons first, and of equals those of another organisation. Four queries."""
    found: dict[int, Suggestion] = {}
    for someone, reason, weight in (*_good_at(contribution), *_around(contribution, alike)):
        if someone.pk == contribution.author_id or not someone.is_active:
            continue
        one = found.setdefault(someone.pk, Suggestion(someone))
        if reason not in one.reasons:
            one.reasons.append(reason)
            one.weight += weight
    home = contribution.department.organisation_id
    ordered = sorted(found.values(), key=lambda one: _place(one, home))[:SHOWN]
    _mark(contribution, ordered)
    return ordered


def _place(one: Suggestion, home: int) -> tuple[int, bool, str, int]:
    return -one.weight, one.person.department.organisation_id == home, one.person.sort_key, one.person.pk


def _good_at(contribution: Contribution) -> Iterable[Reason]:
    text = " ".join((*contribution.help_wanted, contribution.title, contribution.problem))[:READ]
    words = f" {swedish_sort_key(text)} "
    stands = RawSQL(_STANDS_IN, (words, words))  # noqa: S611 - the text goes in as a parameter
    known = Competence.objects.alias(stands=stands).filter(stands=True, person__is_active=True)
    rows = known.select_related("person__department__organisation").order_by("person__sort_key", "pk")[:EACH]
    return [(row.person, _("good at %(competence)s") % {"competence": row.name}, COMPETENCE) for row in rows]


def _around(contribution: Contribution, alike: list[Contribution]) -> Iterable[Reason]:
    alike = [row for row in alike if row.score >= SO_ALIKE]  # type: ignore[attr-defined]
    for row in alike:
        words = _("brought a similar idea in %(year)d") if row.kind == Kind.IDEA else _("told of a similar challenge in %(year)d")
        yield row.author, words % {"year": timezone.localtime(row.submitted_at).year}, ALIKE
    titles = {row.pk: str(row) for row in alike}
    leads = Participant.objects.filter(contribution__in=titles, role=ParticipantRole.LEAD)
    for lead in leads.select_related("person__department__organisation")[:EACH]:
        yield lead.person, _("leads “%(title)s”") % {"title": titles[lead.contribution_id]}, LEADS
    for ambassador in Person.objects.active().with_place().filter(ambassadors_of(contribution)).order_by("sort_key", "pk")[:2]:
        yield ambassador, _("ambassador for %(department)s") % {"department": contribution.department.name}, AMBASSADOR


def _mark(contribution: Contribution, found: list[Suggestion]) -> None:
    told = Exists(Introduction.objects.filter(contribution=contribution, person=OuterRef("pk")))
    people = Person.objects.filter(pk__in=[one.person.pk for one in found]).annotate(is_told=told)
    readers = dict(people.filter(Q(readers_of(contribution))).values_list("pk", "is_told"))
    for one in found:
        one.may_read, one.is_told = one.person.pk in readers, readers.get(one.person.pk, False)
