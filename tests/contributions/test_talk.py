"""Comments, support and following: who is told, what is counted, and what becomes of a form sent twice."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from contributions.actions import talk
from contributions.actions.moderation import hide_comment
from contributions.enums import Audience, Kind, Status, SupportKind
from contributions.models import COMMENT_LENGTH, Comment, Contribution, Follow
from contributions.statuses import OPENS
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.threads import at_once
from tests.contributions.world import World

GOOD, HELP, NEED = SupportKind.GOOD, SupportKind.HELP, SupportKind.NEED


def say(world: World, role: str, about: Contribution, body: str = "Hej.", parent: Comment | None = None, **more: Any) -> Comment:
    return talk.comment(by=world.person(role), contribution=about, body=body, token=uuid.uuid4(), parent=parent, **more)


def told(kind: str | None = None) -> set[tuple[str, int]]:
    rows = Notice.objects.filter(kind=kind) if kind else Notice.objects.all()
    found = list(rows.values_list("kind", "recipient_id"))
    assert len(found) == len(set(found))
    return {(name.removeprefix("contributions."), pk) for name, pk in found}


def client_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def test_a_comment_is_counted_rendered_followed_and_told(world: World) -> None:
    about = world.contribution()
    Follow.objects.create(contribution=about, person=world.people["unit_beneath"])
    said = say(world, "same_department", about, "Det är **halt**.")
    row = Contribution.objects.get(pk=about.pk)
    assert (said.body_html, row.comment_count, row.last_activity_at > about.last_activity_at) == (
        "<p>Det är <strong>halt</strong>.</p>",
        1,
        True,
    )
    assert set(about.follows.values_list("person_id", flat=True)) == {world.people["same_department"].pk, world.people["unit_beneath"].pk}
    assert told() == {
        ("commented", world.people["author"].pk), ("commented", world.people["lead"].pk), ("followed_commented", world.people["unit_beneath"].pk),
    }  # fmt: skip
    assert Notice.objects.values_list("ids", flat=True).distinct().get() == {"contribution": about.pk, "comment": said.pk}


def test_an_answer_tells_whoever_was_answered_and_nobody_twice(world: World) -> None:
    about = world.contribution()
    first = say(world, "same_department", about)
    Notice.objects.all().delete()
    answer = say(world, "author", about, parent=first)
    again = say(world, "lead", about, parent=answer)
    assert (answer.parent_id, again.parent_id) == (first.pk, first.pk)
    author, lead, colleague = (world.people[role].pk for role in ("author", "lead", "same_department"))
    assert told() == {
        ("answered_comment", colleague), ("commented", lead), ("answered_comment", author), ("followed_commented", colleague),
    }  # fmt: skip


def test_the_author_hears_nothing_of_their_own_comment_and_follows_nothing(world: World) -> None:
    about = world.contribution()
    say(world, "author", about)
    assert (told(), about.follows.count()) == ({("commented", world.people["lead"].pk)}, 0)


def test_talking_about_a_draft_makes_nobody_a_follower(world: World) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT, audience=Audience.AMBASSADOR)
    say(world, "named_ambassador", draft)
    assert (draft.follows.count(), Contribution.objects.get(pk=draft.pk).comment_count) == (0, 0)


@pytest.mark.parametrize("status", [status for status in Status if status != Status.DRAFT])
def test_what_each_status_leaves_open(world: World, status: Status) -> None:
    kind = (
        Kind.CHALLENGE
        if status in (Status.REPORTED, Status.UNDERSTANDING, Status.OPEN_FOR_IDEAS, Status.ACTION_PLAN, Status.SOLVED)
        else Kind.IDEA
    )
    about, person = world.contribution(kind, status), world.person("same_department")
    acts: dict[str, Callable[[], Any]] = {
        "comment": lambda: say(world, "same_department", about),
        "support": lambda: talk.support(by=person, contribution=about, kind=GOOD),
    }
    for opening, act in acts.items():
        if opening in OPENS[status]:
            act()
        else:
            with pytest.raises(ValidationError):
                act()
    assert (about.comments.count(), about.supports.count()) == ("comment" in OPENS[status], "support" in OPENS[status])


@pytest.mark.parametrize("role", ["other_organisation", "admin", "inactive"])
def test_who_may_not_see_may_not_talk(world: World, role: str) -> None:
    about, person = world.contribution(audience=Audience.DEPARTMENT), world.person(role)
    with pytest.raises(PermissionDenied):
        say(world, role, about)
    with pytest.raises(PermissionDenied):
        talk.support(by=person, contribution=about, kind=GOOD)
    with pytest.raises(PermissionDenied):
        talk.follow(by=person, contribution=about)


def test_the_author_cannot_support_their_own(world: World) -> None:
    with pytest.raises(PermissionDenied):
        talk.support(by=world.person("author"), contribution=world.contribution(), kind=GOOD)


def test_pressing_and_letting_go_is_counted_by_people_and_told_once(world: World) -> None:
    about, one, other = world.contribution(), world.person("same_department"), world.person("other_organisation")
    for kind in (GOOD, NEED, HELP, GOOD):
        talk.support(by=one, contribution=about, kind=kind)
    talk.support(by=other, contribution=about, kind=NEED)
    talk.support(by=one, contribution=about, kind=NEED, on=False)
    talk.support(by=one, contribution=about, kind=NEED, on=False)
    talk.support(by=one, contribution=about, kind=NEED)
    row = Contribution.objects.get(pk=about.pk)
    assert (row.support_count, row.good_count, row.help_count, row.need_count) == (2, 1, 1, 2)
    author = world.person("author")
    notices = Notice.objects.filter(recipient=author).order_by("pk")
    assert [notice.kind.removeprefix("contributions.") for notice in notices] == ["supported", "help_offered", "supported"]
    name, place = one.full_name, one.department.name
    assert [fact.text for _notice, fact in render(author, notices)][:2] == [
        f"{name}, {place}, har samma behov",
        f"{name}, {place}, vill hjälpa till med din idé",
    ]


@pytest.mark.django_db(transaction=True)
def test_a_form_sent_twice_at_once_is_one_comment_and_one_support() -> None:
    world = World()
    about, person, token = world.contribution(), world.person("same_department"), uuid.uuid4()
    said = at_once(*[lambda: talk.comment(by=person, contribution=about, body="Hej.", token=token)] * 4)
    at_once(*[lambda: talk.support(by=person, contribution=about, kind=GOOD)] * 4)
    assert len({comment.pk for comment in said}) == 1
    row = Contribution.objects.get(pk=about.pk)
    assert (about.comments.count(), about.supports.count(), row.comment_count, row.support_count) == (1, 1, 1, 1)
    assert Notice.objects.filter(recipient=world.people["author"]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_counted() -> None:
    world = World()
    about, people = world.contribution(), [world.person(role) for role in ("same_department", "lead", "other_organisation", "participant")]
    at_once(*[lambda person=person: talk.support(by=person, contribution=about, kind=GOOD) for person in people])
    assert Contribution.objects.get(pk=about.pk).support_count == 4


# The addresses


def test_commenting_leads_back_to_the_comment(world: World) -> None:
    about = world.contribution()
    answer = client_of(world.person("same_department")).post(
        f"/contributions/{about.pk}/comments/", {"body": " Hej. ", "token": str(uuid.uuid4())}
    )
    said = Comment.objects.get()
    assert (answer.status_code, answer["Location"], said.body) == (303, f"/ideas/{about.pk}/#comment-{said.pk}", "Hej.")


@pytest.mark.parametrize(
    "body",
    ["", "   \n\t ", "\u200b\u00a0", "\x00", "x" * (COMMENT_LENGTH + 1), "å" * 1_000_000],
    ids=["empty", "spaces", "blanks", "NUL", "long", "1 MB"],
)
def test_a_bad_comment_is_answered_beside_the_field_with_what_was_typed(world: World, body: str) -> None:
    about = world.contribution()
    answer = client_of(world.person("same_department")).post(f"/contributions/{about.pk}/comments/", {"body": body})
    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    page = answer.content.decode()
    assert 'id="id_body_error"' in page
    assert body.strip("\x00\u200b\u00a0 \n\t")[:50] in page


@pytest.mark.parametrize("parent", ["0", "999999999", "9" * 30, "hej", "other", "hidden"])
def test_an_answer_to_what_is_not_there_keeps_the_text(world: World, parent: str) -> None:
    about, other = world.contribution(), world.contribution()
    hidden = say(world, "lead", about)
    hide_comment(by=world.person("organisation_coordinator"), comment=hidden, reason="Namn.")
    named = {"other": str(say(world, "lead", other).pk), "hidden": str(hidden.pk)}.get(parent, parent)
    answer = client_of(world.person("same_department")).post(f"/contributions/{about.pk}/comments/", {"body": "Kvar.", "parent": named})
    assert (answer.status_code, "Kvar." in answer.content.decode()) == (422, True)
    assert Comment.objects.filter(body="Kvar.").count() == 0


@pytest.mark.parametrize("token", ["", "hej", "\x00", "9" * 5000])
def test_a_broken_token_only_loses_its_use(world: World, token: str) -> None:
    about, client = world.contribution(), client_of(world.person("same_department"))
    assert client.post(f"/contributions/{about.pk}/comments/", {"body": "Hej.", "token": token}).status_code == 303
    assert Comment.objects.count() == 1


def test_closed_meanwhile_keeps_the_text(world: World) -> None:
    about = world.contribution(Kind.IDEA, Status.MERGED)
    answer = client_of(world.person("same_department")).post(f"/contributions/{about.pk}/comments/", {"body": "Min text."})
    assert (answer.status_code, "Min text." in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("fields", "status", "supports"),
    [
        ({"kind": "good"}, 303, ["good"]),
        ({"kind": "good", "on": "1"}, 303, ["good"]),
        ({"kind": "good", "on": "0"}, 303, []),
        ({"kind": "help", "note": "Jag kan köra."}, 303, ["help"]),
        ({"kind": "help", "note": "x" * 301}, 422, []),
        ({"kind": "hate"}, 422, []),
        ({"kind": "good", "on": "maybe"}, 422, []),
        ({}, 422, []),
    ],
    ids=["bare", "on", "off", "note", "long note", "other kind", "neither", "nothing"],
)
def test_supporting_by_form(world: World, fields: dict[str, str], status: int, supports: list[str]) -> None:
    about = world.contribution()
    answer = client_of(world.person("same_department")).post(f"/contributions/{about.pk}/support/", fields)
    assert (answer.status_code, list(about.supports.values_list("kind", flat=True))) == (status, supports)


def test_supporting_with_htmx_gives_the_buttons_alone(world: World) -> None:
    about = world.contribution()
    answer = client_of(world.person("same_department")).post(
        f"/contributions/{about.pk}/support/", {"kind": "good"}, headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert (answer.status_code, page.count('aria-pressed="true"'), "<html" in page) == (200, 1, False)


def test_following_and_no_longer(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("same_department"))
    for on, number in (("1", 1), ("1", 1), ("0", 0), ("0", 0)):
        assert client.post(f"/contributions/{about.pk}/follow/", {"on": on}).status_code == 303
        assert about.follows.count() == number


@pytest.mark.parametrize("address", ["comments", "support", "follow", "report", "steps/decline"])
@pytest.mark.parametrize("pk", ["0", "999999999", "9" * 25])
def test_what_is_not_there_or_not_shared_is_not_found(world: World, address: str, pk: str) -> None:
    client = client_of(world.person("other_organisation"))
    assert client.post(f"/contributions/{pk}/{address}/", {"body": "x", "kind": "good"}).status_code == 404
    unseen = world.contribution(audience=Audience.DEPARTMENT)
    assert client.post(f"/contributions/{unseen.pk}/{address}/", {"body": "x", "kind": "good"}).status_code == 404


def test_reading_changes_nothing(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("same_department"))
    for address in ("comments", "support", "follow"):
        assert client.get(f"/contributions/{about.pk}/{address}/").status_code == 405
