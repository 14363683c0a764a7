"""When an assessment ends by itself: not before no more ideas can come, nor on one person's numbers; and never unsaid."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from challenges.actions import assessing
from challenges.models import Assessor, Challenge
from challenges.tasks import close_windows
from contributions.enums import Status
from contributions.lifecycle import advance
from contributions.models import Contribution, TrailEntry
from contributions.rules import UNDO_WITHIN
from notifications.messages import render
from notifications.models import Notice
from tests.challenges.test_assessing import Setting
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import DAY, World
from tests.factories import IdeaFactory

BOTH = (5, 1), (2, 2)


def told(kind: str) -> set[int]:
    return set(Notice.objects.filter(kind=f"challenges.{kind}", cancelled_at__isnull=True).values_list("recipient_id", flat=True))


@pytest.fixture
def taking_ideas(world: World) -> Setting:
    """The window is open for two days more."""
    return Setting(world, Status.OPEN_FOR_IDEAS, ideas_close_at=timezone.now() + 2 * DAY)


def all_score(setting: Setting) -> None:
    setting.score("other_organisation", *BOTH)
    setting.score("other_department", *BOTH)


def test_it_does_not_end_while_ideas_may_come(taking_ideas: Setting) -> None:
    all_score(taking_ideas)
    assessing.settle_all()
    assert not taking_ideas.closed
    late = IdeaFactory.create(author=taking_ideas.world.people["author"], answers_id=taking_ideas.about.pk)
    taking_ideas.ideas.append(Contribution.objects.get(pk=late.pk))
    Challenge.objects.filter(pk=taking_ideas.about.pk).update(ideas_close_at=timezone.now())
    close_windows()
    assert not taking_ideas.closed
    setting = taking_ideas
    setting.score("other_organisation", *BOTH, (3, 3))
    setting.score("other_department", *BOTH, (3, 3))
    assert setting.closed


def test_it_ends_with_the_window_when_that_was_all_it_waited_for(taking_ideas: Setting) -> None:
    all_score(taking_ideas)
    Challenge.objects.filter(pk=taking_ideas.about.pk).update(ideas_close_at=timezone.now())
    close_windows()
    assert taking_ideas.closed
    assert TrailEntry.objects.filter(step="assessment_ended").count() == 1


@pytest.mark.parametrize("step", ["plan", "close_ideas"])
def test_it_ends_with_the_step_that_takes_no_more_ideas_once_that_can_no_longer_be_taken_back(
    taking_ideas: Setting, step: str, time_machine: Any
) -> None:
    all_score(taking_ideas)
    coordinator = taking_ideas.world.person("organisation_coordinator")
    time_machine.move_to(timezone.now(), tick=False)
    advance(by=coordinator, contribution=taking_ideas.about, step=step, values={"reason": "Vi väljer."})
    close_windows()
    assert not taking_ideas.closed
    time_machine.shift(UNDO_WITHIN + datetime.timedelta(seconds=1))
    close_windows()
    assert taking_ideas.closed


def test_a_step_taken_back_leaves_it_open(taking_ideas: Setting) -> None:
    all_score(taking_ideas)
    coordinator = taking_ideas.world.person("organisation_coordinator")
    for step, values in (("close_ideas", {"reason": "Nog."}), ("undo", {})):
        advance(by=coordinator, contribution=taking_ideas.about, step=step, values=values)
        close_windows()
    assert not taking_ideas.closed


@pytest.mark.parametrize("status", [Status.UNDERSTANDING, Status.PARKED, Status.NEEDS_AUTHOR, Status.DECLINED])
def test_it_does_not_end_where_the_challenge_rests_or_has_gone_back(setting: Setting, status: Status) -> None:
    rests = {"resumes_as": Status.ACTION_PLAN} if status in (Status.PARKED, Status.NEEDS_AUTHOR) else {}
    paused = {"promise_paused_at": timezone.now()} if status == Status.NEEDS_AUTHOR else {}
    until = {"parked_until": setting.world.today + DAY} if status == Status.PARKED else {}
    Contribution.objects.filter(pk=setting.about.pk).update(status=status, **rests, **paused, **until)
    all_score(setting)
    assessing.settle_all()
    assert not setting.closed


@pytest.fixture
def setting(world: World) -> Setting:
    return Setting(world)


def test_somebody_asked_second_still_counts_when_the_first_was_quick(setting: Setting) -> None:
    Assessor.objects.filter(person=setting.world.people["other_department"]).delete()
    setting.score("other_organisation", *BOTH)
    assessing.settle_all()
    assert not setting.closed
    answer = client_of(setting.lead).post(
        f"/challenges/{setting.about.pk}/assessment/assessors/", {"person": setting.world.people["other_department"].pk}
    )
    assert (answer.status_code, setting.closed) == (303, False)
    setting.score("other_department", *BOTH)
    assert setting.closed


def test_with_one_assessor_whoever_leads_it_is_told_that_it_waits_for_them(setting: Setting) -> None:
    Assessor.objects.filter(person=setting.world.people["other_department"]).delete()
    setting.score("other_organisation", (5, 1))
    assert told("assess_waits") == set()
    for _time in range(2):
        setting.score("other_organisation", *BOTH)
        assessing.settle_all()
    assert told("assess_waits") == {setting.lead.pk}
    ((_notice, fact),) = render(setting.lead, Notice.objects.filter(kind="challenges.assess_waits"))
    assert (fact.url, "väntar på dig" in fact.text) == (f"/challenges/{setting.about.pk}/assessment/", True)
    assert "Med färre än två som bedömer väntar den på dig" in setting.page("lead")[1]
    assert Notice.objects.filter(kind="challenges.assess_waits").count() == 1
    assessing.close(by=setting.lead, challenge=setting.about, reason="En räcker.")
    assert render(setting.lead, Notice.objects.filter(kind="challenges.assess_waits")) == []


def test_the_page_says_what_it_waits_for(taking_ideas: Setting) -> None:
    assert "Den avslutas av sig själv när idétiden har tagit slut" in taking_ideas.page("lead")[1]
    Challenge.objects.filter(pk=taking_ideas.about.pk).update(ideas_close_at=timezone.now())
    assert "Den avslutas av sig själv när alla tillfrågade" in taking_ideas.page("lead")[1]


def test_those_who_began_early_hear_of_what_is_left_when_the_time_for_ideas_ends(taking_ideas: Setting) -> None:
    all_score(taking_ideas)
    IdeaFactory.create(author=taking_ideas.world.people["other_department"], answers_id=taking_ideas.about.pk)
    close_windows()
    assert told("assess_left") == set()
    Challenge.objects.filter(pk=taking_ideas.about.pk).update(ideas_close_at=timezone.now())
    for _time in range(2):
        close_windows()
    who = taking_ideas.world.person("other_organisation")
    assert told("assess_left") == {who.pk}
    ((_notice, fact),) = render(who, Notice.objects.filter(kind="challenges.assess_left"))
    assert (fact.text, fact.act) == ("Idétiden har tagit slut och 1 idé är kvar för dig att bedöma", "Bedöm idéerna")


def test_asking_somebody_once_it_is_closed_says_so(setting: Setting) -> None:
    all_score(setting)
    assert setting.closed
    client, url = client_of(setting.lead), f"/challenges/{setting.about.pk}/assessment/assessors/"
    for answer in (client.post(url, {"person": setting.world.people["author"].pk}, follow=True), client.get(url, follow=True)):
        assert "Bedömningen är avslutad och resultatet är öppet, så ingen mer kan bli tillfrågad." in answer.content.decode()
    assert not Assessor.objects.filter(person=setting.world.people["author"]).exists()


def test_what_is_ended_by_hand_says_by_whom(setting: Setting) -> None:
    setting.score("other_organisation", *BOTH)
    client_of(setting.lead).post(f"/challenges/{setting.about.pk}/assessment/close/", {"reason": "En räcker."})
    page = setting.page("lead")[1]
    assert f"av {setting.lead.full_name}" in page


@pytest.mark.django_db(transaction=True)
def test_the_last_number_and_the_end_of_the_window_at_once_close_it_once() -> None:
    setting = Setting(World(), Status.OPEN_FOR_IDEAS, ideas_close_at=timezone.now())
    setting.score("other_organisation", *BOTH)
    at_once(lambda: setting.score("other_department", *BOTH), close_windows, close_windows)
    close_windows()
    assert (setting.closed, TrailEntry.objects.filter(step="assessment_ended").count()) == (True, 1)
