"""Authors are asked before their contributions are merged, and what their answers, or silence, mean."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from contributions.actions import merging
from contributions.enums import Kind, Status
from contributions.lifecycle import IllegalStep
from contributions.models import MergeAnswer, MergeProposal, Participant
from contributions.queries.consent import RULES, SILENCE, Consent, Standing
from contributions.rules import UNDO_WITHIN
from lib.working_days import add_working_days
from notifications.messages import render
from notifications.models import Notice
from tests.contributions.merges import coordinator, fresh, idea, merge, propose, refusal
from tests.contributions.world import World
from tests.factories import PersonFactory

# Asking


def test_each_author_is_asked_once_of_their_own_and_whoever_asked_hears_the_answer(world: World, pair: Any) -> None:
    one, other = pair
    proposal = propose(world, one, other)
    assert {row.person for row in proposal.answers.all()} == {one.author, other.author}
    notices = {notice.recipient_id: notice for notice in Notice.objects.filter(kind="contributions.merge_asked")}
    assert {pk: notice.ids["contribution"] for pk, notice in notices.items()} == {one.author_id: one.pk, other.author_id: other.pk}
    assert {notice.due_at - proposal.created_at for notice in notices.values()} == {UNDO_WITHIN}
    merging.answer(by=one.author, proposal=proposal, agrees=False, note="Min handlar om cyklar.")
    (told,) = Notice.objects.filter(kind="contributions.merge_answered")
    fact = render(coordinator(world), [told])[0][1]
    assert (told.recipient, fact.text, fact.quote) == (
        coordinator(world),
        f"{one.author.full_name} vill inte sammanföra",
        "Min handlar om cyklar.",
    )


@pytest.mark.parametrize("who", ["the coordinator", "somebody who has left"])
def test_neither_the_coordinator_nor_somebody_who_has_left_is_asked(world: World, who: str) -> None:
    gone = PersonFactory.create(department=world.home, is_active=False, deactivated_at=timezone.now())
    one = idea(coordinator(world) if who == "the coordinator" else gone)
    other = idea(world.people["author"])
    assert [row.person for row in propose(world, one, other).answers.all()] == [world.people["author"]]


def test_the_same_question_twice_is_one_and_another_waits_for_it_to_be_taken_back(world: World, pair: Any) -> None:
    one, other = pair
    assert propose(world, one, other) == propose(world, one, other)
    assert Notice.objects.filter(kind="contributions.merge_asked").count() == 2
    with pytest.raises(ValidationError, match="target"):
        propose(world, one, idea(world.people["same_department"]))


@pytest.mark.parametrize("target", ["itself", "merged", "draft"])
def test_what_cannot_be_asked(world: World, pair: Any, target: str) -> None:
    one, _other = pair
    named = {
        "itself": one,
        "merged": world.contribution(Kind.IDEA, Status.MERGED),
        "draft": world.contribution(Kind.IDEA, Status.DRAFT),
    }
    with pytest.raises(ValidationError):
        propose(world, one, named[target])
    with pytest.raises(PermissionDenied):
        merging.propose(by=world.person("author"), contribution=one, target=pair[1], reason="x")
    with pytest.raises(IllegalStep):
        propose(world, world.contribution(Kind.IDEA, Status.ADOPTED), one)
    assert not MergeProposal.objects.exists()


def test_an_answer_may_be_changed_until_it_is_no_longer_asked(world: World, pair: Any) -> None:
    one, other = pair
    proposal = propose(world, one, other)
    merging.answer(by=one.author, proposal=proposal, agrees=False, note="Nej.")
    merging.answer(by=one.author, proposal=proposal, agrees=True)
    merging.answer(by=one.author, proposal=proposal, agrees=True)
    assert Notice.objects.filter(kind="contributions.merge_answered").count() == 2
    with pytest.raises(ValidationError, match="note"):
        merging.answer(by=other.author, proposal=proposal, agrees=False)
    with pytest.raises(PermissionDenied):
        merging.answer(by=world.person("same_department"), proposal=proposal, agrees=True)
    merging.withdraw(by=coordinator(world), proposal=proposal)
    with pytest.raises(ValidationError):
        merging.answer(by=other.author, proposal=proposal, agrees=True)
    assert list(MergeAnswer.objects.order_by("pk").values_list("agrees", flat=True)) == [True, None]
    assert not Notice.objects.filter(kind="contributions.merge_asked", cancelled_at__isnull=True).exists()


# The rule


def test_the_rule_is_a_table_whose_last_row_always_holds() -> None:
    assert [rule.standing for rule in RULES] == list(Standing)
    assert RULES[-1].holds(Consent([], is_one_author=False, proposal=None))
    assert {rule.standing for rule in RULES if rule.problem} == {Standing.REFUSED, Standing.UNASKED, Standing.WAITING}


def test_unasked_waiting_refused_and_agreed(world: World, pair: Any) -> None:
    one, other = pair
    assert one.author.full_name in refusal(world, one, other)
    proposal = propose(world, one, other)
    said = refusal(world, one, other)
    assert ("Väntar på" in said, one.author.full_name in said, other.author.full_name in said) == (True, True, True)
    merging.answer(by=one.author, proposal=proposal, agrees=True)
    assert one.author.full_name not in refusal(world, one, other)
    merging.answer(by=other.author, proposal=proposal, agrees=False, note="Nej.")
    assert "vill inte" in refusal(world, one, other)
    merging.answer(by=other.author, proposal=proposal, agrees=True)
    merge(world, one, other)
    assert (fresh(one).status, fresh(one).merged_into_id) == (Status.MERGED, other.pk)
    assert MergeProposal.objects.get().closed_at == one.trail.get().at


def test_silence_for_five_working_days_is_no_no(world: World, pair: Any) -> None:
    one, other = pair
    asked_at = timezone.now() - datetime.timedelta(days=40)
    propose(world, one, other, now=asked_at)
    opens = add_working_days(timezone.localdate(asked_at), SILENCE)
    at = asked_at + (opens - timezone.localdate(asked_at)) - datetime.timedelta(days=1)
    refusal(world, one, other, now=at)
    merge(world, one, other, now=at + datetime.timedelta(days=1))
    assert fresh(one).status == Status.MERGED


def test_silence_never_outweighs_a_no(world: World, pair: Any) -> None:
    one, other = pair
    proposal = propose(world, one, other, now=timezone.now() - datetime.timedelta(days=40))
    merging.answer(by=one.author, proposal=proposal, agrees=False, note="Nej.")
    refusal(world, one, other)


def test_two_of_the_same_author_and_those_of_nobody_to_ask_are_merged_at_once(world: World) -> None:
    author = world.people["author"]
    one, other = idea(author), idea(author)
    merge(world, one, other)
    assert (fresh(one).status, Participant.objects.count()) == (Status.MERGED, 0)
    own = idea(coordinator(world))
    gone = idea(PersonFactory.create(department=world.home, is_active=False, deactivated_at=timezone.now()))
    with pytest.raises(ValidationError):
        propose(world, own, gone)
    merge(world, own, gone)
