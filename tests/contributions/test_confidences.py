"""What is said of a draft is for those who write it and whoever said it, also once it is sent."""

from __future__ import annotations

import uuid

import pytest

from contributions.actions import talk
from contributions.enums import Audience, Kind, Status
from contributions.lifecycle import advance
from contributions.models import Comment, Contribution, Follow
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.test_talk import client_of
from tests.contributions.world import World

pytestmark = pytest.mark.django_db
SAID = "Skriv hur ofta det händer."


@pytest.fixture
def sent(world: World) -> Contribution:
    """A draft that the ambassador has commented on, then sent to everybody."""
    draft = world.contribution(Kind.IDEA, Status.DRAFT, audience=Audience.AMBASSADOR)
    Follow.objects.create(contribution=draft, person=world.people["same_department"])
    talk.comment(by=world.person("named_ambassador"), contribution=draft, body=SAID, token=uuid.uuid4())
    advance(by=world.person("author"), contribution=draft, step="submit", values={"audience": Audience.GROUP})
    return Contribution.objects.get(pk=draft.pk)


def readers(world: World, about: Contribution) -> set[str]:
    roles = ("author", "named_ambassador", "same_department", "organisation_coordinator", "other_organisation")
    return {role for role in roles if SAID in client_of(world.person(role)).get(about.get_absolute_url()).content.decode()}


def test_sending_the_draft_shows_it_to_nobody_new(world: World, sent: Contribution) -> None:
    assert readers(world, sent) == {"author", "named_ambassador"}
    assert sent.comment_count == 0


def test_nobody_but_the_author_hears_of_it(world: World, sent: Contribution) -> None:
    told = {notice.recipient_id for notice in Notice.objects.filter(kind__contains="comment")}
    assert told == {world.people["author"].pk}
    assert [fact.quote for _notice, fact in render(world.person("author"), Notice.objects.filter(kind="contributions.commented"))] == [SAID]


def test_what_answers_it_is_in_confidence_too(world: World, sent: Contribution) -> None:
    author: Person = world.person("author")
    talk.comment(by=author, contribution=sent, body="Varje måndag.", token=uuid.uuid4(), parent=Comment.objects.get())
    assert set(Comment.objects.values_list("in_confidence", flat=True)) == {True}
    page = client_of(world.person("same_department")).get(sent.get_absolute_url()).content.decode()
    assert "Varje måndag." not in page


def test_a_form_filled_in_anew_is_another_comment(world: World) -> None:
    about, token = world.contribution(), uuid.uuid4()
    for body in ("Ett.", "Ett.", "Två."):
        talk.comment(by=world.person("same_department"), contribution=about, body=body, token=token)
    assert list(about.comments.values_list("body", flat=True)) == ["Ett.", "Två."]
