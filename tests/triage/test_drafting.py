"""Answers drafted together: who reads them, what a second pair of hands meets, and sending several at once."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client

from contributions.actions.drafting import ask_to_read, save_draft, send, take_back
from contributions.enums import Kind, Status
from contributions.lifecycle import advance
from contributions.models import AnswerDraft, Contribution
from contributions.queries.drafting import drafts_for
from contributions.rules import UNDO_WITHIN
from notifications.messages import render
from notifications.models import Notice
from tests.contributions.conftest import world
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import DAY, ROLES, World

__all__ = ["world"]
NO = {"reason_code": "money", "reason": "Pengarna räcker inte i år.", "change": "Om budgeten ökar."}


def address(about: Contribution, step: str = "decline") -> str:
    return f"/contributions/{about.pk}/steps/{step}/"


def drafted(world: World, about: Contribution, step: str = "decline", role: str = "organisation_coordinator", **values: str) -> AnswerDraft:
    return save_draft(by=world.person(role), contribution=about, step=step, values=values or dict(NO), read_at=about.version, version=None)


def first(world: World) -> Client:
    return client_of(world.person("organisation_coordinator"))


def second(world: World) -> Client:
    return client_of(world.person("group_coordinator"))


def test_a_half_written_answer_is_kept_and_found_by_another(world: World) -> None:
    about = world.contribution()
    came = first(world).post(
        address(about), {"reason": "Pengarna", "version": 1, "draft_version": 0, "save_draft": "1", "next": "/triage/drafts/"}
    )
    assert (came.status_code, came["Location"]) == (303, "/triage/drafts/")
    row = AnswerDraft.objects.get()
    assert (row.step, row.values, row.version, row.by) == (
        "decline", {"reason_code": "", "reason": "Pengarna", "change": ""}, 1, world.people["organisation_coordinator"],
    )  # fmt: skip
    assert (about.trail.count(), Notice.objects.count(), Contribution.objects.get(pk=about.pk).version) == (0, 0, 1)
    page = second(world).get(address(about)).content.decode()
    assert "Pengarna</textarea>" in page.replace("\n", "")
    assert 'name="draft_version" value="1"' in page


def test_sending_takes_the_step_and_lets_the_draft_go(world: World) -> None:
    about = world.contribution()
    drafted(world, about)
    came = second(world).post(address(about), {**NO, "version": 1, "draft_version": 1})
    assert (came.status_code, about.trail.get().text, AnswerDraft.objects.standing().count()) == (303, NO["reason"], 0)


@pytest.mark.parametrize("act", [{}, {"save_draft": "1"}])
def test_what_another_wrote_meanwhile_stands_beside_what_one_typed(world: World, act: dict[str, str]) -> None:
    about = world.contribution()
    drafted(world, about)
    save_draft(
        by=world.person("group_coordinator"),
        contribution=about,
        step="decline",
        values={**NO, "reason": "Ny ordning i år."},
        read_at=1,
        version=1,
    )
    came = first(world).post(address(about), {**NO, "reason": "Mitt eget.", "version": 1, "draft_version": 1, **act})
    page = came.content.decode()
    assert (came.status_code, "Ny ordning i år." in page, "Mitt eget." in page, 'name="draft_version" value="2"' in page) == (
        409,
        True,
        True,
        True,
    )
    assert (about.trail.count(), AnswerDraft.objects.get().version) == (0, 2)
    again = first(world).post(address(about), {**NO, "reason": "Vårt.", "version": 1, "draft_version": 2, **act})
    assert again.status_code == 303


def test_what_is_wrong_is_not_kept(world: World) -> None:
    about = world.contribution()
    came = first(world).post(address(about), {**NO, "reason": "å" * 4_001, "version": 1, "save_draft": "1"})
    assert (came.status_code, AnswerDraft.objects.count(), "å" * 4_001 in came.content.decode()) == (422, 0, True)
    parked = first(world).post(address(about, "park"), {"until": "2026-02-30", "reason": "Sen.", "version": 1, "save_draft": "1"})
    assert (parked.status_code, AnswerDraft.objects.count()) == (422, 0)


@pytest.mark.parametrize("role", [role for role in ROLES if "inactive" not in role])
def test_nobody_but_those_who_answer_for_it_meets_the_draft(world: World, role: str) -> None:
    about = world.contribution(audience="group")
    draft = drafted(world, about)
    person = world.person(role)
    answers = person.has_perm("contributions.answer_for", about)
    client = client_of(person)
    assert person.has_perm("contributions.read_draft", draft) == answers
    for url in (address(about), "/triage/drafts/", about.get_absolute_url(), f"/triage/drafts/{draft.pk}/ask/"):
        page = client.get(url)
        if not answers:
            assert "Pengarna räcker" not in page.content.decode(), url
    assert ("Pengarna räcker" in client.get("/triage/drafts/").content.decode()) == answers
    came = client.post("/triage/drafts/", {"draft": f"{draft.pk}:1"})
    assert (about.trail.count() == 1) == answers, came.status_code


def test_several_are_sent_at_once_and_what_fails_stays_with_its_reason(world: World) -> None:
    whole, half, stale, moved, changed = (world.contribution() for _ in range(5))
    drafts = {name: drafted(world, about) for name, about in {"whole": whole, "stale": stale, "moved": moved, "changed": changed}.items()}
    drafts["half"] = drafted(world, half, reason="Bara början.")
    by = world.person("organisation_coordinator")
    advance(by=by, contribution=stale, step="explore", values={"reason": "Ja."})
    advance(by=by, contribution=moved, step="decline", values=NO)
    save_draft(by=by, contribution=changed, step="decline", values=NO, read_at=1, version=1)
    came = first(world).post("/triage/drafts/", {"draft": [f"{draft.pk}:1" for draft in drafts.values()]})
    page = came.content.decode()
    assert came.status_code == 422
    assert {about.pk: about.trail.filter(step="decline").count() for about in (whole, half, stale, changed)} == {
        whole.pk: 1, half.pk: 0, stale.pk: 0, changed.pk: 0,
    }  # fmt: skip
    assert "1 svar är skickat." in page
    for words in ("Något saknas", "Något har hänt sedan det skrevs", "kan inte tas", "Någon har skrivit i det"):
        assert words in page
    assert set(AnswerDraft.objects.standing().values_list("contribution", flat=True)) == {half.pk, stale.pk, moved.pk, changed.pk}


@pytest.mark.parametrize("value", ["", "x", "1", "1:", ":1", "1:x", "-1:1", "9" * 30 + ":1", "1:²"])
def test_a_choice_that_is_none_sends_nothing(world: World, value: str) -> None:
    drafted(world, world.contribution())
    assert first(world).post("/triage/drafts/", {"draft": value}).status_code == 303
    assert AnswerDraft.objects.count() == 1


def test_another_is_asked_to_read_it_once_for_each_version(world: World) -> None:
    about = world.contribution()
    draft, reader = drafted(world, about), world.person("group_coordinator")
    for _ in range(2):
        assert first(world).post(f"/triage/drafts/{draft.pk}/ask/", {"person": reader.pk}).status_code == 303
    notice = Notice.objects.get()
    ((_notice, fact),) = render(reader, Notice.objects.all())
    assert (notice.recipient, fact.title, fact.url, fact.quote) == (reader, about.title, address(about), "")
    draft.delete()
    assert render(reader, Notice.objects.all()) == []
    refused = first(world).post(f"/triage/drafts/{drafted(world, about).pk}/ask/", {"person": world.people["same_department"].pk})
    assert refused.status_code == 422


def test_who_does_not_answer_for_it_is_not_asked(world: World) -> None:
    draft = drafted(world, world.contribution())
    with pytest.raises(PermissionDenied):
        ask_to_read(by=world.person("organisation_coordinator"), draft=draft, person=world.person("same_department"))


def test_a_draft_is_thrown_away_unless_somebody_wrote_in_it(world: World) -> None:
    about = world.contribution()
    draft = drafted(world, about)
    save_draft(by=world.person("group_coordinator"), contribution=about, step="decline", values=NO, read_at=1, version=1)
    for typed, left in (
        ({}, 1),
        ({"version": ""}, 1),
        ({"version": "x"}, 1),
        ({"version": 0}, 1),
        ({"version": 1}, 1),
        ({"version": 2}, 0),
    ):
        assert first(world).post(f"/triage/drafts/{draft.pk}/discard/", typed).status_code == 303
        assert AnswerDraft.objects.count() == left, typed


def test_a_draft_older_than_what_has_happened_says_so_on_its_own_page(world: World) -> None:
    about = world.contribution()
    drafted(world, about)
    assert "Det har hänt något" not in first(world).get(address(about)).content.decode()
    question = {"body": "Hur ofta händer det?"}
    advance(by=world.person("group_coordinator"), contribution=about, step="ask", values=question)
    page = first(world).get(address(about)).content.decode()
    assert all(
        part in page for part in ("Det har hänt något sedan utkastet skrevs", question["body"], world.people["group_coordinator"].full_name)
    )
    assert f"{NO['reason']}</textarea>" in page.replace("\n", "")
    assert "Det har hänt något" not in first(world).get(address(about, "assign")).content.decode()
    sent = first(world).post(address(about), {**NO, "version": 2, "draft_version": 1})
    assert (sent.status_code, AnswerDraft.objects.count()) == (303, 0)


def test_a_draft_saved_anew_after_reading_says_it_no_longer(world: World) -> None:
    about = world.contribution()
    drafted(world, about)
    advance(by=world.person("group_coordinator"), contribution=about, step="ask", values={"body": "Hur ofta händer det?"})
    first(world).post(address(about), {**NO, "version": 2, "draft_version": 1, "save_draft": "1"})
    assert "Det har hänt något" not in first(world).get(address(about)).content.decode()


@pytest.mark.parametrize("step", ["merge", "assign", "withdraw", "reply"])
def test_a_step_that_is_no_answer_of_a_coordinator_is_not_drafted(world: World, step: str) -> None:
    about = world.contribution(status=Status.NEEDS_AUTHOR if step == "reply" else None)
    role = "author" if step in ("withdraw", "reply") else "organisation_coordinator"
    assert "save_draft" not in client_of(world.person(role)).get(address(about, step)).content.decode()


def test_one_draft_for_each_step(world: World) -> None:
    draft = drafted(world, world.contribution(Kind.CHALLENGE))
    with pytest.raises(IntegrityError), transaction.atomic():
        AnswerDraft.objects.create(contribution=draft.contribution, step="decline", by=draft.by, edited_by=draft.by, contribution_version=1)


@pytest.mark.django_db(transaction=True)
def test_a_draft_begun_while_the_step_is_sent_is_sent_with_it_or_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody keeps a draft just before the step is taken: the step does not leave it behind."""
    world = World()
    about = world.contribution()

    def slow(**given: Any) -> Any:
        save_draft(by=world.person("group_coordinator"), contribution=about, step="decline", values=NO, read_at=1, version=0)
        return advance(**given)

    monkeypatch.setattr("contributions.actions.drafting.advance", slow)
    came = first(world).post(address(about), {**NO, "version": 1, "draft_version": 0})
    assert (came.status_code, about.trail.count()) == (409, 0)


@pytest.mark.django_db(transaction=True)
def test_two_who_send_the_same_draft_at_once_send_it_once() -> None:
    world = World()
    about = world.contribution()
    drafted(world, about)

    def sending(client: Client) -> Any:
        return lambda: client.post(address(about), {**NO, "version": 1, "draft_version": 1}).status_code

    assert sorted(at_once(sending(first(world)), sending(second(world)))) == [303, 409]
    assert (about.trail.count(), AnswerDraft.objects.standing().count()) == (1, 0)


# Taking back what was sent


def undo_of(came: Any) -> str:
    """Where the button beneath "2 answers are sent" posts."""
    return next(unescape(address) for address in re.findall(r'action="([^"]+)"', came.content.decode()) if "/drafts/undo/" in address)


def sent_together(world: World, *drafts: AnswerDraft) -> Any:
    return first(world).post("/triage/drafts/", {"draft": [f"{draft.pk}:{draft.version}" for draft in drafts]}, follow=True)


def test_what_one_press_sent_is_taken_back_and_stands_as_drafts_again(world: World) -> None:
    no, wait, theirs = world.contribution(), world.contribution(), world.contribution()
    given = {"owner": str(world.company.pk), "reason": "De har maskinen."}
    parked = {"reason": "Vi väntar på budgeten.", "until": (world.today + 30 * DAY).isoformat()}
    drafts = [
        drafted(world, no, role="group_coordinator"),
        drafted(world, wait, "park", **parked),
        drafted(world, theirs, "hand_over", **given),
    ]
    came = sent_together(world, *drafts)
    assert "3 svar är skickade." in came.content.decode()
    assert drafts_listed(world) == []
    page = first(world).post(undo_of(came), follow=True).content.decode()
    assert "Ångrat. Ingen har fått veta något. Det du skrev ligger kvar som utkast." in page
    rows = Contribution.objects.filter(pk__in=(no.pk, wait.pk, theirs.pk))
    assert {(row.status, row.owner_organisation_id) for row in rows} == {(Status.SUBMITTED, world.municipality.pk)}
    assert not Notice.objects.filter(cancelled_at__isnull=True).exists()
    assert drafts_listed(world) == [
        ("decline", NO, 2, world.people["group_coordinator"].pk), ("hand_over", given, 2, world.people["organisation_coordinator"].pk),
        ("park", parked, 2, world.people["organisation_coordinator"].pk),
    ]  # fmt: skip
    again = sent_together(world, *AnswerDraft.objects.all())
    assert "3 svar är skickade." in again.content.decode()


def drafts_listed(world: World) -> list[tuple[str, Any, int, int]]:
    rows = drafts_for(world.person("organisation_coordinator")).order_by("step")
    return [(row.step, row.values, row.version, row.edited_by_id) for row in rows]


def test_what_can_no_longer_be_taken_back_is_named(world: World) -> None:
    back, moved = world.contribution(title="Bidrag ett"), world.contribution(title="Bidrag två")
    came = sent_together(world, drafted(world, back), drafted(world, moved))
    advance(by=world.person("organisation_coordinator"), contribution=moved, step="reopen", values={"reason": "Jo."})
    page = unescape(first(world).post(undo_of(came), follow=True).content.decode())
    assert (
        "1 av 2 är ångrade och ligger som utkast igen. För de andra har tio sekunder gått, eller något annat hänt sedan dess. “Bidrag två”"
        in page
    )
    assert [Contribution.objects.get(pk=about.pk).status for about in (back, moved)] == [Status.SUBMITTED, Status.EXPLORING]
    assert list(drafts_for(world.person("organisation_coordinator")).values_list("contribution", flat=True)) == [back.pk]


def test_after_ten_seconds_nothing_is_taken_back(world: World) -> None:
    about = world.contribution(title="Bidrag ett")
    came = sent_together(world, drafted(world, about))
    with time_machine.travel(about.trail.get().at + UNDO_WITHIN + timedelta(seconds=1), tick=False):
        page = unescape(first(world).post(undo_of(came), follow=True).content.decode())
    assert "Inget är ångrat. “Bidrag ett”" in page
    assert (Contribution.objects.get(pk=about.pk).status, drafts_listed(world)) == (Status.DECLINED, [])


def test_another_coordinator_takes_nothing_back(world: World) -> None:
    about = world.contribution()
    came = sent_together(world, drafted(world, about))
    page = second(world).post(undo_of(came), follow=True).content.decode()
    assert ("Inget är ångrat" in page, Contribution.objects.get(pk=about.pk).status) == (True, Status.DECLINED)


@pytest.mark.parametrize("signed", ["", "x", "\0", "W10:abc:def"])
def test_an_undo_that_is_not_ours_does_nothing(world: World, signed: str) -> None:
    came = first(world).post("/triage/drafts/undo/", query_params={"of": signed}, follow=True)
    assert "Inget är ångrat" in came.content.decode()


def test_words_changed_as_they_were_sent_stand_in_the_draft_after_the_step_is_undone(world: World) -> None:
    about = world.contribution()
    drafted(world, about)
    typed = {**NO, "reason": "Pengarna räcker först nästa år.", "version": 1, "draft_version": 1}
    assert second(world).post(address(about), typed).status_code == 303
    assert second(world).post(address(about, "undo")).status_code == 303
    assert drafts_listed(world) == [("decline", {**NO, "reason": typed["reason"]}, 2, world.people["group_coordinator"].pk)]


def test_a_draft_that_another_began_meanwhile_stays_and_the_sent_one_is_let_go(world: World) -> None:
    about, coordinator = world.contribution(), world.person("organisation_coordinator")
    decided = {"reason": "Vi köper.", "decided_by": "Chefen", "decided_on": world.today.isoformat()}
    entry = send(
        by=coordinator, contribution=about, step="decide", values={**decided, "decided_on": world.today}, version=1,
        draft_version=drafted(world, about, "decide", **decided).version,
    )  # fmt: skip
    later = drafted(world, Contribution.objects.get(pk=about.pk), "decide", "group_coordinator", reason="Något annat.")
    assert take_back(by=coordinator, contribution=about, entry=entry).step == "undo"
    assert list(drafts_for(coordinator)) == [later]


def test_a_sent_draft_is_gone_once_it_cannot_be_taken_back(world: World) -> None:
    one, two = world.contribution(), world.contribution()
    sent_together(world, drafted(world, one))
    with time_machine.travel(one.trail.get().at + UNDO_WITHIN + timedelta(seconds=1), tick=False):
        sent_together(world, drafted(world, two))
    assert list(AnswerDraft.objects.values_list("contribution", flat=True)) == [two.pk]
