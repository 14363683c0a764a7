"""What solved it, who has taken it up, and the page for paper."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenges.actions import plan
from challenges.models import Adoption, Result
from contributions.enums import Kind, Status, SupportKind
from contributions.lifecycle import advance
from contributions.models import Contribution, Support, TrailEntry
from notifications.messages import render
from notifications.models import Notice
from tests.challenges.stages import in_plan, item_in, small_way, trial_in
from tests.contributions.test_talk import client_of
from tests.contributions.world import DAY, World
from tests.factories import DepartmentFactory


def test_what_solved_it_begins_the_result_and_is_taken_back_with_the_step(world: World) -> None:
    about, coordinator = world.contribution(Kind.CHALLENGE, Status.TESTING), world.person("organisation_coordinator")
    advance(by=coordinator, contribution=about, step="solve", values={"reason": "Påsarna vann."})
    assert Result.objects.get().text == "Påsarna vann."
    advance(by=coordinator, contribution=about, step="undo")
    assert not Result.objects.exists()


def test_the_result_is_written_and_two_writers_see_each_other(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.SOLVED)
    client, address = client_of(world.person("lead")), f"/challenges/{about.pk}/spread/result/"
    good = {"text": "Påsar.", "effect": "Färre fel.", "before": "11", "after": "1,5", "unit": "plagg i veckan", "version": "0"}
    for wrong in ({"text": ""}, {"before": "elva"}, {"before": "1e400"}, {"unit": ""}):
        assert client.post(address, good | wrong).status_code == 422, wrong
    assert client.post(address, good).status_code == 303
    assert "Från 11 till 1,5 plagg i veckan" in " ".join(client.get(f"/challenges/{about.pk}/spread/").content.decode().split())
    late = client_of(world.person("organisation_coordinator")).post(address, good | {"text": "Märken."})
    page = late.content.decode()
    assert (late.status_code, "Påsar." in page, "Märken." in page, Result.objects.get().text) == (409, True, True, "Påsar.")


def test_a_department_of_another_organisation_takes_it_up_and_the_author_is_glad(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.SOLVED)
    person = world.person("other_organisation")
    client, address = client_of(person), f"/challenges/{about.pk}/spread/adopt/"
    good = {"department": person.department_id, "since": str(world.today), "changed": "Vi har nätpåsar."}
    for wrong in ({"department": world.beside.pk}, {"department": "x"}, {"since": str(world.today + DAY)}, {"since": ""}):
        assert client.post(address, good | wrong).status_code == 422, wrong
    assert client.post(address, good).status_code == 303
    assert client.post(address, good).status_code == 422
    assert Adoption.objects.get().department_id == person.department_id
    assert "Vi har nätpåsar." in TrailEntry.objects.get(step="adopted_by").text
    author = world.person("author")
    ((_notice, fact),) = render(author, Notice.objects.filter(recipient=author, kind="challenges.adopted"))
    assert (world.abroad.name in fact.text, fact.quote, fact.url) == (True, "Vi har nätpåsar.", f"/challenges/{about.pk}/spread/")
    covers = client_of(world.person("organisation_coordinator"))
    assert covers.post(address, good | {"department": world.beside.pk}).status_code == 303
    page = covers.get(f"/challenges/{about.pk}/spread/").content.decode()
    assert ("2 avdelningar" in page, "2 organisationer" in page) == (True, True)


def test_those_with_the_same_need_are_listed_until_they_do_it(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.SOLVED)
    needing = world.people["other_department"]
    Support.objects.create(contribution=about, person=needing, kind=SupportKind.NEED, department=needing.department)
    client = client_of(needing)
    assert world.beside.name in client.get(f"/challenges/{about.pk}/spread/").content.decode()
    client.post(f"/challenges/{about.pk}/spread/adopt/", {"department": world.beside.pk, "since": str(world.today)})
    assert "Vem mer har samma problem?" not in client.get(f"/challenges/{about.pk}/spread/").content.decode()


def test_what_a_department_no_longer_does_stays_with_what_it_taught(world: World) -> None:
    about, person = world.contribution(Kind.CHALLENGE, Status.SOLVED), world.person("other_organisation")
    told = {"department": person.department_id, "since": str(world.today)}
    client, address = client_of(person), f"/challenges/{about.pk}/spread/"
    client.post(f"{address}adopt/", told)
    row = Adoption.objects.get()
    ending = f"{address}adopt/{row.pk}/"
    assert f'href="{ending}"' in client.get(address).content.decode()
    stranger = client_of(world.person("other_department"))
    assert (f'href="{ending}"' in stranger.get(address).content.decode(), stranger.post(ending).status_code) == (False, 403)
    assert client.post(ending, {"learnt": "x" * 2_001}).status_code == 422
    assert [client.post(ending, {"learnt": "Näten slits."}).status_code for _time in range(2)] == [303, 303]
    row.refresh_from_db()
    assert (row.ended_by, row.learnt, row.ended_at is not None) == (person, "Näten slits.", True)
    assert TrailEntry.objects.filter(step="adopted_no_more").get().text == f"{row.place}. Näten slits."
    page = client.get(address).content.decode()
    assert ("Näten slits." in page, "1 avdelning" in page, f'href="{ending}"' in page) == (True, False, False)
    author = world.person("author")
    assert render(author, Notice.objects.filter(recipient=author, kind="challenges.adopted")) == []
    assert client.post(f"{address}adopt/", told).status_code == 303


def test_an_ended_adoption_says_by_whom(world: World) -> None:
    about, person = world.contribution(Kind.CHALLENGE, Status.SOLVED), world.person("lead")
    given = {"contribution": about, "department": person.department, "since": world.today, "told_by": person}
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.create(**given, ended_at=timezone.now())
    Adoption.objects.create(**given)
    with pytest.raises(IntegrityError), transaction.atomic():
        Adoption.objects.create(**given)


def test_nobody_takes_up_what_is_not_solved(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.TESTING)
    for name in ("result", "adopt"):
        assert client_of(world.person("lead")).post(f"/challenges/{about.pk}/spread/{name}/").status_code == 403


def test_the_printed_page_holds_what_the_stages_found_and_both_trails(world: World) -> None:
    about = in_plan(world)
    item_in(world, about)
    small_way(world, about)
    advance(by=world.person("organisation_coordinator"), contribution=about, step="test", values={"reason": "Vi börjar."})
    trial_in(world, about)
    page = client_of(world.person("author")).get(f"/challenges/{about.pk}/printed/").content.decode()
    assert all(words in page for words in ("Sätt upp skåp", "Enhetschefen", "Ett skåp i ett trapphus.", "Vi börjar.", 'id="d1"', 'id="d2"'))


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("page", "most"), [("plan", 12), ("tests", 12), ("spread", 12), ("printed", 12)])
def test_a_screen_costs_the_same_however_much_there_is(world: World, page: str, most: int, rows: int) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.TESTING)
    small_way(world, about)
    for _row in range(rows):
        item_in(world, about)
        trial_in(world, about)
        plan.ask_for(
            by=world.person("lead"), challenge=about, values={"sort": "hours", "amount": 1, "what": "x", "giver": world.people["author"]}
        )
    Contribution.objects.filter(pk=about.pk).update(status=Status.SOLVED if page == "spread" else Status.TESTING)
    for role in ("other_organisation", "organisation_coordinator", "group_coordinator"):
        Adoption.objects.create(contribution=about, department=DepartmentFactory.create(), since=world.today, told_by=world.person(role))
    client = client_of(world.person("lead"))
    with CaptureQueriesContext(connection) as caught:
        assert client.get(f"/challenges/{about.pk}/{page}/").status_code == 200
    assert len(caught) <= most, [query["sql"][:100] for query in caught.captured_queries]
