"""The action plan: who may write it, who is told, and that nobody's change is lost."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from challenges.actions import plan as actions
from challenges.actions.reminders import remind
from challenges.actions.stages import Overtaken
from challenges.models import PlanItem, Trial
from contributions.enums import Audience, Kind, Status
from contributions.models import Contribution
from contributions.statuses import STATUSES
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Organisation, Person
from tests.challenges.stages import in_plan, item_in
from tests.contributions.test_talk import client_of
from tests.contributions.world import DAY, ROLES, World

THURSDAY = datetime.datetime(2027, 3, 4, 9, tzinfo=datetime.UTC)


def told(kind: str) -> list[tuple[int, dict[str, int]]]:
    return list(Notice.objects.filter(kind=f"challenges.{kind}").values_list("recipient_id", "ids").order_by("recipient_id"))


def test_who_may_plan_by_role_and_status(world: World) -> None:
    able = {"lead", "department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}
    for status in STATUSES[Kind.CHALLENGE]:
        about = world.contribution(Kind.CHALLENGE, status, audience=Audience.DEPARTMENT)
        found = {role for role in ROLES if world.person(role).has_perm("challenges.plan", about)}
        assert found == (able if status in (Status.ACTION_PLAN, Status.TESTING) else set()), status
    assert not world.person("lead").has_perm("challenges.plan", world.contribution(Kind.IDEA, Status.TESTING))


def test_something_to_do_is_added_by_name_and_whoever_does_it_is_told(world: World) -> None:
    about, who = in_plan(world), world.people["same_department"]
    client = client_of(world.person("lead"))
    data = {"what": "Sätt upp skåp", "who": who.full_name, "due_on": world.today + 9 * DAY}
    answer = client.post(f"/challenges/{about.pk}/plan/", data)
    assert (answer.status_code, answer["Location"]) == (303, f"/challenges/{about.pk}/plan/#plan")
    item = PlanItem.objects.get()
    assert (item.what, item.who_id, item.due_on) == ("Sätt upp skåp", who.pk, world.today + 9 * DAY)
    assert told("plan_given") == [(who.pk, {"contribution": about.pk, "item": item.pk})]
    page = client.get(f"/challenges/{about.pk}/plan/").content.decode()
    assert ("Sätt upp skåp" in page, "0 av 1 klara" in page, "<progress" in page) == (True, True, True)


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"what": ""}, "id_what"),
        ({"what": "x" * 301}, "id_what"),
        ({"who": ""}, "id_who"),
        ({"who": "Ingen Alls"}, "id_who"),
        ({"who": "\x00@"}, "id_who"),
        ({"due_on": "2020-01-01"}, "id_due_on"),
        ({"due_on": "9999-12-31"}, "id_due_on"),
        ({"due_on": "i morgon"}, "id_due_on"),
    ],
)
def test_bad_input_is_answered_beside_the_field_and_kept(world: World, data: dict[str, str], wrong: str) -> None:
    about = in_plan(world)
    good = {"what": "Sätt upp skåp", "who": world.people["author"].full_name, "due_on": str(world.today)}
    answer = client_of(world.person("lead")).post(f"/challenges/{about.pk}/plan/", good | data)
    page = answer.content.decode()
    assert (answer.status_code, f'href="#{wrong}"' in page, PlanItem.objects.count()) == (422, True, 0)
    if "what" not in data:
        assert "Sätt upp skåp" in page


def test_somebody_who_has_left_or_may_not_read_is_refused(world: World) -> None:
    about = in_plan(world, audience=Audience.DEPARTMENT)
    client, good = client_of(world.person("lead")), {"what": "Skåp", "due_on": str(world.today)}
    for role, words in (("inactive", "arbetar inte kvar här"), ("other_organisation", "får inte läsa")):
        name = world.people[role].full_name
        answer = client.post(f"/challenges/{about.pk}/plan/", good | {"who": name})
        assert (answer.status_code, f"{name} {words}" in answer.content.decode()) == (422, True)
    for role in ("inactive", "other_organisation"):
        with pytest.raises(ValidationError):
            actions.add_item(by=world.person("lead"), challenge=about, what="x", who=world.people[role], due_on=world.today)


def test_two_who_change_the_same_see_each_other(world: World) -> None:
    about = in_plan(world)
    item = item_in(world, about)
    address = f"/challenges/{about.pk}/plan/{item.pk}/"
    data = {"who": world.people["author"].full_name, "due_on": str(item.due_on), "version": "1"}
    client = client_of(world.person("lead"))
    assert client.post(address, data | {"what": "Först"}).status_code == 303
    answer = client_of(world.person("organisation_coordinator")).post(address, data | {"what": "Sen"})
    page = answer.content.decode()
    assert (answer.status_code, "Först" in page, "Sen" in page, 'value="2"' in page) == (409, True, True, True)
    assert client.post(address, data | {"what": "Sen", "version": "2"}).status_code == 303
    assert PlanItem.objects.get().what == "Sen"


def test_whoever_promised_ticks_it_and_others_do_not(world: World) -> None:
    about = in_plan(world)
    item = item_in(world, about, who="same_department")
    address = f"/challenges/{about.pk}/plan/{item.pk}/done/"
    assert client_of(world.person("unit_beneath")).post(address).status_code == 403
    client = client_of(world.person("same_department"))
    assert "Sätt upp skåp" in client.get("/mine/promised/").content.decode()
    assert client.post(address, {"next": "/mine/promised/"})["Location"] == "/mine/promised/"
    row = PlanItem.objects.get()
    assert (row.done_by_id, row.done_at is not None) == (world.people["same_department"].pk, True)
    assert "Sätt upp skåp" not in client.get("/mine/promised/").content.decode()
    assert client.post(address, {"on": "0"}).status_code == 303
    assert PlanItem.objects.get().done_at is None


def test_what_is_taken_away_leaves_a_trace(world: World) -> None:
    about, lead = in_plan(world), world.person("lead")
    item = item_in(world, about)
    with pytest.raises(Overtaken):
        actions.remove_item(by=lead, item=item, version=7)
    client = client_of(lead)
    assert client.post(f"/challenges/{about.pk}/plan/{item.pk}/remove/", {"version": "1"}).status_code == 303
    row = PlanItem.objects.get()
    assert (row.removed_by_id, row.removed_at is not None) == (lead.pk, True)
    assert client.post(f"/challenges/{about.pk}/plan/{item.pk}/done/").status_code == 404
    assert "Borttaget" in client.get(f"/challenges/{about.pk}/plan/").content.decode()


def test_reminders_are_told_once_however_the_clock_runs(world: World, time_machine: Any) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    about = in_plan(world)
    item = item_in(world, about, who="same_department", due_on=datetime.date(2027, 3, 8))
    who, lead = world.people["same_department"].pk, world.people["lead"].pk
    ids = {"contribution": about.pk, "item": item.pk}
    assert [remind(), remind()] == [1, 1]
    assert told("plan_due") == [(who, ids)]
    remind(now=THURSDAY + 2 * DAY)  # a Saturday
    for _time in range(2):
        remind(now=THURSDAY + 4 * DAY)
    assert (told("plan_due"), told("plan_late")) == ([(who, ids), (who, ids)], [])
    for days in (7, 7, 8):  # three days down
        remind(now=THURSDAY + days * DAY)
    assert told("plan_late") == [(lead, ids)]


def test_reminders_keep_to_the_days_off_of_the_organisation_that_answers(world: World, time_machine: Any) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    Organisation.objects.filter(pk=world.municipality.pk).update(days_off=[datetime.date(2027, 3, 5), datetime.date(2027, 3, 8)])
    about, elsewhere = in_plan(world), in_plan(world, owner_organisation=world.company)
    who, on_tuesday = world.people["same_department"].pk, datetime.date(2027, 3, 9)
    for one in (about, elsewhere):
        item_in(world, one, who="same_department", due_on=on_tuesday)
        Trial.objects.create(
            contribution=one,
            believed="x",
            tried="y",
            place="z",
            starts_on=THURSDAY.date(),
            stops_on=THURSDAY.date() + DAY,
            created_by=world.people["lead"],
        )
    Contribution.objects.filter(pk__in=(about.pk, elsewhere.pk)).update(status=Status.TESTING)

    def of(kind: str) -> list[int]:
        return sorted(ids["contribution"] for _who, ids in told(kind))

    remind()  # a Thursday: Tuesday is the municipality's next working day, the company's third
    assert (told("plan_due")[0][0], of("plan_due")) == (who, [about.pk])
    remind(now=THURSDAY + DAY)
    assert (of("plan_due"), of("trial_stops")) == ([about.pk, elsewhere.pk], [elsewhere.pk])
    remind(now=THURSDAY + 4 * DAY)
    assert of("trial_stops") == [elsewhere.pk]
    remind(now=THURSDAY + 5 * DAY)
    assert (len(of("plan_due")), of("trial_stops")) == (4, [about.pk, elsewhere.pk])


def test_somebody_new_is_needed_when_the_one_who_promised_has_left(world: World, time_machine: Any) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    about = in_plan(world)
    item_in(world, about, who="same_department", due_on=datetime.date(2027, 6, 1))
    Person.objects.filter(pk=world.people["same_department"].pk).update(is_active=False, deactivated_at=timezone.now())
    for days in (0, 0, 1):
        remind(now=THURSDAY + days * DAY)
    lead = world.person("lead")
    ((_notice, fact),) = render(lead, Notice.objects.filter(recipient=lead, kind="challenges.plan_late"))
    assert "arbetar inte längre här" in fact.text
    assert "Behöver någon ny" in client_of(lead).get(f"/challenges/{about.pk}/plan/").content.decode()


def test_nothing_is_written_once_the_stage_is_closed(world: World) -> None:
    about, lead = in_plan(world), world.person("lead")
    item = item_in(world, about)
    Contribution.objects.filter(pk=about.pk).update(status=Status.SOLVED)
    for write in (
        lambda: actions.add_item(by=lead, challenge=about, what="x", who=lead, due_on=world.today),
        lambda: actions.tick(by=lead, item=item, done=True),
        lambda: actions.remove_item(by=lead, item=item, version=1),
        lambda: actions.ask_for(by=lead, challenge=about, values={"sort": "hours", "amount": 1, "what": "x", "giver": lead}),
    ):
        with pytest.raises(PermissionDenied):
            write()


@pytest.mark.parametrize("row", [{"what": ""}, {"done_at": timezone.now()}, {"removed_at": timezone.now()}])
def test_the_database_keeps_the_plan_whole(world: World, row: dict[str, Any]) -> None:
    item = item_in(world, in_plan(world))
    with pytest.raises(IntegrityError), transaction.atomic():
        PlanItem.objects.filter(pk=item.pk).update(**row)
