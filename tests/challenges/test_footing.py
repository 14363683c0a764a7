"""A test stands on a footing all the way: what may begin, what runs out, what is decided, and that every test can be ended."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from challenges.actions import trials as actions
from challenges.actions.reminders import remind
from challenges.enums import Verdict, WayKind
from challenges.models import Trial, Way
from contributions.enums import Kind, Status
from contributions.lifecycle import IllegalStep, advance
from contributions.models import Contribution, TrailEntry
from contributions.statuses import STATUSES
from notifications.models import Notice
from tests.challenges.stages import in_plan, small_way, trial_in
from tests.contributions.test_talk import client_of
from tests.contributions.world import DAY, World

TEST = {"believed": "Sand hjälper.", "tried": "Sand på rampen.", "place": "Lombolo"}
THURSDAY = datetime.datetime(2027, 3, 4, 9, tzinfo=datetime.UTC)


def being_tried(world: World, **more: Any) -> Contribution:
    about = world.contribution(Kind.CHALLENGE, Status.TESTING)
    small_way(world, about, **more)
    return about


def outgrown(world: World, about: Contribution) -> Way:
    standing = Way.objects.get(contribution=about, ended_at__isnull=True)
    return actions.choose_way(
        by=world.person("lead"),
        challenge=about,
        kind=WayKind.FORMAL,
        standing=standing.pk,
        reason="Alla vill.",
        body="Nämnden",
        ground="4.2",
    )


def decided(world: World, way: Way, *, granted: bool) -> Way:
    by, words = world.person("organisation_coordinator"), "Kostnaden."
    return actions.record_decision(by=by, way=way, granted=granted, decision=words, decided_on=world.today, registration_number="SN 2026/9")


def ended(world: World, trial: Trial, by: str = "lead") -> Trial:
    return actions.end_trial(by=world.person(by), trial=trial, happened="Det höll.", onward="", verdict=Verdict.STOP)


def test_nothing_new_begins_before_the_decision_has_come(world: World) -> None:
    about = being_tried(world)
    way = outgrown(world, about)
    lead, address = client_of(world.person("lead")), f"/challenges/{about.pk}/tests/"
    assert "Testet väntar på beslut av Nämnden." in lead.get(address).content.decode()
    days = {"starts_on": str(world.today), "stops_on": str(world.today + DAY)}
    answer = lead.post(address, TEST | days)
    page = answer.content.decode()
    assert (answer.status_code, "väntar på beslut av Nämnden" in page, "Sand på rampen." in page) == (422, True, True)
    decided(world, way, granted=True)
    assert (lead.post(address, TEST | days).status_code, Trial.objects.count()) == (303, 1)


def test_a_no_opens_nothing_and_says_so(world: World) -> None:
    about, coordinator, lead = in_plan(world), world.person("organisation_coordinator"), client_of(world.person("lead"))
    assert lead.post(f"/challenges/{about.pk}/way/", {"kind": "formal", "body": "Nämnden", "ground": "4.2"}).status_code == 303
    way = Way.objects.get()
    given = {"outcome": "no", "decision": "Kostnaden.", "decided_on": str(world.today), "registration_number": "SN 2026/9"}
    assert client_of(coordinator).post(f"/challenges/{about.pk}/way/{way.pk}/", given).status_code == 303
    with pytest.raises(ValidationError, match="Nämnden"):
        advance(by=coordinator, contribution=about, step="test", values={"reason": "Nu."})
    assert TrailEntry.objects.get(step="decide").text == "Beslutet blev nej.\n\nKostnaden."
    for screen in ("plan", "tests", "printed"):
        assert "Nämnden sa nej" in lead.get(f"/challenges/{about.pk}/{screen}/").content.decode(), screen
    small = {"kind": "small", "manager": "Chefen", "yes_on": str(world.today), "stops_on": str(world.today + DAY), "reason": "Mindre."}
    assert lead.post(f"/challenges/{about.pk}/way/", small | {"standing": way.pk}).status_code == 303
    assert "(sa nej)" in lead.get(f"/challenges/{about.pk}/plan/").content.decode()
    assert advance(by=coordinator, contribution=about, step="test", values={"reason": "Nu."}).to_status == Status.TESTING


def test_only_what_is_decided_is_refused(world: World) -> None:
    way = small_way(world, in_plan(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        Way.objects.filter(pk=way.pk).update(refused=True)


@pytest.mark.parametrize(("late", "holds"), [(0, True), (1, False)])
def test_a_small_scale_holds_through_its_last_day(world: World, time_machine: Any, late: int, holds: bool) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    stops = datetime.date(2027, 3, 8)
    about, other = in_plan(world), being_tried(world, yes_on=THURSDAY.date(), stops_on=stops)
    small_way(world, about, yes_on=THURSDAY.date(), stops_on=stops)
    time_machine.move_to(THURSDAY + (4 + late) * DAY, tick=False)
    today = stops + late * DAY
    if holds:
        advance(by=world.person("organisation_coordinator"), contribution=about, step="test", values={"reason": "Nu."})
        trial_in(world, other, starts_on=today, stops_on=today)
    else:
        with pytest.raises(ValidationError, match="8 mars"):
            advance(by=world.person("organisation_coordinator"), contribution=about, step="test", values={"reason": "Nu."})
        with pytest.raises(ValidationError, match="8 mars"):
            trial_in(world, other, starts_on=today, stops_on=today)


def test_a_shorter_small_scale_names_what_would_go_on_beyond_it(world: World) -> None:
    about = being_tried(world)
    standing, trial = Way.objects.get(), trial_in(world, about, stops_on=world.today + 9 * DAY)
    shorter = {"kind": "small", "manager": "Chefen", "yes_on": str(world.today), "standing": standing.pk, "reason": "Kortare."}
    lead, address = client_of(world.person("lead")), f"/challenges/{about.pk}/way/"
    answer = lead.post(address, shorter | {"stops_on": str(world.today + 8 * DAY)})
    assert (answer.status_code, "Ett skåp i ett trapphus." in answer.content.decode()) == (422, True)
    assert Way.objects.get().ended_at is None
    assert lead.post(address, shorter | {"stops_on": str(trial.stops_on)}).status_code == 303


def test_the_last_day_of_a_small_scale_is_told_once(world: World, time_machine: Any) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    being_tried(world, yes_on=THURSDAY.date(), stops_on=datetime.date(2027, 3, 5))
    for days in (0, 4, 4, 5):
        remind(now=THURSDAY + days * DAY)
    notice = Notice.objects.get(kind="challenges.way_stops")
    assert notice.recipient_id == world.people["lead"].pk
    time_machine.move_to(THURSDAY + 5 * DAY, tick=False)
    assert "Den lilla skalans stoppdatum är" in client_of(world.person("lead")).get("/notifications/").content.decode()


@pytest.mark.parametrize("status", STATUSES[Kind.CHALLENGE])
def test_a_running_test_is_ended_and_reminded_of_wherever_the_challenge_stands(world: World, status: Status, time_machine: Any) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    about = world.contribution(Kind.CHALLENGE, status)
    days = {"starts_on": THURSDAY.date(), "stops_on": THURSDAY.date()}
    trial = Trial.objects.create(contribution=about, created_by=world.person("lead"), **TEST, **days)
    remind(now=THURSDAY)
    assert Notice.objects.filter(kind="challenges.trial_stops", recipient=world.people["lead"]).count() == 1
    lead = client_of(world.person("lead"))
    address = f"/challenges/{about.pk}/tests/{trial.pk}/"
    assert address in lead.get(f"/challenges/{about.pk}/tests/").content.decode()
    assert lead.post(address, {"happened": "Det höll.", "verdict": "stop"}).status_code == 303
    assert (Trial.objects.get().ended_by, TrailEntry.objects.get(step="learn").to_status) == (world.people["lead"], status)


def test_nothing_is_solved_while_it_is_still_tried(world: World) -> None:
    about, coordinator = being_tried(world), world.person("organisation_coordinator")
    trial = trial_in(world, about)
    answer = client_of(coordinator).post(f"/contributions/{about.pk}/steps/solve/", {"reason": "Klart.", "version": "1"})
    page = answer.content.decode()
    assert (answer.status_code, "Ett skåp i ett trapphus." in page, "Klart." in page) == (422, True, True)
    ended(world, trial)
    assert advance(by=coordinator, contribution=about, step="solve", values={"reason": "Klart."}).to_status == Status.SOLVED


def test_what_another_row_holds_is_not_undone_on_the_trail(world: World) -> None:
    """The line would be struck out, and the decision or the ended test stand."""
    about = being_tried(world)
    coordinator = world.person("organisation_coordinator")
    for taken in ("decide", "learn"):
        if taken == "decide":
            decided(world, outgrown(world, about), granted=True)
        else:
            trial = Trial.objects.create(contribution=about, created_by=coordinator, **TEST, starts_on=world.today, stops_on=world.today)
            ended(world, trial, by="organisation_coordinator")
        client, undo = client_of(coordinator), f"/contributions/{about.pk}/steps/undo/"
        assert undo not in client.get(f"/challenges/{about.pk}/").content.decode(), taken
        assert client.post(undo).status_code == 409
        with pytest.raises(IllegalStep):
            advance(by=coordinator, contribution=about, step="undo")
    assert not TrailEntry.objects.filter(step="undo").exists()
    assert (Way.objects.get(ended_at__isnull=True).decided_on, Trial.objects.get().ended_at is not None) == (world.today, True)


def test_a_decision_and_a_learning_of_their_own_can_still_be_undone(world: World) -> None:
    about, coordinator = being_tried(world), world.person("organisation_coordinator")
    values = {"reason": "Ja.", "decided_by": "Nämnden", "decided_on": world.today}
    advance(by=coordinator, contribution=about, step="decide", values=values)
    assert f"/contributions/{about.pk}/steps/undo/" in client_of(coordinator).get(f"/challenges/{about.pk}/").content.decode()
    assert advance(by=coordinator, contribution=about, step="undo").step == "undo"


@pytest.mark.parametrize(
    ("status", "address", "data"),
    [
        (Status.TESTING, "/contributions/{}/steps/park/", {"reason": "Sen.", "until": ""}),
        (Status.UNDERSTANDING, "/contributions/{}/steps/open/", {"reason": "Nu.", "closes_on": ""}),
        (Status.ACTION_PLAN, "/challenges/{}/way/", {"kind": "small", "manager": "Chefen", "yes_on": "", "stops_on": ""}),
    ],
)
def test_where_today_is_too_early_tomorrow_is_asked_for(world: World, status: Status, address: str, data: dict[str, str]) -> None:
    about = world.contribution(Kind.CHALLENGE, status)
    given = {name: value or str(world.today) for name, value in data.items()} | {"version": "1", "standing": ""}
    answer = client_of(world.person("organisation_coordinator")).post(address.format(about.pk), given)
    assert (answer.status_code, "Välj i morgon eller en senare dag." in answer.content.decode()) == (422, True)
