"""Hours, money and equipment: who is asked, who may answer, and that an answer is given once."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from challenges.actions import plan as actions
from challenges.actions.reminders import remind
from challenges.actions.stages import Overtaken
from challenges.enums import Outcome
from challenges.models import Resource
from challenges.queries.plan import asked_of, requests_of
from contributions.enums import Audience, Status
from contributions.models import Contribution
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Organisation, Person, RoleAssignment
from tests.challenges.stages import in_plan
from tests.challenges.test_plan import THURSDAY, told
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import DAY, ROLES, World


def asked_for(world: World, about: Contribution, *, by: str = "lead", **of: Any) -> Resource:
    values = {"sort": "hours", "amount": 8, "what": "Sandning i april", **of}
    return actions.ask_for(by=world.person(by), challenge=about, values=values)


def who(world: World, people: set[int]) -> set[str]:
    return {role for role in ROLES if world.people[role].pk in people}


def able(world: World, resource: Resource) -> set[str]:
    """Who may answer, by the rule, by the query and by what the page offers, which must agree."""
    row = Resource.objects.select_related("giving_department").get(pk=resource.pk)
    about = row.contribution = Contribution.objects.with_place().prefetch_related("participants").get(pk=resource.contribution_id)
    by_rule = {role for role in ROLES if world.person(role).has_perm("challenges.answer_resource", row)}
    offered = {role for role in ROLES if requests_of(world.person(role), about)[-1].may_answer and world.people[role].is_active}
    assert by_rule == offered
    if row.giving_department:
        assert by_rule == who(world, {one.pk for one in asked_of(about, [row])[row.pk].people})
    return by_rule


ANSWERS = {"department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}


def test_a_department_is_asked_by_way_of_those_who_coordinate_it(world: World) -> None:
    about = in_plan(world)
    for department, expected in (
        (world.abroad, {"other_organisation_coordinator", "group_coordinator"}),
        (world.beside, ANSWERS - {"department_coordinator"} | {"other_department_coordinator"}),
        (world.beneath, ANSWERS),
    ):
        Notice.objects.all().delete()
        resource = asked_for(world, about, giving_department=department)
        assert able(world, resource) == expected
        assert who(world, {pk for pk, _ids in told("resource_asked")}) == expected


def test_the_page_says_who_was_asked_and_they_find_their_button(world: World) -> None:
    about = in_plan(world)
    resource = asked_for(world, about, giving_department=world.abroad)
    coordinator, owner = world.person("other_organisation_coordinator"), world.person("organisation_coordinator")
    address = f"/challenges/{about.pk}/resources/{resource.pk}/"
    pages = [client_of(one).get(f"/challenges/{about.pk}/plan/").content.decode() for one in (coordinator, owner, world.person("author"))]
    assert [f">{coordinator.full_name}</a>" in page for page in pages] == [True] * 3
    assert [f'href="{address}"' in page for page in pages] == [True, False, False]
    ((_notice, fact),) = render(coordinator, Notice.objects.filter(recipient=coordinator))
    assert (fact.reason, fact.act) == ("du är koordinator för avdelningen som får frågan", "Svara")
    assert client_of(owner).post(address, {"outcome": "granted"}).status_code == 403
    assert client_of(coordinator).post(address, {"outcome": "granted"}).status_code == 303
    assert Resource.objects.get().answered_by_id == coordinator.pk
    assert [pk for pk, _ids in told("resource_answered")] == [world.people["lead"].pk]


def test_where_nobody_coordinates_it_those_who_answer_for_the_challenge_are_asked(world: World) -> None:
    RoleAssignment.objects.filter(person__in=(world.people["group_coordinator"], world.people["other_organisation_coordinator"])).delete()
    about = in_plan(world)
    resource = asked_for(world, about, giving_department=world.abroad)
    assert able(world, resource) == ANSWERS - {"group_coordinator"}
    assert who(world, {pk for pk, _ids in told("resource_asked")}) == ANSWERS - {"group_coordinator"}
    assert "svarar för utmaningen" in client_of(world.person("author")).get(f"/challenges/{about.pk}/plan/").content.decode()


def test_a_coordinator_who_may_not_read_the_challenge_is_neither_asked_nor_named(world: World) -> None:
    RoleAssignment.objects.filter(person=world.people["group_coordinator"]).delete()
    about = in_plan(world, audience=Audience.DEPARTMENT)
    resource = asked_for(world, about, giving_department=world.abroad)
    outside = world.person("other_organisation_coordinator")
    assert able(world, resource) == ANSWERS - {"group_coordinator"}
    assert not Notice.objects.filter(recipient=outside).exists()
    assert outside.full_name not in client_of(world.person("author")).get(f"/challenges/{about.pk}/plan/").content.decode()
    assert client_of(outside).get(f"/challenges/{about.pk}/resources/{resource.pk}/").status_code == 404


def test_many_requests_cost_the_page_no_more(world: World, django_assert_num_queries: Any) -> None:
    pk, lead = in_plan(world).pk, world.person("lead")
    about = Contribution.objects.with_place().prefetch_related("participants").get(pk=pk)
    lead.has_perm("contributions.answer_for", about)
    RoleAssignment.objects.filter(person=world.people["group_coordinator"]).delete()
    for department in (world.abroad, world.beside, world.beneath):
        asked_for(world, about, giving_department=department)
        with django_assert_num_queries(3):
            assert all(row.asked for row in requests_of(lead, about))


def test_what_is_needed_is_asked_for_and_answered_once(world: World) -> None:
    about, giver = in_plan(world), world.person("other_organisation")
    client = client_of(world.person("lead"))
    ask = {"sort": "money", "amount": "12000", "what": "Tre skåp", "giver": giver.full_name}
    for missing in ("sort", "amount", "what", "giver"):
        assert client.post(f"/challenges/{about.pk}/resources/", {**ask, missing: ""}).status_code == 422
    assert client.post(f"/challenges/{about.pk}/resources/", ask).status_code == 303
    resource = Resource.objects.get()
    assert [pk for pk, _ids in told("resource_asked")] == [giver.pk]
    address = f"/challenges/{about.pk}/resources/{resource.pk}/"
    assert client_of(world.person("unit_beneath")).post(address, {"outcome": "granted"}).status_code == 403
    answering = client_of(giver)
    assert answering.post(address, {"outcome": "partly", "note": ""}).status_code == 422
    assert answering.post(address, {"outcome": "partly", "note": "Två av tre."}).status_code == 303
    late = client_of(world.person("organisation_coordinator")).post(address, {"outcome": "refused", "note": "Inga pengar."})
    page = late.content.decode()
    assert (late.status_code, "Två av tre." in page, "Inga pengar." in page) == (409, True, True)
    assert (Resource.objects.get().outcome, [pk for pk, _ids in told("resource_answered")]) == ("partly", [world.people["lead"].pk])


def test_whoever_asked_takes_it_back_while_nobody_has_answered(world: World) -> None:
    about = in_plan(world)
    first, second = (asked_for(world, about, giver=world.person("author"), what=what) for what in ("Skåp", "Hyllor"))
    lead, giver = client_of(world.person("lead")), client_of(world.person("author"))
    address = f"/challenges/{about.pk}/resources/{first.pk}/"
    assert giver.post(f"{address}take-back/").status_code == 403
    assert f"{address}take-back/" in lead.get(f"/challenges/{about.pk}/plan/").content.decode()
    assert lead.post(f"{address}take-back/").status_code == 303
    row = Resource.objects.get(pk=first.pk)
    assert (row.taken_back_by_id, row.taken_back_at is not None, row.outcome) == (world.people["lead"].pk, True, "")
    page = giver.get(f"/challenges/{about.pk}/plan/").content.decode()
    assert (f"Togs tillbaka av {world.people['lead'].full_name}" in page, address in page) == (True, False)
    assert [fact.text for _notice, fact in render(world.person("author"), Notice.objects.filter(cancelled_at__isnull=True))] == [
        f"{world.people['lead'].full_name} ber om Hyllor"
    ]
    late = giver.post(address, {"outcome": "refused", "note": "Inga pengar i år."})
    assert (late.status_code, "Inga pengar i år." in late.content.decode(), "Togs tillbaka" in late.content.decode()) == (409, True, True)
    actions.answer(by=world.person("author"), resource=second, outcome=Outcome.GRANTED, note="")
    with pytest.raises(Overtaken):
        actions.take_back(by=world.person("lead"), resource=second)
    assert lead.post(f"/challenges/{about.pk}/resources/{second.pk}/take-back/").status_code == 303
    assert Resource.objects.get(pk=second.pk).taken_back_at is None


def test_who_may_take_it_back(world: World) -> None:
    about = in_plan(world)
    resource = asked_for(world, about, by="organisation_coordinator", giver=world.people["same_department"])
    assert {role for role in ROLES if world.person(role).has_perm("challenges.take_back_resource", resource)} == ANSWERS | {"lead"}
    Contribution.objects.filter(pk=about.pk).update(status=Status.SOLVED)
    with pytest.raises(PermissionDenied):
        actions.take_back(by=world.person("lead"), resource=resource)


@pytest.mark.django_db(transaction=True)
def test_an_answer_and_its_taking_back_at_once_leave_one() -> None:
    world = World()
    resource = asked_for(world, in_plan(world), giver=world.person("author"))
    lead, giver = world.person("lead"), world.person("author")
    found = at_once(
        lambda: actions.take_back(by=lead, resource=resource),
        lambda: actions.answer(by=giver, resource=resource, outcome=Outcome.GRANTED, note=""),
    )
    assert sum(isinstance(one, Overtaken) for one in found) == 1
    row = Resource.objects.get()
    assert (row.taken_back_at is None) == (row.outcome == Outcome.GRANTED)


def test_what_is_not_answered_is_reminded_of_once_after_five_working_days(world: World, time_machine: Any) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    Organisation.objects.filter(pk=world.municipality.pk).update(days_off=[datetime.date(2027, 3, 5)])
    about = in_plan(world)
    asked_for(world, about, giving_department=world.abroad)
    taken_back = asked_for(world, about, giver=world.people["author"])
    actions.take_back(by=world.person("lead"), resource=taken_back)
    expected = {"other_organisation_coordinator", "group_coordinator"}
    remind(now=THURSDAY + 7 * DAY)  # four working days of the municipality, which was closed on the Friday
    assert told("resource_waits") == []
    for days in (8, 8, 11, 12):
        remind(now=THURSDAY + days * DAY)
    assert who(world, {pk for pk, _ids in told("resource_waits")}) == expected
    assert len(told("resource_waits")) == 2


def test_three_days_down_reminds_once_and_an_answer_leaves_nothing_to_say(world: World, time_machine: Any) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    giver = world.person("author")
    resource = asked_for(world, in_plan(world), giver=giver)
    remind(now=THURSDAY + 12 * DAY)
    waits = Notice.objects.filter(kind="challenges.resource_waits")
    ((notice, fact),) = render(giver, waits)
    assert (notice.recipient_id, fact.text) == (giver.pk, f"{world.people['lead'].full_name} väntar fortfarande på svar: Sandning i april")
    actions.answer(by=giver, resource=resource, outcome=Outcome.GRANTED, note="")
    remind(now=THURSDAY + 13 * DAY)
    assert (waits.count(), render(giver, waits)) == (1, [])


def test_when_the_person_asked_has_left_those_who_lead_hear_of_it(world: World, time_machine: Any) -> None:
    time_machine.move_to(THURSDAY, tick=False)
    asked_for(world, in_plan(world), giver=world.people["author"])
    Person.objects.filter(pk=world.people["author"].pk).update(is_active=False, deactivated_at=timezone.now())
    remind(now=THURSDAY + 8 * DAY)
    lead = world.person("lead")
    ((_notice, fact),) = render(lead, Notice.objects.filter(kind="challenges.resource_waits"))
    assert "arbetar inte längre här" in fact.text


def test_the_database_lets_nothing_answered_be_taken_back(world: World) -> None:
    resource = asked_for(world, in_plan(world), giver=world.person("author"))
    actions.answer(by=world.person("author"), resource=resource, outcome=Outcome.GRANTED, note="")
    for row in ({"taken_back_at": timezone.now(), "taken_back_by": world.people["lead"]}, {"taken_back_by": world.people["lead"]}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Resource.objects.filter(pk=resource.pk).update(**row)
