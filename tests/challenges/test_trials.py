"""The two ways on, the small tests, and going back with what they taught."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from challenges.actions import trials as actions
from challenges.actions.reminders import remind
from challenges.actions.stages import Overtaken
from challenges.enums import Verdict, WayKind
from challenges.models import Trial, Way
from contributions.enums import Kind, Status
from contributions.lifecycle import advance
from contributions.models import Contribution, TrailEntry
from lib.registration import check_registration_number
from notifications.models import Notice
from tests.challenges.stages import in_plan, small_way, trial_in
from tests.contributions.test_talk import client_of
from tests.contributions.world import DAY, World

FORMAL = {"kind": "formal", "body": "Socialnämnden", "ground": "Delegationsordningen 4.2"}


@pytest.mark.parametrize(
    "text",
    ["KS 2026/123", "KS-2026-123", "KS/2026:123", "2026:123", "2026/1", "TVK 2026-0042", "SN 2026/0240-3", "ks 2026/7", "KBAB-F 2026/12"],
)
def test_usual_registration_numbers_are_taken(text: str) -> None:
    check_registration_number(text)


@pytest.mark.parametrize(
    "text", ["", "KS", "2026", "KS 123", "nr 5", "KS 2026/", "KS 1826/1", "KS 2026/1234567", "KS 2026/1 x", "12345/2026"]
)
def test_nonsense_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValidationError, match="KS 2026/123"):
        check_registration_number(text)


def test_a_decision_with_a_wrong_registration_number_is_refused_in_the_step_too(world: World) -> None:
    about = in_plan(world)
    data = {"reason": "Ja.", "decided_by": "Chefen", "decided_on": str(world.today), "registration_number": "nummer fem", "version": "1"}
    answer = client_of(world.person("organisation_coordinator")).post(f"/contributions/{about.pk}/steps/decide/", data)
    page = answer.content.decode()
    assert (answer.status_code, "KS 2026/123" in page, "nummer fem" in page, TrailEntry.objects.count()) == (422, True, True, 0)


def test_no_test_begins_without_a_footing(world: World) -> None:
    about, coordinator = in_plan(world), world.person("organisation_coordinator")
    with pytest.raises(ValidationError):
        advance(by=coordinator, contribution=about, step="test", values={"reason": "Nu."})
    client = client_of(world.person("lead"))
    assert client.post(f"/challenges/{about.pk}/way/", FORMAL).status_code == 303
    with pytest.raises(ValidationError, match="Socialnämnden"):
        advance(by=coordinator, contribution=about, step="test", values={"reason": "Nu."})
    assert "Väntar på beslut av Socialnämnden" in client.get(f"/challenges/{about.pk}/plan/").content.decode()
    way = Way.objects.get()
    address = f"/challenges/{about.pk}/way/{way.pk}/"
    assert client.post(address).status_code == 403
    decision = {"outcome": "yes", "decision": "Prova.", "decided_on": str(world.today), "registration_number": "SN 2026/17"}
    answering = client_of(coordinator)
    for wrong in ({"registration_number": "x"}, {"decided_on": str(world.today + DAY)}, {"decision": ""}, {"outcome": ""}):
        assert answering.post(address, decision | wrong).status_code == 422
    assert answering.post(address, decision).status_code == 303
    entry = TrailEntry.objects.get(step="decide")
    assert (entry.decided_by, entry.registration_number, entry.ground) == ("Socialnämnden", "SN 2026/17", FORMAL["ground"])
    assert answering.post(address, decision).status_code == 409
    advance(by=coordinator, contribution=about, step="test", values={"reason": "Nu."})


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"kind": ""}, "id_kind"),
        ({"kind": "both"}, "id_kind"),
        ({"manager": ""}, "id_manager"),
        ({"yes_on": "2093-01-01"}, "id_yes_on"),
        ({"stops_on": ""}, "id_stops_on"),
        ({"stops_on": "2020-01-01"}, "id_stops_on"),
        ({"kind": "formal", "body": "", "ground": "x"}, "id_body"),
        ({"kind": "formal", "body": "x", "ground": ""}, "id_ground"),
    ],
)
def test_a_way_without_its_footing_is_refused_beside_the_field(world: World, data: dict[str, str], wrong: str) -> None:
    about = in_plan(world)
    good = {"kind": "small", "manager": "Enhetschefen", "yes_on": str(world.today), "stops_on": str(world.today + 9 * DAY)}
    answer = client_of(world.person("lead")).post(f"/challenges/{about.pk}/way/", good | data)
    assert (answer.status_code, f'id="{wrong}' in answer.content.decode(), Way.objects.count()) == (422, True, 0)
    assert f'href="#{wrong}' in answer.content.decode()


def test_a_test_that_outgrows_its_limits_is_moved_with_the_reason_kept(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.TESTING)
    small = small_way(world, about)
    client = client_of(world.person("lead"))
    address = f"/challenges/{about.pk}/way/"
    assert client.post(address, FORMAL | {"standing": small.pk}).status_code == 422
    assert client.post(address, FORMAL | {"standing": small.pk, "reason": "Alla hus vill vara med."}).status_code == 303
    small.refresh_from_db()
    assert (small.ended_at is not None, small.reason) == (True, "Alla hus vill vara med.")
    assert list(TrailEntry.objects.values_list("step", flat=True)) == ["way_chosen", "way_moved"]
    page = client.get(f"/challenges/{about.pk}/tests/").content.decode()
    assert ("Väntar på beslut av Socialnämnden" in page, "Alla hus vill vara med." in page) == (True, True)
    late = client_of(world.person("organisation_coordinator")).post(address, FORMAL | {"standing": small.pk, "reason": "Mitt skäl."})
    assert (late.status_code, "Mitt skäl." in late.content.decode(), Way.objects.count()) == (409, True, 2)
    with pytest.raises(Overtaken):
        small_way(world, about)


def test_a_small_test_teaches_when_it_ends(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.TESTING)
    small_way(world, about)
    client = client_of(world.person("lead"))
    good = {
        "believed": "Det hjälper.",
        "tried": "Ett skåp.",
        "place": "Lombolo",
        "starts_on": str(world.today),
        "stops_on": str(world.today + DAY),
    }
    for wrong in ({"stops_on": ""}, {"stops_on": str(world.today - DAY)}, {"stops_on": str(world.today + 31 * DAY)}, {"believed": ""}):
        answer = client.post(f"/challenges/{about.pk}/tests/", good | wrong)
        assert (answer.status_code, "Ett skåp." in answer.content.decode()) == (422, True), wrong
    assert client.post(f"/challenges/{about.pk}/tests/", good).status_code == 303
    trial = Trial.objects.get()
    address = f"/challenges/{about.pk}/tests/{trial.pk}/"
    end = {"happened": "Det höll.", "next": "Fler.", "verdict": "go_on"}
    assert client.post(address, end | {"verdict": ""}).status_code == 422
    assert client.post(address, end).status_code == 303
    entry = TrailEntry.objects.get(step="learn")
    assert (entry.learning_believed, entry.learning_happened, entry.learning_next) == ("Det hjälper.", "Det höll.", "Fler.")
    late = client.post(address, end | {"happened": "Det brast."})
    assert (late.status_code, "Det höll." in late.content.decode(), "Det brast." in late.content.decode()) == (409, True, True)


def test_going_back_begins_with_what_the_last_test_taught(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.TESTING)
    trial = trial_in(world, about)
    actions.end_trial(by=world.person("lead"), trial=trial, happened="Nyckeln fastnade.", onward="", verdict=Verdict.STOP)
    client = client_of(world.person("organisation_coordinator"))
    assert f"/contributions/{about.pk}/steps/back_to_plan/" in client.get(f"/challenges/{about.pk}/tests/").content.decode()
    page = client.get(f"/contributions/{about.pk}/steps/back_to_plan/").content.decode()
    assert ("Nyckeln fastnade." in page, "Ett skåp i ett trapphus." in page) == (True, True)


def test_the_stop_date_is_told_once(world: World, time_machine: Any) -> None:
    thursday = datetime.datetime(2027, 3, 4, 9, tzinfo=datetime.UTC)
    time_machine.move_to(thursday, tick=False)
    about = world.contribution(Kind.CHALLENGE, Status.TESTING)
    trial_in(world, about, stops_on=datetime.date(2027, 3, 5))
    for days in (0, 1, 1, 5):
        remind(now=thursday + days * DAY)
    assert Notice.objects.filter(kind="challenges.trial_stops").values_list("recipient", flat=True).get() == world.people["lead"].pk


@pytest.mark.parametrize("row", [{"stops_on": None}, {"manager": ""}, {"body": "x"}, {"kind": "formal"}, {"registration_number": "x"}])
def test_the_database_keeps_the_way_on_its_footing(world: World, row: dict[str, Any]) -> None:
    way = small_way(world, in_plan(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        Way.objects.filter(pk=way.pk).update(**row)


def test_only_one_way_stands(world: World) -> None:
    about = in_plan(world)
    small_way(world, about)
    with pytest.raises(IntegrityError), transaction.atomic():
        Way.objects.create(contribution=about, kind=WayKind.FORMAL, body="x", ground="y", chosen_by=world.person("lead"))
    assert Contribution.objects.get(pk=about.pk).status == Status.ACTION_PLAN
