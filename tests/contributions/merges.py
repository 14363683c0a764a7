"""Merging two contributions in a test, as a coordinator and the authors do."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from contributions.actions import merging
from contributions.enums import Status
from contributions.lifecycle import advance, reindex_texts
from contributions.models import Contribution, MergeProposal
from organisation.models import Person
from tests.contributions.world import World
from tests.factories import IdeaFactory


def idea(author: Person, **more: Any) -> Contribution:
    row = Contribution.objects.with_place().get(pk=IdeaFactory.create(author=author, **more).pk)
    reindex_texts(row)
    return row


def coordinator(world: World) -> Person:
    return world.person("group_coordinator")


def propose(world: World, one: Contribution, other: Contribution, **more: Any) -> MergeProposal:
    return merging.propose(by=coordinator(world), contribution=one, target=other, reason="De vill samma sak.", **more)


def merge(world: World, one: Contribution, other: Contribution, **more: Any) -> None:
    values = {"target": Contribution.objects.get(pk=other.pk), "reason": "De hör ihop."}
    advance(by=coordinator(world), contribution=one, step="merge", values=values, **more)


def agree(proposal: MergeProposal) -> None:
    for row in proposal.answers.all():
        merging.answer(by=row.person, proposal=proposal, agrees=True)


def agreed(world: World, one: Contribution, other: Contribution) -> None:
    """Merged by the book."""
    if one.author_id != other.author_id:
        agree(propose(world, one, other))
    merge(world, one, other)


def reopen(world: World, about: Contribution) -> None:
    advance(by=coordinator(world), contribution=about, step="reopen", values={"reason": "De är olika."})


def fresh(about: Contribution) -> Contribution:
    return Contribution.objects.get(pk=about.pk)


def refusal(world: World, one: Contribution, other: Contribution, **more: Any) -> str:
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        merge(world, one, other, **more)
    assert list(refused.value.message_dict) == ["target"]
    assert fresh(one).status != Status.MERGED
    return str(refused.value.message_dict["target"][0])
