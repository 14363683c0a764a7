"""What a step writes, tells and takes back."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.utils import timezone

from contributions.enums import Audience, Kind, ReasonCode, Status, TrailSort
from contributions.lifecycle import IllegalStep, StaleVersion, advance, lock, spec_of
from contributions.models import Contribution, Follow, SearchRow, TrailEntry
from contributions.rules import UNDO_WITHIN
from contributions.statuses import STATUSES
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.threads import at_once
from tests.contributions.world import World
from tests.factories import IdeaFactory

LEARNT = {"learning_believed": "Att vagnen bar.", "learning_tried": "Tre veckor i snö.", "learning_happened": "Den var för tung."}


def values_of(world: World) -> dict[str, Any]:
    """Something for every field a step may ask for."""
    return {
        "audience": Audience.ORGANISATION,
        "assignee": world.person("organisation_coordinator"),
        "reason": "Därför.",
        "body": "Hur då?",
        "reason_code": ReasonCode.MONEY,
        "change": "Om pengarna kommer.",
        "until": world.today + datetime.timedelta(days=30),
        "closes_on": world.today + datetime.timedelta(days=30),
        "target": Contribution.objects.get(pk=IdeaFactory.create(author=world.people["author"]).pk),
        "owner": world.company,
        "decided_by": "Kommunstyrelsen",
        "decided_on": world.today,
        **LEARNT,
    }


def columns(contribution: Contribution) -> dict[str, Any]:
    """Everything that is stored of it, its child and its search row."""
    own = Contribution.objects.filter(pk=contribution.pk).values().get()
    spec = spec_of(own["kind"])
    child = spec.child.objects.filter(pk=contribution.pk).values(*spec.columns).get()
    search = SearchRow.objects.filter(pk=contribution.pk).values("title", "body").get()
    own.pop("version")  # type: ignore[misc]
    return {**own, "child": child, "search": search}


@pytest.mark.parametrize("kind", Kind)
def test_undo_restores_every_column(world: World, kind: Kind) -> None:
    taken = 0
    for status in STATUSES[kind]:
        for step in spec_of(kind).steps:
            if status not in step.sources:
                continue
            contribution = world.contribution(kind, status, audience=Audience.AUTHOR if status == Status.DRAFT else Audience.DEPARTMENT)
            by = world.person("author" if step.permission in ("contributions.own", "contributions.widen") else "organisation_coordinator")
            world.footing(contribution)
            before = columns(contribution)
            entry = advance(by=by, contribution=contribution, step=step.name, values=values_of(world))
            assert columns(contribution) != before or step.name in ("decide", "learn"), step.name
            undone = advance(by=by, contribution=contribution, step="undo")
            assert columns(contribution) == before, step.name
            assert (undone.step, undone.sort, undone.by) == ("undo", TrailSort.STEP, by)
            assert Contribution.objects.get(pk=contribution.pk).version == contribution.version + 2
            assert not Notice.objects.filter(cause=entry.cause, cancelled_at__isnull=True).exists()
            taken += 1
    assert taken > 60


def test_undo_is_for_the_same_person_within_ten_seconds_with_nothing_later(world: World) -> None:
    coordinator, other = world.person("organisation_coordinator"), world.person("group_coordinator")
    contribution = world.contribution()
    at = timezone.now() - UNDO_WITHIN
    advance(by=coordinator, contribution=contribution, step="explore", values={"reason": "Ja."}, now=at)
    with pytest.raises(PermissionDenied):
        advance(by=other, contribution=contribution, step="undo", now=at)
    with pytest.raises(PermissionDenied):
        advance(by=None, contribution=contribution, step="undo", now=at)
    with pytest.raises(IllegalStep):
        advance(by=coordinator, contribution=contribution, step="undo", now=at + UNDO_WITHIN + datetime.timedelta(milliseconds=1))
    advance(by=coordinator, contribution=contribution, step="undo", now=at + UNDO_WITHIN)
    with pytest.raises(IllegalStep):
        advance(by=coordinator, contribution=contribution, step="undo", now=at + UNDO_WITHIN)
    assert Contribution.objects.get(pk=contribution.pk).status == Status.SUBMITTED


def test_undo_gives_way_to_an_edit_made_since(world: World) -> None:
    coordinator, contribution = world.person("organisation_coordinator"), world.contribution()
    advance(by=coordinator, contribution=contribution, step="explore", values={"reason": "Ja."})
    Contribution.objects.filter(pk=contribution.pk).update(version=3)
    with pytest.raises(IllegalStep):
        advance(by=coordinator, contribution=contribution, step="undo")


def test_nothing_on_the_trail_means_nothing_to_undo(world: World) -> None:
    with pytest.raises(PermissionDenied):
        advance(by=world.person("organisation_coordinator"), contribution=world.contribution(), step="undo")


def test_a_step_that_needs_text_says_so_by_field_and_changes_nothing(world: World) -> None:
    contribution = world.contribution()
    before = columns(contribution)
    with pytest.raises(ValidationError) as refusal:
        advance(
            by=world.person("organisation_coordinator"), contribution=contribution, step="decline", values={"reason": "", "change": None}
        )
    assert set(refusal.value.message_dict) == {"reason_code", "reason", "change"}
    assert columns(contribution) == before


@pytest.mark.parametrize(
    ("step", "field", "value"),
    [
        ("park", "until", lambda world: world.today),
        ("merge", "target", lambda world: world.contribution(Kind.IDEA, Status.DRAFT)),
        ("merge", "target", lambda world: world.contribution(Kind.IDEA, Status.MERGED)),
        ("hand_over", "owner", lambda world: world.municipality),
        ("assign", "assignee", lambda world: world.person("same_department")),
    ],
    ids=["today", "into a draft", "into what is merged", "to the owner", "to somebody else"],
)
def test_what_a_step_refuses(world: World, step: str, field: str, value: Callable[[World], Any]) -> None:
    contribution = world.contribution()
    with pytest.raises(ValidationError) as refusal:
        advance(
            by=world.person("organisation_coordinator"),
            contribution=contribution,
            step=step,
            values={**values_of(world), field: value(world)},
        )
    assert list(refusal.value.message_dict) == [field]


def test_nothing_merges_into_itself(world: World) -> None:
    contribution = world.contribution()
    with pytest.raises(ValidationError):
        advance(
            by=world.person("group_coordinator"), contribution=contribution, step="merge", values={"target": contribution, "reason": "x"}
        )


def test_a_draft_without_words_is_not_sent(world: World) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT, problem="")
    with pytest.raises(ValidationError):
        advance(by=world.person("author"), contribution=draft, step="submit", values={"audience": Audience.GROUP})


def test_a_version_read_before_is_stale(world: World) -> None:
    contribution = world.contribution()
    advance(by=world.person("group_coordinator"), contribution=contribution, step="explore", values={"reason": "Ja."}, version=1)
    with pytest.raises(StaleVersion) as stale:
        advance(by=world.person("organisation_coordinator"), contribution=contribution, step="plan", values={"reason": "Ja."}, version=1)
    assert (stale.value.contribution.status, stale.value.contribution.version) == (Status.EXPLORING, 2)


def test_turning_into_the_other_kind_and_back_keeps_everything(world: World) -> None:
    coordinator, idea = world.person("organisation_coordinator"), world.contribution(proposal="Sanda klockan sex.", benefit="Färre fall.")
    Follow.objects.create(contribution=idea, person=world.person("same_department"))
    advance(by=coordinator, contribution=idea, step="convert", values={"reason": "Problemet först."})
    challenge = Contribution.objects.get(pk=idea.pk)
    assert (challenge.kind, challenge.status, challenge.get_absolute_url()) == (Kind.CHALLENGE, Status.REPORTED, f"/challenges/{idea.pk}/")
    assert "Sanda" not in SearchRow.objects.get(pk=idea.pk).body
    advance(by=coordinator, contribution=idea, step="convert", values={"reason": "Nej, det var en idé."})
    back = spec_of(Kind.IDEA).child.objects.values("kind", "status", "proposal", "benefit", "set_aside").get(pk=idea.pk)  # type: ignore[misc]
    assert back == {
        "kind": "idea", "status": "submitted", "proposal": "Sanda klockan sex.", "benefit": "Färre fall.",
        "set_aside": {"challenge": {"root_problem": "", "ideas_close_at": None}},
    }  # fmt: skip
    assert idea.follows.count() == 1
    assert "Sanda" in SearchRow.objects.get(pk=idea.pk).body


def told(contribution: Contribution) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for notice in Notice.objects.filter(thread=contribution.thread):
        found.setdefault(notice.kind, set()).add(notice.recipient_id)
    return found


def test_everybody_who_should_know_is_told_once_and_nobody_of_their_own_act(world: World) -> None:
    contribution, coordinator = world.contribution(), world.person("organisation_coordinator")
    for role in ("author", "same_department", "organisation_coordinator", "inactive"):
        Follow.objects.create(contribution=contribution, person=world.people[role])
    entry = advance(by=coordinator, contribution=contribution, step="explore", values={"reason": "Ja."})
    author, lead, follower = (world.people[role].pk for role in ("author", "lead", "same_department"))
    assert told(contribution) == {"contributions.moved": {author, lead}, "contributions.followed_moved": {follower}}
    for notice in Notice.objects.all():
        assert (notice.ids, notice.due_at, notice.cause) == (
            {"contribution": contribution.pk, "entry": entry.pk}, entry.at + UNDO_WITHIN, f"trail:{entry.pk}",
        )  # fmt: skip


def test_handing_over_tells_the_new_owners_coordinators(world: World) -> None:
    contribution = world.contribution()
    advance(by=world.person("organisation_coordinator"), contribution=contribution, step="hand_over", values=values_of(world))
    people = {role: world.people[role].pk for role in ("author", "other_organisation_coordinator", "group_coordinator")}
    assert told(contribution) == {
        "contributions.moved": {people["author"]},
        "contributions.sent": {people["other_organisation_coordinator"], people["group_coordinator"]},
    }


# The database


def test_the_trail_is_append_only(world: World) -> None:
    contribution = world.contribution()
    advance(by=world.person("organisation_coordinator"), contribution=contribution, step="explore", values={"reason": "Ja."})
    for change in (lambda: TrailEntry.objects.update(text="Nej."), lambda: TrailEntry.objects.all().delete()):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            change()
    assert TrailEntry.objects.get().text == "Ja."


def test_an_existing_row_is_never_saved_whole(world: World) -> None:
    contribution = world.contribution()
    with pytest.raises(RuntimeError, match="update_fields"):
        contribution.save()


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_at_once_give_one_step() -> None:
    world = World()
    contribution = world.contribution()

    def take(role: str) -> Callable[[], Any]:
        person = world.person(role)
        return lambda: advance(by=person, contribution=contribution, step="explore", values={"reason": role}, version=1)

    results = at_once(take("organisation_coordinator"), take("group_coordinator"))
    assert sorted(type(result).__name__ for result in results) == ["StaleVersion", "TrailEntry"]
    assert contribution.trail.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_merge_into_each_other_at_once_make_no_ring() -> None:
    world = World()
    one, two, coordinator = world.contribution(), world.contribution(), world.person("organisation_coordinator")

    def merge(row: Contribution, target: Contribution) -> Callable[[], Any]:
        return lambda: advance(
            by=coordinator, contribution=row, step="merge", values={"target": Contribution.objects.get(pk=target.pk), "reason": "x"}
        )

    results = at_once(merge(one, two), merge(two, one))
    assert sorted(type(result).__name__ for result in results) == ["TrailEntry", "ValidationError"]
    assert Contribution.objects.filter(status=Status.MERGED).count() == 1


def test_lock_of_what_is_not_there(db: None) -> None:
    with pytest.raises(Contribution.DoesNotExist), transaction.atomic():
        lock(1)
    assert connection.vendor == "postgresql"
    assert not Person.objects.exists()


def told_of_a_reply(world: World, assigned: Person) -> set[int]:
    coordinator = world.person("group_coordinator")
    contribution = world.contribution(assigned_to=assigned)
    advance(by=coordinator, contribution=contribution, step="ask", values={"body": "Hur då?"})
    advance(by=world.person("author"), contribution=contribution, step="reply", values={"body": "Så här."})
    return set(Notice.objects.filter(kind="contributions.replied").values_list("recipient_id", flat=True))


def test_a_reply_goes_to_the_assigned_coordinator(world: World) -> None:
    assigned = world.people["organisation_coordinator"]
    assert told_of_a_reply(world, assigned) == {assigned.pk}


@pytest.mark.parametrize("lost", ["away", "gone", "no role"])
def test_a_reply_reaches_the_others_when_the_assigned_is_not_there(world: World, lost: str) -> None:
    assigned = world.people["organisation_coordinator"]
    match lost:
        case "away":
            Person.objects.filter(pk=assigned.pk).update(away_from=world.today, away_until=world.today)
        case "gone":
            Person.objects.filter(pk=assigned.pk).update(is_active=False, deactivated_at=timezone.now())
        case _:
            assigned.roles.all().delete()
    told = told_of_a_reply(world, assigned)
    assert world.people["department_coordinator"].pk in told
    assert lost == "away" or assigned.pk not in told


def test_taking_back_tells_the_assigned_coordinator_alone(world: World) -> None:
    assigned = world.people["organisation_coordinator"]
    advance(by=world.person("author"), contribution=world.contribution(assigned_to=assigned), step="withdraw")
    assert [notice.recipient_id for notice in Notice.objects.filter(kind="contributions.withdrawn")] == [assigned.pk]


def test_what_is_taken_back_is_the_authors_own_organisations_again(world: World) -> None:
    contribution = world.contribution(owner_organisation=world.company)
    advance(by=world.person("author"), contribution=contribution, step="withdraw")
    assert Contribution.objects.get(pk=contribution.pk).owner_organisation == world.municipality


@pytest.mark.parametrize(
    ("kind", "status", "becomes"),
    [
        (Kind.IDEA, Status.SUBMITTED, Status.REPORTED),
        (Kind.IDEA, Status.EXPLORING, Status.UNDERSTANDING),
        (Kind.IDEA, Status.PLANNED, Status.ACTION_PLAN),
        (Kind.IDEA, Status.TESTING, Status.TESTING),
        (Kind.CHALLENGE, Status.OPEN_FOR_IDEAS, Status.EXPLORING),
    ],
)
def test_turned_into_the_other_kind_it_stands_just_as_far(world: World, kind: Kind, status: Status, becomes: Status) -> None:
    coordinator, contribution = world.person("organisation_coordinator"), world.contribution(kind, status)
    advance(by=coordinator, contribution=contribution, step="convert", values={"reason": "Rätt sort."})
    assert Contribution.objects.get(pk=contribution.pk).status == becomes
    if status != Status.OPEN_FOR_IDEAS:
        advance(by=coordinator, contribution=contribution, step="convert", values={"reason": "Tillbaka."})
        assert Contribution.objects.get(pk=contribution.pk).status == status
