"""Whether two contributions may be merged: what their authors have been asked and have answered."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.models import Contribution, MergeAnswer, MergeProposal
from lib.dates import day
from lib.working_days import add_working_days
from organisation.models import Person

SILENCE = 5
"""Working days without a no, after which the coordinator may go on."""


class Standing(StrEnum):
    REFUSED = "refused"
    FREE = "free"
    UNASKED = "unasked"
    AGREED = "agreed"
    SILENT = "silent"
    WAITING = "waiting"


@dataclass(frozen=True)
class Consent:
    """How it stands on a day. `authors` are those to be asked; `answers`, those of the open proposal between the two."""

    authors: list[Person]
    is_one_author: bool
    proposal: MergeProposal | None
    answers: list[MergeAnswer] = field(default_factory=list)
    on: datetime.date = field(default_factory=timezone.localdate)

    @property
    def refusing(self) -> list[Person]:
        return [answer.person for answer in self.answers if answer.agrees is False]

    @property
    def waiting(self) -> list[Person]:
        return [answer.person for answer in self.answers if answer.agrees is None and answer.person.is_active]

    @property
    def silent_from(self) -> datetime.date:
        """The day from which no answer stands in the way no longer."""
        asked_on = timezone.localdate(self.proposal.created_at) if self.proposal else self.on
        return add_working_days(asked_on, SILENCE)

    @property
    def rule(self) -> Rule:
        return next(rule for rule in RULES if rule.holds(self))

    @property
    def standing(self) -> Standing:
        return self.rule.standing

    @property
    def problem(self) -> str:
        """What is waited for and until when; empty when they may be merged."""
        people = {Standing.REFUSED: self.refusing, Standing.UNASKED: self.authors, Standing.WAITING: self.waiting}
        names = get_text_list([person.full_name for person in people.get(self.standing, [])], _("and"))
        return str(self.rule.problem) % {"names": names, "day": day(self.silent_from)}


@dataclass(frozen=True)
class Rule:
    """The first that holds decides. Without a problem they may be merged."""

    standing: Standing
    holds: Callable[[Consent], bool]
    problem: str | Promise = ""


RULES = (
    Rule(
        Standing.REFUSED,
        lambda consent: bool(consent.refusing),
        gettext_lazy("%(names)s does not want them merged. Talk it over, or take the question back."),
    ),
    Rule(Standing.FREE, lambda consent: consent.is_one_author or not consent.authors),
    Rule(
        Standing.UNASKED,
        lambda consent: consent.proposal is None,
        gettext_lazy("Ask %(names)s first. They can be merged when those asked agree, or when five working days have passed without a no."),
    ),
    Rule(Standing.AGREED, lambda consent: not consent.waiting),
    Rule(Standing.SILENT, lambda consent: consent.on >= consent.silent_from),
    Rule(
        Standing.WAITING,
        lambda consent: True,
        gettext_lazy("Waiting for %(names)s. They can be merged as soon as those asked agree, and otherwise from %(day)s."),
    ),
)


def consent(
    by: Person | None, contribution: Contribution, target: Contribution, on: datetime.date, asked: MergeProposal | None = None
) -> Consent:
    """At most two queries, with the authors read; `asked` is the open proposal where it has been read already."""
    proposal = asked or open_proposal(contribution)
    if proposal is None or proposal.target_id != target.pk:
        return Consent(asked_of(by, contribution, target), contribution.author_id == target.author_id, None, on=on)
    answers = list(proposal.answers.select_related("person"))
    return Consent(asked_of(by, contribution, target), contribution.author_id == target.author_id, proposal, answers, on)


def asked_of(by: Person | None, contribution: Contribution, target: Contribution) -> list[Person]:
    """Both authors, once if they are the same; neither the coordinator who asks nor somebody who has left."""
    authors = {author.pk: author for author in (contribution.author, target.author)}
    return [author for author in authors.values() if author.is_active and author != by]


def open_proposal(contribution: Contribution, among: QuerySet[Contribution] | None = None) -> MergeProposal | None:
    """The question that is asked of it now; `among` says which targets count."""
    rows = MergeProposal.objects.filter(contribution=contribution, closed_at__isnull=True)
    if among is not None:
        rows = rows.filter(target__in=among)
    return rows.select_related("by", "target__author", "target__department__organisation").first()
