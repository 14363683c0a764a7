"""By what ideas are assessed: nobody's criteria are lost when two set them at once, and they can be changed until somebody has scored."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from challenges.actions import assessing
from challenges.actions.stages import Overtaken
from challenges.models import Assessment, Criterion, Score
from contributions.enums import Kind, Status
from contributions.models import Contribution, TrailEntry
from tests.challenges.test_assessing import Setting
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import ROLES, World

MINE = {"name_1": "Nytta", "weight_1": "3"}
OTHERS = {"name_1": "Kostnad", "weight_1": "1", "name_2": "Mod", "weight_2": "2"}


def criteria() -> list[tuple[str, int]]:
    return list(Criterion.objects.values_list("name", "weight").order_by("position"))


def address(about: Contribution, page: str = "") -> str:
    return f"/challenges/{about.pk}/assessment/{page}"


def test_the_later_of_two_sees_both_and_chooses(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.ACTION_PLAN)
    lead, coordinator = client_of(world.person("lead")), client_of(world.person("organisation_coordinator"))
    assert lead.post(address(about), MINE).status_code == 303
    answer = coordinator.post(address(about), OTHERS)
    page = answer.content.decode()
    assert (answer.status_code, criteria()) == (409, [("Nytta", 3)])
    assert [word in page for word in ("Nytta", "mycket viktigt", 'value="Kostnad"', 'value="Mod"', address(about, "criteria/"))] == [
        True
    ] * 5
    assert "Kriterierna är satta" not in page
    assert coordinator.post(address(about, "criteria/"), OTHERS | {"version": "1"}).status_code == 303
    assert criteria() == [("Kostnad", 1), ("Mod", 2)]


def test_the_same_twice_is_once(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.ACTION_PLAN)
    lead = client_of(world.person("lead"))
    assert [lead.post(address(about), MINE).status_code for _time in range(2)] == [303, 303]
    assert (Assessment.objects.count(), criteria()) == (1, [("Nytta", 3)])
    assert TrailEntry.objects.filter(step="assessment_began").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_one_and_tell_the_other() -> None:
    world = World()
    about = world.contribution(Kind.CHALLENGE, Status.ACTION_PLAN)

    def setting_up(role: str, name: str) -> Any:
        by = world.person(role)
        return lambda: assessing.begin(by=by, challenge=about, criteria=[(name, 2)])

    found = at_once(setting_up("lead", "Nytta"), setting_up("organisation_coordinator", "Mod"))
    assert sorted(type(one).__name__ for one in found) == ["Assessment", "Overtaken"]
    assert len(criteria()) == 1


def test_they_are_changed_until_somebody_has_scored(world: World) -> None:
    setting = Setting(world)
    lead, url = client_of(setting.lead), address(setting.about, "criteria/")
    assert url in setting.page("lead")[1]
    page = lead.get(url).content.decode()
    assert [word in page for word in ('value="Nytta"', 'value="Lärande"', 'name="version" value="1"')] == [True] * 3
    assert lead.post(url, OTHERS | {"version": "1"}).status_code == 303
    assert criteria() == [("Kostnad", 1), ("Mod", 2)]
    assert TrailEntry.objects.get(step="criteria_changed").text == "Kostnad, Mod"
    setting.criteria = list(Criterion.objects.all())
    setting.score("other_organisation", (5, 1))
    assert url not in setting.page("lead")[1]
    refused = lead.post(url, MINE | {"version": "2"})
    page = refused.content.decode()
    assert (refused.status_code, 'value="Nytta"' in page, "så kriterierna står fast" in page) == (409, True, True)
    assert (criteria(), Score.objects.count()) == ([("Kostnad", 1), ("Mod", 2)], 2)


def test_two_who_change_them_see_each_other(world: World) -> None:
    setting = Setting(world)
    url = address(setting.about, "criteria/")
    coordinator = client_of(world.person("organisation_coordinator"))
    assert client_of(setting.lead).post(url, MINE | {"version": "1"}).status_code == 303
    answer = coordinator.post(url, OTHERS | {"version": "1"})
    page = answer.content.decode()
    assert (answer.status_code, "Nytta" in page, 'value="Kostnad"' in page, 'name="version" value="2"' in page) == (409, True, True, True)
    assert coordinator.post(url, OTHERS | {"version": "2"}).status_code == 303
    assert [client_of(setting.lead).post(url, {**MINE, "version": odd}).status_code for odd in ("", "x", "\0")] == [409] * 3
    assert client_of(setting.lead).post(url, {"name_1": "", "version": "3"}).status_code == 422
    assert criteria() == [("Kostnad", 1), ("Mod", 2)]


def test_whoever_had_the_old_ones_before_them_is_asked_anew(world: World) -> None:
    setting = Setting(world)
    old = {f"criterion_{one.pk}": "3" for one in setting.criteria}
    assessing.change_criteria(by=setting.lead, challenge=setting.about, version=1, criteria=[("Mod", 1)])
    answer = client_of(world.person("other_organisation")).post(
        address(setting.about, f"ideas/{setting.ideas[0].pk}/"), {**old, "note": "Enkel att prova."}
    )
    page = answer.content.decode()
    assert (answer.status_code, "Mod" in page, "Enkel att prova." in page, Score.objects.count()) == (422, True, True, 0)


def test_who_may_change_them_and_when(world: World) -> None:
    setting = Setting(world)
    url = address(setting.about, "criteria/")
    able = {role for role in ROLES if world.person(role).has_perm("challenges.set_assessment", setting.about)}
    for role in ROLES:
        if world.people[role].is_active:
            status = client_of(world.person(role)).get(url).status_code
            assert status == (200 if role in able else 403 if role in ("other_organisation", "other_department") else 404), role
    assessing.close(by=setting.lead, challenge=setting.about, reason="Det räcker.")
    assert client_of(setting.lead).get(url)["Location"] == address(setting.about)
    assert client_of(setting.lead).post(url, MINE | {"version": "1"}).status_code == 409
    with pytest.raises(assessing.AlreadyClosed):
        assessing.change_criteria(by=setting.lead, challenge=setting.about, version=1, criteria=[("Mod", 1)])
    with pytest.raises(Overtaken):
        assessing.begin(by=setting.lead, challenge=setting.about, criteria=[("Mod", 1)])
    Contribution.objects.filter(pk=setting.about.pk).update(status=Status.SOLVED)
    with pytest.raises(PermissionDenied):
        assessing.begin(by=setting.lead, challenge=setting.about, criteria=[("Mod", 1)])


@pytest.mark.django_db(transaction=True)
def test_a_score_and_a_change_at_once_leave_no_number_without_its_criterion() -> None:
    setting = Setting(World())
    lead = setting.lead
    changed, _scored = at_once(
        lambda: assessing.change_criteria(by=lead, challenge=setting.about, version=1, criteria=[("Mod", 1)]),
        lambda: setting.score("other_organisation", (5, 1)),
    )
    if isinstance(changed, assessing.AlreadyScored):
        assert (len(criteria()), Score.objects.count()) == (2, 2)
    else:
        assert (criteria(), Score.objects.count()) == ([("Mod", 1)], 0)
