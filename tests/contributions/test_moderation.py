"""Reporting, hiding and masking: who may, what is left behind, who is told."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.core import serializers
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from challenges.models import Challenge, Why
from contributions.actions import moderation, talk
from contributions.enums import Audience, Kind, Status, SupportKind
from contributions.lifecycle import advance, reindex_texts
from contributions.models import Comment, Contribution, Report, SearchRow, Support, TrailEntry
from ideas.models import Idea
from notifications.models import Notice
from tests.contributions.test_talk import client_of, say, told
from tests.contributions.world import World

NAME = "Märta Lindgren"


def full_of_names(world: World) -> Contribution:
    """A contribution with the name in every text that may hold one, in and around it."""
    coordinator = world.person("organisation_coordinator")
    about = world.contribution(Kind.IDEA, title=f"Hos {NAME}", problem=f"Det var {NAME.upper()}s trappa.", proposal=f"Ring {NAME}.")
    Why.objects.create(contribution=about, position=1, question=f"Varför {NAME}?", answer=f"{NAME} bor där.")
    first = say(world, "same_department", about, f"Ja, **{NAME}** sa det.")
    say(world, "author", about, "Märta\n Lindgren ja.", parent=first)
    talk.support(by=world.person("lead"), contribution=about, kind=SupportKind.HELP, note=f"Jag känner {NAME}")
    moderation.report(by=world.person("lead"), contribution=about, reason=f"{NAME} nämns")
    texts = {
        "reason": f"{NAME} a", "reason_code": "money", "change": f"{NAME} b", "decided_by": NAME, "decided_on": world.today, "ground": NAME,
        "registration_number": NAME, "learning_believed": NAME, "learning_tried": NAME, "learning_happened": NAME, "learning_next": NAME,
    }  # fmt: skip
    for step in ("decide", "learn", "decline", "reopen"):
        advance(by=coordinator, contribution=about, step=step, values=texts)
    advance(by=coordinator, contribution=about, step="convert", values=texts)
    Challenge.objects.filter(pk=about.pk).update(root_problem=f"{NAME} igen")
    advance(by=coordinator, contribution=about, step="convert", values=texts)
    reindex_texts(Contribution.objects.get(pk=about.pk))
    return Contribution.objects.get(pk=about.pk)


def everything_stored() -> str:
    rows: list[Any] = []
    for model in (Contribution, Idea, Challenge, Why, Comment, Support, Report, TrailEntry, SearchRow, Notice):
        rows += serializers.serialize("python", model.objects.all())
    return json.dumps(rows, default=str, ensure_ascii=False).lower()


def test_masking_leaves_the_words_nowhere(world: World) -> None:
    about = full_of_names(world)
    assert everything_stored().count("lindgren") > 25
    changed = moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="märta   lindgren\n")
    assert changed > 10
    assert [part for part in everything_stored().split('"') if "lindgren" in part] == []


def test_masking_keeps_the_rest_and_logs_without_the_words(world: World) -> None:
    about = full_of_names(world)
    author, version = world.people["author"], about.version
    Notice.objects.all().delete()
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words=NAME)
    row, idea, entry = Contribution.objects.get(pk=about.pk), Idea.objects.get(pk=about.pk), about.trail.order_by("-pk")[0]
    assert (row.title, row.problem, idea.proposal, row.version) == ("Hos […]", "Det var […] trappa.", "Ring […].", version + 1)
    assert [(comment.body, comment.body_html) for comment in about.comments.order_by("pk")] == [
        ("Ja, **[…]** sa det.", "<p>Ja, <strong>[…]</strong> sa det.</p>"), ("[…] ja.", "<p>[…] ja.</p>"),
    ]  # fmt: skip
    assert row.set_aside == {"challenge": {"root_problem": "[…] igen", "ideas_close_at": None}}
    assert (entry.step, entry.text, entry.by, entry.from_status, entry.to_status) == (
        "mask", "", world.people["organisation_coordinator"], Status.EXPLORING, Status.EXPLORING,
    )  # fmt: skip
    assert told() == {("masked", author.pk), ("masked", world.people["same_department"].pk)}
    assert "lindgren" not in SearchRow.objects.get(pk=about.pk).body.lower()


def test_masking_touches_no_other_contribution_and_no_other_word(world: World) -> None:
    other, about = world.contribution(title="Anna"), world.contribution(title="Annandag hos Anna, Annas och ANNA")
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="Anna")
    assert Contribution.objects.get(pk=about.pk).title == "Annandag hos […], […] och […]"
    assert Contribution.objects.get(pk=other.pk).title == "Anna"


def test_a_mask_never_grows_a_text_beyond_its_column(world: World) -> None:
    about = world.contribution(title="a " * 60)
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="a")
    assert len(Contribution.objects.get(pk=about.pk).title) == 120


def test_masking_never_breaks_what_is_no_text(world: World) -> None:
    """Statuses, dates and ids in what the trail remembers stay as they are, so that a step can still be taken back."""
    coordinator, about = world.person("organisation_coordinator"), world.contribution(title="draft 2026 submitted department")
    entry = advance(by=coordinator, contribution=about, step="explore", values={"reason": "submitted 2026"})
    moderation.mask(by=coordinator, contribution=about, words="submitted\n2026\ndepartment\ndraft")
    assert TrailEntry.objects.get(pk=entry.pk).before == entry.before
    assert TrailEntry.objects.get(pk=entry.pk).text == "[…] […]"


def test_words_that_stand_nowhere_are_said_so_and_nothing_changes(world: World) -> None:
    about = world.contribution()
    with pytest.raises(ValidationError) as refusal:
        moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="Nobody")
    assert list(refusal.value.message_dict) == ["words"]
    assert Contribution.objects.get(pk=about.pk).version == about.version
    assert about.trail.count() == 0


def test_the_trail_is_closed_again_after_masking(world: World) -> None:
    about = full_of_names(world)
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words=NAME)
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        TrailEntry.objects.update(text="x")


def test_a_form_read_before_the_masking_cannot_bring_the_words_back(world: World) -> None:
    about = full_of_names(world)
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words=NAME)
    answer = client_of(world.person("author")).post(
        f"/ideas/{about.pk}/edit/",
        {"title": f"Hos {NAME}", "problem": f"{NAME} ramlade. Det var halt.", "proposal": "x", "version": str(about.version)},
    )
    assert answer.status_code == 409
    assert "Lindgren" not in Contribution.objects.get(pk=about.pk).title


def test_hiding_is_logged_told_and_ticks_off_its_reports(world: World) -> None:
    about, coordinator = world.contribution(), world.person("organisation_coordinator")
    comment = say(world, "lead", about)
    moderation.report(by=world.person("same_department"), contribution=about, reason="Namn.")
    moderation.report(by=world.person("same_department"), contribution=about, comment=comment, reason="Också namn.")
    Notice.objects.all().delete()
    moderation.hide(by=coordinator, contribution=about, reason="Ett namn stod där.")
    moderation.hide(by=coordinator, contribution=about, reason="Igen.")
    entry = about.trail.get()
    assert (entry.step, entry.text, Contribution.objects.get(pk=about.pk).is_hidden) == ("hide", "Ett namn stod där.", True)
    assert Notice.objects.values_list("kind", "recipient", "ids").get() == (
        "contributions.hidden", world.people["author"].pk, {"contribution": about.pk, "entry": entry.pk},
    )  # fmt: skip
    assert [(report.comment_id, report.handled_by_id) for report in Report.objects.order_by("pk")] == [
        (None, coordinator.pk),
        (comment.pk, None),
    ]
    moderation.unhide(by=coordinator, contribution=about)
    moderation.unhide(by=coordinator, contribution=about)
    assert [line.step for line in about.trail.all()] == ["hide", "unhide"]
    assert not Contribution.objects.get(pk=about.pk).is_hidden


def test_a_hidden_comment_is_counted_and_read_by_nobody(world: World) -> None:
    about, coordinator = world.contribution(), world.person("organisation_coordinator")
    comment = say(world, "lead", about, "Hemligheten.")
    moderation.hide_comment(by=coordinator, comment=comment, reason="Namn.")
    moderation.hide_comment(by=coordinator, comment=comment, reason="Igen.")
    assert Contribution.objects.get(pk=about.pk).comment_count == 0
    assert [line.step for line in about.trail.all()] == ["hide_comment"]
    assert Notice.objects.filter(kind="contributions.hidden").values_list("recipient", flat=True).get() == world.people["lead"].pk
    for role in ("same_department", "author", "lead"):
        assert "Hemligheten" not in client_of(world.person(role)).get(f"/ideas/{about.pk}/").content.decode()
    assert "Hemligheten" in client_of(coordinator).get(f"/ideas/{about.pk}/").content.decode()
    moderation.unhide_comment(by=coordinator, comment=comment)
    assert Contribution.objects.get(pk=about.pk).comment_count == 1


def test_a_hidden_comment_with_answers_leaves_its_place(world: World) -> None:
    about = world.contribution()
    first = say(world, "lead", about, "Hemligheten.")
    say(world, "same_department", about, "Svaret.", parent=first)
    moderation.hide_comment(by=world.person("organisation_coordinator"), comment=first, reason="Namn.")
    page = client_of(world.person("author")).get(f"/ideas/{about.pk}/").content.decode()
    assert ("Hemligheten" in page, "Svaret" in page, "Kommentaren är dold" in page) == (False, True, True)


@pytest.mark.parametrize("role", ["author", "same_department", "lead", "other_organisation_coordinator", "admin", "inactive_coordinator"])
def test_only_coordinators_who_answer_moderate(world: World, role: str) -> None:
    about, person = world.contribution(), world.person(role)
    comment = say(world, "lead", about)
    report = moderation.report(by=world.person("same_department"), contribution=about, reason="Namn.")
    for act in (
        lambda: moderation.hide(by=person, contribution=about, reason="x"),
        lambda: moderation.unhide(by=person, contribution=about),
        lambda: moderation.hide_comment(by=person, comment=comment, reason="x"),
        lambda: moderation.unhide_comment(by=person, comment=comment),
        lambda: moderation.mask(by=person, contribution=about, words="hal"),
        lambda: moderation.handle_report(by=person, report=report),
    ):
        with pytest.raises(PermissionDenied):
            act()


def test_a_report_is_one_until_it_is_handled_and_tells_those_who_answer(world: World) -> None:
    about, person, coordinator = world.contribution(), world.person("same_department"), world.person("organisation_coordinator")
    first = moderation.report(by=person, contribution=about, reason="Namn.")
    assert moderation.report(by=person, contribution=about, reason="Igen.") == first
    answerers = {"department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}
    assert {pk for _kind, pk in told("contributions.reported")} >= {world.people[role].pk for role in answerers}
    moderation.handle_report(by=coordinator, report=first)
    assert Report.objects.values_list("handled_by", flat=True).get() == coordinator.pk
    assert moderation.report(by=person, contribution=about, reason="Igen.") != first


def test_nobody_reports_their_own(world: World) -> None:
    about = world.contribution()
    comment = say(world, "lead", about)
    with pytest.raises(PermissionDenied):
        moderation.report(by=world.person("author"), contribution=about, reason="x")
    with pytest.raises(PermissionDenied):
        moderation.report(by=world.person("lead"), contribution=about, comment=comment, reason="x")
    moderation.report(by=world.person("author"), contribution=about, comment=comment, reason="Namn.")
    assert Report.objects.count() == 1


# The addresses


def test_reporting_by_form(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("same_department"))
    comment = say(world, "lead", about, "Titta här.")
    assert "Titta här." in client.get(f"/contributions/{about.pk}/report/?comment={comment.pk}").content.decode()
    assert client.post(f"/contributions/{about.pk}/report/", {"reason": " \x00 ", "comment": str(comment.pk)}).status_code == 422
    assert client.post(f"/contributions/{about.pk}/report/", {"reason": "Namn.", "comment": str(comment.pk)}).status_code == 303
    assert client.post(f"/contributions/{about.pk}/report/", {"reason": "Namn.", "comment": "99999"}).status_code == 404
    assert client.get(f"/contributions/{about.pk}/report/?comment=hej").status_code == 404
    assert Report.objects.values_list("comment", flat=True).get() == comment.pk
    assert client_of(world.person("author")).get(f"/contributions/{about.pk}/report/").status_code == 403


def test_moderating_by_form(world: World) -> None:
    about, client = world.contribution(problem="Märta ramlade."), client_of(world.person("organisation_coordinator"))
    comment, elsewhere = say(world, "lead", about), say(world, "lead", world.contribution())
    report = moderation.report(by=world.person("same_department"), contribution=about, reason="Märta nämns.")
    page = client.get(f"/contributions/{about.pk}/moderate/?comment={comment.pk}")
    assert (page.status_code, "Märta nämns." in page.content.decode()) == (200, True)
    base = f"/contributions/{about.pk}"
    assert client.post(f"{base}/hide/", {"reason": "", "comment": str(comment.pk)}).status_code == 422
    assert client.post(f"{base}/hide/", {"reason": "Namn.", "comment": str(elsewhere.pk)}).status_code == 404
    assert client.post(f"{base}/hide/", {"reason": "Namn.", "comment": "hej"}).status_code == 404
    assert not Contribution.objects.get(pk=about.pk).is_hidden
    assert client.post(f"{base}/hide/", {"reason": "Namn.", "comment": str(comment.pk)}).status_code == 303
    assert Comment.objects.get(pk=comment.pk).hidden_at is not None
    assert client.post(f"{base}/unhide/", {"comment": str(comment.pk)}).status_code == 303
    assert Comment.objects.get(pk=comment.pk).hidden_at is None
    for words in ("", "  \n ", "Okänd"):
        assert client.post(f"{base}/mask/", {"words": words}).status_code == 422
    assert client.post(f"{base}/mask/", {"words": "Märta"}).status_code == 303
    assert client.post(f"{base}/reports/{report.pk}/").status_code == 303
    assert client.post(f"{base}/hide/", {"reason": "Namn."}).status_code == 303
    row = Contribution.objects.get(pk=about.pk)
    assert (row.problem, row.is_hidden, Report.objects.get().handled_at is not None) == ("[…] ramlade.", True, True)


def test_a_hidden_one_says_so_to_author_and_coordinator_and_is_not_there_for_others(world: World) -> None:
    about = world.contribution()
    moderation.hide(by=world.person("organisation_coordinator"), contribution=about, reason="Ett namn stod där.")
    for role in ("author", "organisation_coordinator"):
        page = client_of(world.person(role)).get(f"/ideas/{about.pk}/").content.decode()
        assert ("Dolt av en koordinator." in page, "Ett namn stod där." in page) == (True, True)
    for role in ("same_department", "lead", "admin"):
        assert client_of(world.person(role)).get(f"/ideas/{about.pk}/").status_code == 404


def test_a_draft_taken_back_cannot_be_moderated(world: World) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT, audience=Audience.AUTHOR)
    with pytest.raises(PermissionDenied):
        moderation.hide(by=world.person("group_coordinator"), contribution=draft, reason="x")
    with pytest.raises(PermissionDenied):
        talk.comment(by=world.person("group_coordinator"), contribution=draft, body="x", token=uuid.uuid4())


def test_hiding_can_be_regretted_before_anybody_is_told(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("organisation_coordinator"))
    said = say(world, "same_department", about)
    for fields in ({}, {"comment": said.pk}):
        answer = client.post(f"/contributions/{about.pk}/hide/", {"reason": "Ett namn.", **fields})
        *_earlier, message = get_messages(answer.wsgi_request)
        assert Notice.objects.filter(kind="contributions.hidden", cancelled_at__isnull=True).count() == 1
        assert client.post(message.extra_tags).status_code == 303
        assert not Notice.objects.filter(kind="contributions.hidden", cancelled_at__isnull=True).exists()
    assert (Contribution.objects.get(pk=about.pk).hidden_at, Comment.objects.get(pk=said.pk).hidden_at) == (None, None)
