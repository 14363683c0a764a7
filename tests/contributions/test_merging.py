"""Merging: the authors are asked first, people and counters come along, and parting takes back exactly that."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from contributions.actions import talk
from contributions.enums import Audience, Kind, ParticipantRole, Status, SupportKind
from contributions.lifecycle import IllegalStep, advance
from contributions.models import Contribution, Follow, MergeProposal, Participant, Support
from contributions.queries.merged import above, beneath
from notifications.messages import render
from notifications.models import Notice
from tests.contributions.merges import agree, agreed, coordinator, fresh, idea, merge, propose, reopen
from tests.contributions.test_talk import client_of
from tests.contributions.world import World

# People and counters


def test_people_come_along_where_they_may_read_and_leave_again(world: World) -> None:
    one = idea(world.people["other_department"])
    other = idea(world.people["author"], audience=Audience.ORGANISATION)
    follows = {
        role: Follow.objects.create(contribution=one, person=world.people[role]) for role in ("same_department", "other_organisation")
    }
    own = Follow.objects.create(contribution=other, person=world.people["unit_beneath"])
    Follow.objects.create(contribution=one, person=world.people["unit_beneath"])
    Follow.objects.create(contribution=one, person=world.people["author"])
    agreed(world, one, other)
    assert dict(Follow.objects.filter(contribution=other).values_list("person_id", "through_id")) == {
        world.people["other_department"].pk: one.pk,
        world.people["same_department"].pk: one.pk,
        world.people["unit_beneath"].pk: None,
    }
    assert Participant.objects.filter(contribution=other).values_list("person_id", "role", "through_id").get() == (
        one.author_id,
        ParticipantRole.COAUTHOR,
        one.pk,
    )
    reopen(world, one)
    assert list(Follow.objects.filter(contribution=other)) == [own]
    assert not Participant.objects.exists()
    assert set(Follow.objects.filter(contribution=one)) >= set(follows.values())


def test_nobody_comes_to_see_anything_by_a_merge(world: World) -> None:
    one = idea(world.people["other_organisation"], title="För alla")
    other = idea(world.people["author"], title="Bara för enheten", audience=Audience.DEPARTMENT)
    Follow.objects.create(contribution=one, person=world.people["other_department"])
    before = {role: set(Contribution.objects.visible_to(world.person(role))) for role in world.people}
    agreed(world, one, other)
    assert {role: set(Contribution.objects.visible_to(world.person(role))) for role in world.people} == before
    assert (Participant.objects.count(), Follow.objects.filter(contribution=other).count()) == (0, 0)
    (notice,) = Notice.objects.filter(kind="contributions.merge_done")
    fact = render(world.person("author"), [notice])[0][1]
    assert (fact.title, fact.url) == ("Bara för enheten", f"/ideas/{other.pk}/")
    page = client_of(world.person("other_organisation")).get(f"/ideas/{one.pk}/").content.decode()
    assert ("Bara för enheten" in page, "inte är delat med dig" in page) == (False, True)


def test_who_follows_by_their_own_word_afterwards_stays(world: World, pair: Any) -> None:
    one, other = pair
    for role in ("same_department", "unit_beneath"):
        Follow.objects.create(contribution=one, person=world.people[role])
    agreed(world, one, other)
    talk.follow(by=world.person("same_department"), contribution=other)
    reopen(world, one)
    assert Follow.objects.get(contribution=other).person == world.people["same_department"]


def test_support_counts_people_once_over_a_chain(world: World) -> None:
    a, b, c = (idea(world.people[role]) for role in ("other_department", "same_department", "author"))
    for about, roles in ((a, ("unit_beneath", "lead")), (b, ("lead", "participant")), (c, ("participant",))):
        for role in roles:
            talk.support(by=world.person(role), contribution=about, kind=SupportKind.GOOD)
    Follow.objects.create(contribution=a, person=world.people["lead"])
    agreed(world, a, b)
    agreed(world, b, c)
    assert [fresh(row).support_count for row in (a, b, c)] == [2, 3, 3]
    assert (beneath(c.pk), above(a.pk)) == ([c.pk, b.pk, a.pk], [b.pk, c.pk])
    assert dict(Participant.objects.filter(contribution=c).values_list("person_id", "through_id")) == {
        a.author_id: a.pk, b.author_id: b.pk,
    }  # fmt: skip
    talk.support(by=world.person("lead"), contribution=c, kind=SupportKind.HELP)
    assert [fresh(c).support_count, fresh(c).good_count, fresh(c).help_count] == [3, 3, 1]
    reopen(world, a)
    assert [fresh(row).support_count for row in (a, b, c)] == [2, 2, 2]
    assert not Follow.objects.filter(contribution__in=(b, c), person=world.people["lead"]).exists()
    assert dict(Participant.objects.filter(contribution=c).values_list("person_id", "through_id")) == {b.author_id: b.pk}
    with pytest.raises(ValidationError):
        merge(world, a, b)


def test_who_came_by_two_stays_by_the_other(world: World) -> None:
    a, b, c = (idea(world.people[role]) for role in ("other_department", "same_department", "author"))
    for about in (a, b):
        Follow.objects.create(contribution=about, person=world.people["lead"])
        agreed(world, about, c)
    assert Follow.objects.get(contribution=c, person=world.people["lead"]).through_id == a.pk
    reopen(world, a)
    assert Follow.objects.get(contribution=c, person=world.people["lead"]).through_id == b.pk


# Parting


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.TESTING, Status.PARKED, Status.NEEDS_AUTHOR])
def test_opened_again_it_stands_where_it_stood(world: World, status: Status) -> None:
    one, other = world.contribution(Kind.IDEA, status), world.contribution()
    merge(world, one, other)
    reopen(world, one)
    assert fresh(one).status == (one.resumes_as or status)
    assert (fresh(one).merged_into_id, fresh(one).resumes_as) == (None, "")


def test_undo_takes_back_people_counters_and_the_closing_of_the_question(world: World, pair: Any) -> None:
    one, other = pair
    talk.support(by=world.person("lead"), contribution=one, kind=SupportKind.NEED)
    proposal = propose(world, one, other)
    agree(proposal)
    merge(world, one, other)
    assert (fresh(other).support_count, Follow.objects.filter(contribution=other).count()) == (1, 1)
    advance(by=coordinator(world), contribution=one, step="undo")
    assert (fresh(other).support_count, Follow.objects.filter(contribution=other).count(), fresh(one).status) == (0, 0, one.status)
    assert MergeProposal.objects.get().closed_at is None
    merge(world, one, other)
    reopen(world, one)
    assert MergeProposal.objects.get().closed_at is not None
    advance(by=coordinator(world), contribution=one, step="undo")
    assert (fresh(one).status, fresh(other).support_count, Participant.objects.get().through_id) == (Status.MERGED, 1, one.pk)


def test_undoing_a_parting_never_makes_a_ring(world: World) -> None:
    one, other = world.contribution(), world.contribution()
    merge(world, one, other)
    reopen(world, one)
    merge(world, other, one)
    with pytest.raises(IllegalStep), transaction.atomic():
        advance(by=coordinator(world), contribution=one, step="undo")
    assert (fresh(one).merged_into_id, fresh(other).merged_into_id) == (None, one.pk)


@pytest.mark.parametrize("seed", range(4))
def test_merges_partings_and_undoings_in_any_order_leave_what_a_recount_gives(world: World, seed: int) -> None:
    """T34 for merging: whatever happens, counters equal a naive recount and every row that came by a merge is owed to one that stands."""
    chance = random.Random(seed)
    people = [world.works(world.home) for _ in range(6)]
    ideas = [idea(world.people["author"]) for _ in range(6)]
    for about in ideas:
        Support.objects.bulk_create(
            Support(contribution=about, person=person, kind=chance.choice(SupportKind.values)) for person in chance.sample(people, 3)
        )
        Follow.objects.bulk_create(Follow(contribution=about, person=person) for person in chance.sample(people, 2))
    own = set(Follow.objects.values_list("contribution_id", "person_id"))
    counted = False
    for _ in range(40):
        about, act = chance.choice(ideas), chance.choice(("merge", "merge", "reopen", "undo", "support"))
        try:
            with transaction.atomic():
                match act:
                    case "merge":
                        merge(world, about, chance.choice(ideas))
                    case "reopen":
                        reopen(world, about)
                    case "undo":
                        advance(by=coordinator(world), contribution=about, step="undo")
                    case "support":
                        talk.support(by=chance.choice(people), contribution=about, kind=SupportKind.GOOD, on=chance.random() < 0.6)
        except (ValidationError, IllegalStep, PermissionDenied):
            continue
        counted = True
        touched = {row.pk for row in Contribution.objects.filter(support_count__gt=0)}
        assert naive(touched) == {row.pk: row.support_count for row in Contribution.objects.filter(pk__in=touched)}, act
        assert brought() == owed(own), act
    assert counted


def naive(pks: set[int]) -> dict[int, int]:
    parents = dict(Contribution.objects.values_list("pk", "merged_into_id"))
    people: dict[int, set[int]] = {pk: set() for pk in parents}
    for support in Support.objects.all():
        pk: int | None = support.contribution_id
        while pk:
            people[pk].add(support.person_id)
            pk = parents[pk]
    return {pk: len(people[pk]) for pk in pks}


def brought() -> set[tuple[int, int]]:
    return set(Follow.objects.filter(through__isnull=False).values_list("contribution_id", "person_id"))


def owed(own: set[tuple[int, int]]) -> set[tuple[int, int]]:
    parents = dict(Contribution.objects.values_list("pk", "merged_into_id"))
    result = set()
    for pk, person in own:
        host = parents[pk]
        while host:
            result.add((host, person))
            host = parents[host]
    return result - own
