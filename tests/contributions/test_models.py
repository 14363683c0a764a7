"""What the database itself refuses."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from contributions.enums import Audience, Kind, ParticipantRole, Status, SupportKind, TrailSort
from contributions.models import Comment, Contribution, Follow, Participant, Report, Support, TrailEntry
from contributions.statuses import DRAFT_AUDIENCES, SENT_AUDIENCES, STATUSES
from tests.contributions.world import World


def refused(about: Contribution, **columns: Any) -> bool:
    try:
        with transaction.atomic():
            Contribution.objects.filter(pk=about.pk).update(**columns)
    except IntegrityError:
        return True
    return False


def test_each_kind_has_its_own_statuses_and_no_other(world: World) -> None:
    for kind in Kind:
        allowed = set()
        for status in Status:
            about = world.contribution(kind)
            more = {"resumes_as": Status.TESTING} if status in (Status.PARKED, Status.NEEDS_AUTHOR) else {}
            more |= {"parked_until": world.today} if status == Status.PARKED else {}  # type: ignore[dict-item]
            more |= {"audience": Audience.AUTHOR} if status == Status.DRAFT else {}  # type: ignore[dict-item]
            if not refused(about, status=status, **more):
                allowed.add(status)
        assert allowed == set(STATUSES[kind])


def test_each_audience_belongs_to_a_draft_or_to_what_is_sent(world: World) -> None:
    sent, draft = world.contribution(), world.contribution(Kind.IDEA, Status.DRAFT)
    assert {audience for audience in Audience if not refused(sent, audience=audience)} == set(SENT_AUDIENCES)
    assert {audience for audience in Audience if not refused(draft, audience=audience)} == set(DRAFT_AUDIENCES)


@pytest.mark.parametrize(
    "columns",
    [
        {"title": ""},
        {"problem": ""},
        {"submitted_at": None},
        {"home_organisation": None},
        {"promised_on": None},
        {"resumes_as": Status.EXPLORING},
        {"status": Status.PARKED, "resumes_as": Status.EXPLORING},
        {"status": Status.NEEDS_AUTHOR},
        {"kind": "thought"},
        {"comment_count": -1},
    ],
    ids=" ".join,
)
def test_what_is_sent_is_whole(world: World, columns: dict[str, Any]) -> None:
    assert refused(world.contribution(), **columns)


def test_nothing_is_merged_into_itself_and_only_drafts_have_ambassadors(world: World) -> None:
    about = world.contribution()
    assert refused(about, status=Status.MERGED, merged_into=about)
    assert refused(about, ambassador=world.people["named_ambassador"])


def test_a_form_makes_one_row_of_each(world: World) -> None:
    about, person = world.contribution(), world.people["same_department"]
    once: list[tuple[Any, dict[str, Any]]] = [
        (Comment, {"author": person, "token": uuid.uuid4(), "body": "x", "body_html": "x"}),
        (Support, {"person": person, "kind": SupportKind.GOOD}),
        (Follow, {"person": person}),
        (Participant, {"person": person, "role": ParticipantRole.COAUTHOR}),
        (Report, {"by": person, "reason": "x"}),
    ]
    for model, columns in once:
        model.objects.create(contribution=about, **columns)
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(contribution=about, **columns)


@pytest.mark.parametrize(
    ("model", "columns"),
    [
        (Comment, {"body": ""}),
        (Support, {"kind": "hate"}),
        (Participant, {"role": "king"}),
        (Report, {"reason": ""}),
        (TrailEntry, {"sort": "gossip", "step": "x", "to_status": "submitted"}),
        (TrailEntry, {"sort": TrailSort.LEARNING, "step": "learn", "to_status": "submitted"}),
    ],
    ids=["comment", "support", "participant", "report", "trail", "learning"],
)
def test_empty_and_unknown_is_refused(world: World, model: Any, columns: dict[str, Any]) -> None:
    person = {Comment: "author", Report: "by"}.get(model, "person")
    who = {} if model is TrailEntry else {person: world.people["same_department"]}
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.create(contribution=world.contribution(), **columns, **who)
