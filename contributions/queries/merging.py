"""What a merge will do, before anybody does it; and what parting would take back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, OuterRef, Q, Subquery, When
from django.db.models.functions import JSONObject

from contributions.models import Contribution, Follow, MergeAnswer, MergeProposal, Participant, Support
from contributions.queries.merged import beneath, trees
from contributions.rules import readers_of
from organisation.models import Person


@dataclass(frozen=True)
class Preview:
    """`supporters` are people, once each, of both; `joining`, those who come to follow the target; `losing`, those who read this one and not the other."""

    contribution: Contribution
    target: Contribution
    supporters: int
    followers: int
    joining: int
    readers: int
    losing: int
    author_may_read: bool
    host_may_read: bool

    @property
    def is_one_author(self) -> bool:
        return self.contribution.author_id == self.target.author_id


def preview(contribution: Contribution, target: Contribution) -> Preview:
    """Two queries. Both have been read with their places."""
    ids = trees(contribution.pk, target.pk)
    one, both = ids[contribution.pk], [pk for tree in ids.values() for pk in tree]
    reads, reads_target = readers_of(contribution), readers_of(target)
    follows = Q(pk__in=Follow.objects.filter(contribution=contribution).values("person_id"))
    comes_along = Q(pk__in=Follow.objects.filter(contribution__in=one).values("person_id")) | Q(pk=contribution.author_id)
    there = Q(pk__in=Follow.objects.filter(contribution=target).values("person_id")) | Q(pk=target.author_id)
    numbers = Person.objects.aggregate(
        supporters=_people(Q(pk__in=Support.objects.filter(contribution__in=both).values("person_id"))),
        followers=_people(follows),
        joining=_people(comes_along & reads_target & ~there),
        readers=_people(reads),
        losing=_people(reads & ~reads_target),
        author_may_read=_people(Q(pk=contribution.author_id) & reads_target),
        host_may_read=_people(Q(pk=target.author_id) & reads),
    )
    return Preview(contribution, target, **{name: bool(number) if name.endswith("_read") else number for name, number in numbers.items()})


def _people(condition: Q) -> Count:
    return Count("pk", filter=condition)


@dataclass(frozen=True)
class Parting:
    """What opening a merged one again takes back."""

    host: Contribution
    followers: int
    coauthors: int


def parting(person: Person, contribution: Contribution) -> Parting | None:
    """None where it is not merged, or merged into what the person may not see."""
    if contribution.merged_into_id is None:
        return None
    host = Contribution.objects.visible_to(person).filter(pk=contribution.merged_into_id).first()
    if host is None:
        return None
    leaving = {"contribution": host, "through__in": beneath(contribution.pk)}
    return Parting(host, Follow.objects.filter(**leaving).count(), Participant.objects.filter(**leaving).count())


def proposals_for(person: Person) -> ArraySubquery:
    """Of a contribution's page: open proposals to merge it or to merge another into it, as plain values.

    `asked` says that the person is asked, `answered` that they have answered; `other` is the other's title where they may see it.
    """
    mine = MergeAnswer.objects.filter(proposal=OuterRef("pk"), person=person)
    visible = Contribution.objects.visible_to(person).filter(pk=OuterRef("other_id"))
    rows = (
        MergeProposal.objects.filter(Q(contribution=OuterRef("pk")) | Q(target=OuterRef("pk")), closed_at__isnull=True)
        .annotate(
            other_id=Case(When(contribution=OuterRef("pk"), then=F("target_id")), default=F("contribution_id")),
            other=Subquery(visible.values("title")[:1]),
            asked=Subquery(mine.values("pk")[:1]),
            answered=Subquery(mine.values("agrees")[:1]),
        )
        .order_by("pk")
    )
    fields: dict[str, Any] = {name: name for name in ("id", "contribution_id", "other_id", "other", "asked", "answered")}
    return ArraySubquery(rows.values(row=JSONObject(**fields, given_name="by__given_name", family_name="by__family_name")))
