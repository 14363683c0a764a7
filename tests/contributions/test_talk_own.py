"""Changing and taking back one's own comment, notes between coordinators, and that what is gone or internal shows nowhere."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.html import escape

from contributions.actions import comments, moderation
from contributions.enums import Kind, Status
from contributions.models import Comment, Contribution, Follow, Report
from contributions.rules import answerers_of
from notifications.messages import choosable_kinds, render
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.test_moderation import everything_stored
from tests.contributions.test_talk import client_of, say, told
from tests.contributions.world import ROLES, World

WORDS = "Hemligheten heter Kvickrot"


def page_of(world: World, role: str, about: Contribution, query: str = "") -> str:
    answer = client_of(world.person(role)).get(f"{about.get_absolute_url()}{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def address(comment: Comment, act: str) -> str:
    return f"/contributions/{comment.contribution_id}/comments/{comment.pk}/{act}/"


def change(world: World, role: str, comment: Comment, body: str) -> Comment:
    fresh = Comment.objects.get(pk=comment.pk)
    return comments.edit(by=world.person(role), comment=fresh, body=body, version=comments.version_of(fresh))


def says(person: Person) -> list[str]:
    found = Person.objects.with_place().get(pk=person.pk)
    return [fact.text for _notice, fact in render(found, Notice.objects.filter(recipient=person))]


# Changing


def test_a_changed_comment_says_when_and_is_no_event(world: World) -> None:
    about = world.contribution()
    said = say(world, "same_department", about, "Halt.")
    before = Contribution.objects.get(pk=about.pk)
    Notice.objects.all().delete()
    with time_machine.travel(timezone.now() + datetime.timedelta(hours=2)):
        change(world, "same_department", said, "Mycket **halt**.")
        page = page_of(world, "author", about)
    row, now = Comment.objects.get(), Contribution.objects.get(pk=about.pk)
    assert (row.body, row.body_html) == ("Mycket **halt**.", "<p>Mycket <strong>halt</strong>.</p>")
    assert row.edited_at is not None
    assert row.edited_at - row.created_at > datetime.timedelta(hours=1)
    assert "redigerad " in page
    assert (told(), now.last_activity_at, now.comment_count) == (set(), before.last_activity_at, 1)


def test_the_same_words_once_more_are_no_change(world: World) -> None:
    said = say(world, "same_department", world.contribution())
    assert change(world, "same_department", said, said.body).edited_at is None


def test_the_form_stands_in_the_comments_place_for_its_author_alone(world: World) -> None:
    about = world.contribution()
    said = say(world, "same_department", about, "Mitt <b>ord</b>.")
    page = page_of(world, "same_department", about, f"?edit={said.pk}")
    assert (page.count('name="body"'), f'action="{address(said, "edit")}"' in page, escape("Mitt <b>ord</b>.") in page) == (1, True, True)
    assert 'id="edit"' not in page_of(world, "lead", about, f"?edit={said.pk}")
    merged = world.contribution(Kind.IDEA, Status.MERGED)
    old = Comment.objects.create(contribution=merged, author=world.people["lead"], body="x", body_html="x")
    assert 'id="edit"' not in page_of(world, "lead", merged, f"?edit={old.pk}")


def test_of_two_tabs_the_later_sees_both_texts(world: World) -> None:
    about = world.contribution()
    said, client = say(world, "same_department", about, "Först."), client_of(world.person("same_department"))
    version = comments.version_of(said)
    assert client.post(address(said, "edit"), {"body": "Flik ett.", "version": version}).status_code == 303
    answer = client.post(address(said, "edit"), {"body": "Flik två.", "version": version})
    page = answer.content.decode()
    assert (answer.status_code, "Flik ett." in page, "Flik två." in page, Comment.objects.get().body) == (409, True, True, "Flik ett.")
    shown = re.search(r'name="version" value="(\w+)"', page)
    assert shown
    assert client.post(address(said, "edit"), {"body": "Båda.", "version": shown[1]})["Location"].endswith(f"#comment-{said.pk}")
    assert Comment.objects.get().body == "Båda."


def test_a_form_read_before_words_were_masked_cannot_bring_them_back(world: World) -> None:
    about = world.contribution()
    said = say(world, "same_department", about, "Hos Märta Lindgren.")
    version = comments.version_of(said)
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="Märta Lindgren")
    with pytest.raises(comments.ChangedMeanwhile):
        comments.edit(by=world.person("same_department"), comment=said, body="Ja, hos Märta Lindgren.", version=version)


@pytest.mark.parametrize("meanwhile", ["hidden", "closed", "deleted", "empty"])
def test_what_cannot_be_saved_is_said_with_what_was_typed(world: World, meanwhile: str) -> None:
    about = world.contribution()
    said, client = say(world, "same_department", about), client_of(world.person("same_department"))
    match meanwhile:
        case "hidden":
            moderation.hide_comment(by=world.person("organisation_coordinator"), comment=said, reason="Namn.")
        case "closed":
            other = world.contribution()
            Contribution.objects.filter(pk=about.pk).update(status=Status.MERGED, merged_into=other, answered_at=timezone.now())
        case "deleted":
            comments.delete(by=world.person("same_department"), comment=said)
    body = "  " if meanwhile == "empty" else "Min text."
    answer = client.post(address(said, "edit"), {"body": body, "version": comments.version_of(said)})
    page = answer.content.decode()
    assert (answer.status_code, body.strip() in page, "ds-error-summary" in page) == (422, True, True)


# Taking away


def test_what_is_deleted_is_gone_at_once_and_its_place_stays(world: World) -> None:
    about = world.contribution()
    colleague = world.people["other_organisation"]
    said = say(world, "same_department", about, f"{WORDS} @{colleague.full_name}")
    say(world, "lead", about, "Ett svar.", parent=said)
    page = page_of(world, "author", about)
    assert (WORDS in page, colleague.full_name in page, len(says(world.people["author"])), len(says(colleague))) == (True, True, 2, 1)
    before = Contribution.objects.get(pk=about.pk)
    comments.delete(by=world.person("same_department"), comment=said)
    assert WORDS.lower() not in everything_stored()
    page, row = page_of(world, "author", about), Contribution.objects.get(pk=about.pk)
    assert (WORDS in page, colleague.full_name in page, "Kommentaren är borttagen." in page, "Ett svar." in page) == (
        False,
        False,
        True,
        True,
    )
    assert (row.comment_count, row.last_activity_at) == (1, before.last_activity_at)
    assert (len(says(world.people["author"])), says(colleague)) == (1, [])
    assert said.mentions.count() == 0


def test_a_place_stays_even_without_answers(world: World) -> None:
    about = world.contribution()
    comments.delete(by=world.person("lead"), comment=say(world, "lead", about, WORDS))
    for role in ("author", "lead", "organisation_coordinator"):
        page = page_of(world, role, about)
        assert ("Kommentaren är borttagen." in page, WORDS in page) == (True, False)


def test_within_ten_seconds_it_can_be_had_back_as_it_was(world: World) -> None:
    about, colleague = world.contribution(), world.people["other_organisation"]
    said, person = say(world, "same_department", about, f"{WORDS} @{colleague.full_name}"), world.person("same_department")
    before = Comment.objects.values().get()
    taken = comments.delete(by=person, comment=said)
    assert comments.delete(by=person, comment=said) == ""
    comments.restore(by=person, comment=said, taken=taken)
    assert Comment.objects.values().get() == before
    assert (
        Contribution.objects.get(pk=about.pk).comment_count,
        len(says(colleague)),
        Notice.objects.filter(recipient=colleague).count(),
    ) == (1, 1, 1)
    with pytest.raises(comments.TooLate):
        comments.restore(by=person, comment=said, taken=taken)


def test_later_altered_or_elsewhere_it_cannot(world: World) -> None:
    about, person = world.contribution(), world.person("same_department")
    said, other = say(world, "same_department", about, WORDS), say(world, "same_department", about, "Annat.")
    taken, _gone = comments.delete(by=person, comment=said), comments.delete(by=person, comment=other)
    for comment, value in ((other, taken), (said, taken + "x"), (said, ""), (said, "a:b:c"), (said, "\x00")):
        with pytest.raises(comments.TooLate):
            comments.restore(by=person, comment=comment, taken=value)
    with time_machine.travel(timezone.now() + datetime.timedelta(seconds=11)), pytest.raises(comments.TooLate):
        comments.restore(by=person, comment=said, taken=taken)
    with pytest.raises(PermissionDenied):
        comments.restore(by=world.person("lead"), comment=said, taken=taken)
    say(world, "lead", about, "Kvickrot.")
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="Kvickrot")
    with pytest.raises(comments.TooLate):
        comments.restore(by=person, comment=said, taken=taken)
    assert WORDS.lower() not in everything_stored()


@pytest.mark.parametrize("htmx", [True, False], ids=["with script", "without script"])
def test_the_answer_to_deleting_offers_to_undo(world: World, htmx: bool) -> None:
    about = world.contribution()
    said, client = say(world, "same_department", about, WORDS), client_of(world.person("same_department"))
    answer = client.post(address(said, "delete"), headers={"HX-Request": "true"} if htmx else {})
    page = answer.content.decode()
    assert (answer.status_code, "<html" in page, WORDS in page, "no-store" in answer["Cache-Control"]) == (200, not htmx, False, True)
    taken = re.search(r'name="taken" value="([^"]+)"', page)
    assert taken
    assert WORDS.lower() not in everything_stored()
    back = client.post(address(said, "restore"), {"taken": taken[1]})
    assert (back.status_code, back["Location"], Comment.objects.get().body) == (303, f"/ideas/{about.pk}/#comment-{said.pk}", WORDS)
    assert client.post(address(said, "restore"), {"taken": taken[1]}).status_code == 409


def test_only_ones_own_and_what_is_not_hidden_can_be_changed_or_deleted(world: World) -> None:
    about = world.contribution()
    said = say(world, "same_department", about)
    for role in ("author", "lead", "organisation_coordinator", "admin", "inactive"):
        with pytest.raises(PermissionDenied):
            change(world, role, said, "Annat.")
        with pytest.raises(PermissionDenied):
            comments.delete(by=world.person(role), comment=said)
    moderation.hide_comment(by=world.person("organisation_coordinator"), comment=said, reason="Namn.")
    with pytest.raises(PermissionDenied):
        comments.delete(by=world.person("same_department"), comment=said)


def test_who_no_longer_sees_the_contribution_cannot_reach_their_comment(world: World) -> None:
    about = world.contribution()
    said, client = say(world, "other_organisation", about), client_of(world.person("other_organisation"))
    Contribution.objects.filter(pk=about.pk).update(audience="department")
    assert [client.post(address(said, act), {"body": "x"}).status_code for act in ("edit", "delete", "restore")] == [404] * 3


def test_what_is_deleted_can_be_taken_away_even_when_talk_is_closed(world: World) -> None:
    about = world.contribution()
    said = say(world, "lead", about, WORDS)
    Contribution.objects.filter(pk=about.pk).update(status=Status.MERGED, merged_into=world.contribution(), answered_at=timezone.now())
    assert comments.delete(by=world.person("lead"), comment=said)


def test_nobody_answers_or_reports_what_is_gone(world: World) -> None:
    about = world.contribution()
    said = say(world, "lead", about, WORDS)
    moderation.report(by=world.person("same_department"), contribution=about, comment=said, reason="Namn.")
    comments.delete(by=world.person("lead"), comment=said)
    with pytest.raises(ValidationError):
        say(world, "same_department", about, parent=said)
    assert (
        client_of(world.person("author")).post(f"/contributions/{about.pk}/report/", {"comment": said.pk, "reason": "x"}).status_code == 404
    )
    coordinator = client_of(world.person("organisation_coordinator"))
    for where in (f"/contributions/{about.pk}/moderate/", "/triage/?tab=reports"):
        assert "Den som skrev kommentaren har tagit bort den." in coordinator.get(where).content.decode()


# Notes between coordinators

ANSWERING = {"department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}


def note(world: World, about: Contribution, role: str = "organisation_coordinator", **more: Any) -> Comment:
    return say(world, role, about, WORDS, internal=True, **more)


def test_an_internal_note_tells_those_who_answer_and_counts_nowhere(world: World) -> None:
    about = world.contribution()
    Follow.objects.create(contribution=about, person=world.people["unit_beneath"])
    before = Contribution.objects.get(pk=about.pk)
    said = note(world, about)
    row = Contribution.objects.get(pk=about.pk)
    assert (row.comment_count, row.last_activity_at, about.follows.count()) == (0, before.last_activity_at, 1)
    others = Person.objects.filter(answerers_of(about)).exclude(pk=said.author_id).values_list("pk", flat=True)
    assert told() == {("noted", pk) for pk in others}
    assert {world.people[role].pk for role in ANSWERING} - {said.author_id} <= set(others)
    answer = say(world, "group_coordinator", about, parent=said)
    assert answer.is_internal
    assert told("contributions.answered_comment") == {("answered_comment", world.people["organisation_coordinator"].pk)}
    assert Contribution.objects.get(pk=about.pk).comment_count == 0


def test_only_those_who_answer_for_it_read_it_anywhere(world: World) -> None:
    about = world.contribution()
    root = say(world, "same_department", about, "Öppet ord.")
    said, beneath = note(world, about), note(world, about, parent=root)
    Notice.objects.bulk_create(
        Notice(recipient=person, kind=f"contributions.{kind}", ids={"contribution": about.pk, "comment": said.pk}, channel="bell")
        for person in world.people.values() for kind in ("noted", "commented", "answered_comment", "followed_commented", "mentioned")
    )  # fmt: skip
    reading = set()
    for role in ROLES:
        if role.startswith("inactive"):
            continue
        client = client_of(world.person(role))
        surfaces = [
            client.get(where).content.decode()
            for where in (
                about.get_absolute_url(), f"{about.get_absolute_url()}?reply={said.pk}", f"{about.get_absolute_url()}?edit={said.pk}", "/",
                "/ideas/?q=Kvickrot", "/search/?q=Kvickrot", "/mine/", "/notifications/", "/notifications/panel/", "/triage/",
                f"/contributions/{about.pk}/moderate/", f"/contributions/{about.pk}/moderate/?comment={said.pk}",
                f"/network/people/{said.author_id}/",
            )
        ]  # fmt: skip
        if any(WORDS in page or f"comment-{said.pk}" in page or f"comment-{beneath.pk}" in page for page in surfaces):
            reading.add(role)
        elif role != "author":
            refused = client.post(f"/contributions/{about.pk}/report/", {"comment": said.pk, "reason": "x"})
            answer = client.post(f"/contributions/{about.pk}/comments/", {"body": "x", "parent": said.pk})
            assert (refused.status_code, answer.status_code in (404, 422), WORDS in answer.content.decode()) == (404, True, False), role
    assert reading == ANSWERING


def test_the_switch_is_there_only_for_those_who_may(world: World) -> None:
    about = world.contribution()
    has_switch = {
        role for role in ("author", "lead", "organisation_coordinator", "admin") if 'name="internal"' in page_of(world, role, about)
    }
    assert has_switch == {"organisation_coordinator"}
    client_of(world.person("lead")).post(f"/contributions/{about.pk}/comments/", {"body": "Hej.", "internal": "on"})
    assert Comment.objects.get().is_internal is False
    client_of(world.person("organisation_coordinator")).post(f"/contributions/{about.pk}/comments/", {"body": "Hej.", "internal": "on"})
    assert Comment.objects.latest("pk").is_internal is True


def test_whoever_no_longer_answers_for_it_reads_their_own_note_no_more(world: World) -> None:
    about, role = world.contribution(), "organisation_coordinator"
    said = note(world, about)
    world.people[role].roles.all().delete()
    assert WORDS not in page_of(world, role, about)
    client = client_of(world.person(role))
    assert [client.post(address(said, act), {"body": "x"}).status_code for act in ("edit", "delete", "restore")] == [404] * 3


def test_those_who_only_note_are_not_counted_among_those_with(world: World) -> None:
    about = world.contribution()
    note(world, about, role="group_coordinator")
    page = page_of(world, "author", about)
    assert world.people["group_coordinator"].full_name not in page
    comments.delete(by=world.person("same_department"), comment=say(world, "same_department", about, WORDS))
    Follow.objects.all().delete()
    assert world.people["same_department"].full_name not in page_of(world, "author", about)


def test_the_choice_of_being_told_of_notes_comes_with_the_role(world: World) -> None:
    offered = {role: {kind.code for kind in choosable_kinds(world.person(role))} for role in ("author", "organisation_coordinator")}
    assert {role: "contributions.noted" in codes for role, codes in offered.items()} == {"author": False, "organisation_coordinator": True}
    assert all({"contributions.mentioned", "contributions.reported_yours"} <= codes for codes in offered.values())


# Reports


@pytest.mark.parametrize("of_comment", [True, False], ids=["comment", "contribution"])
def test_whoever_wrote_what_is_reported_hears_of_it_once_and_not_by_whom(world: World, of_comment: bool) -> None:
    about = world.contribution()
    said = say(world, "same_department", about) if of_comment else None
    author = world.people["same_department" if of_comment else "author"]
    Notice.objects.all().delete()
    for role in ("lead", "participant"):
        moderation.report(by=world.person(role), contribution=about, comment=said, reason=f"{WORDS}.")
    assert Notice.objects.filter(recipient=author).values_list("kind", flat=True).get() == "contributions.reported_yours"
    ((_notice, fact),) = render(Person.objects.with_place().get(pk=author.pk), Notice.objects.filter(recipient=author))
    what = ("din kommentar", "har anmälts") if of_comment else ("din idé", "har anmälts")
    assert fact.text == f"En koordinator tittar på {what[0]}, som {what[1]}"
    told_text = f"{fact.text} {fact.quote} {fact.by} {fact.reason} {fact.title}"
    assert [name for name in (WORDS, world.people["lead"].full_name, world.people["participant"].full_name) if name in told_text] == []
    for report in Report.objects.all():
        moderation.handle_report(by=world.person("organisation_coordinator"), report=report)
    assert says(author)[0].startswith("En koordinator har tittat på")
    moderation.report(by=world.person("lead"), contribution=about, comment=said, reason="Igen.")
    assert Notice.objects.filter(recipient=author, kind="contributions.reported_yours").count() == 2
