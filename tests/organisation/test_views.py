"""The administrators' pages: what they show, what they do, what they refuse, how many queries they take."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from organisation.actions import close_department, deactivate_person, rename_department
from organisation.enums import Role
from organisation.models import AuditEntry, Department, Organisation, Person, RoleAssignment
from tests.factories import DepartmentFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


@pytest.fixture
def group_admin() -> Person:
    return RoleAssignmentFactory.create(role=Role.ADMIN, person__given_name="Petra", person__family_name="Kauppinen").person


@pytest.fixture
def client(group_admin: Person) -> Client:
    return signed_in(group_admin)


@pytest.fixture
def local_admin() -> Person:
    """Administers the organisation they work in, and nothing else."""
    person = PersonFactory.create(given_name="Joakim")
    RoleAssignmentFactory.create(role=Role.ADMIN, person=person, organisation=person.organisation)
    return person


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def said(response: Any) -> str:
    """What the act just done says; those of earlier ones still wait for their page."""
    return str(list(get_messages(response.wsgi_request))[-1])


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


class TestQueryCounts:
    """Session, person, roles and bell included."""

    def test_overview(self, client: Client) -> None:
        organisation = OrganisationFactory.create()
        DepartmentFactory.create(organisation=organisation)
        url = reverse("organisation:organisation", args=[organisation.pk])
        assert queries(client, url) == 8
        top = DepartmentFactory.create(organisation=organisation)
        PersonFactory.create(department=DepartmentFactory.create(parent=top))
        assert queries(client, url) == 8

    def test_people(self, client: Client) -> None:
        assert queries(client, reverse("organisation:people")) == 7
        for _ in range(2):
            RoleAssignmentFactory.create(department=DepartmentFactory.create())
        assert queries(client, reverse("organisation:people")) == 7

    def test_person(self, client: Client, local_admin: Person) -> None:
        url = reverse("organisation:person", args=[local_admin.pk])
        assert queries(client, url) == 6
        for _ in range(2):
            RoleAssignmentFactory.create(person=local_admin, department=DepartmentFactory.create(), deputy=PersonFactory.create())
        assert queries(client, url) == 6

    def test_log(self, client: Client) -> None:
        unit = DepartmentFactory.create()
        rename_department(by=None, department=unit, name="Ett")
        assert queries(client, reverse("organisation:log")) == 5
        rename_department(by=None, department=unit, name="Två")
        rename_department(by=None, department=unit, name="Tre")
        assert queries(client, reverse("organisation:log")) == 5

    def test_forms(self, client: Client, local_admin: Person) -> None:
        unit = local_admin.department
        role = RoleAssignmentFactory.create(person=local_admin)
        urls = [
            reverse("organisation:new_organisation"),
            reverse("organisation:edit_organisation", args=[unit.organisation_id]),
            reverse("organisation:new_department", args=[unit.organisation_id]),
            reverse("organisation:department", args=[unit.pk]),
            reverse("organisation:close_department", args=[unit.pk]),
            reverse("organisation:invite"),
            reverse("organisation:edit_person", args=[local_admin.pk]),
            reverse("organisation:away", args=[local_admin.pk]),
            reverse("organisation:deactivate", args=[local_admin.pk]),
            reverse("organisation:give_role", args=[local_admin.pk]),
            reverse("organisation:deputy", args=[role.pk]),
            reverse("organisation:end_role", args=[role.pk]),
            reverse("settings"),
        ]
        before = [queries(client, url) for url in urls]
        for _ in range(3):
            PersonFactory.create(department=DepartmentFactory.create(parent=unit))
        assert [queries(client, url) for url in urls] == before
        assert before == [4, 5, 6, 6, 7, 5, 7, 5, 5, 7, 5, 5, 4]


class TestRights:
    def test_staff_have_no_pages_here(self) -> None:
        client = signed_in(PersonFactory.create())
        for name in ("overview", "people", "log", "invite", "new_organisation"):
            assert client.get(reverse(f"organisation:{name}")).status_code == 403

    def test_a_local_admin_manages_only_their_own(self, local_admin: Person) -> None:
        client, other = signed_in(local_admin), PersonFactory.create()
        theirs, mine = other.department, local_admin.department
        expected = {
            ("organisation", mine.organisation_id): 200,
            ("organisation", theirs.organisation_id): 404,
            ("edit_organisation", mine.organisation_id): 200,
            ("edit_organisation", theirs.organisation_id): 403,
            ("new_department", mine.organisation_id): 200,
            ("new_department", theirs.organisation_id): 403,
            ("department", mine.pk): 200,
            ("department", theirs.pk): 403,
            ("close_department", theirs.pk): 403,
            ("person", local_admin.pk): 200,
            ("person", other.pk): 404,
            ("edit_person", other.pk): 404,
            ("away", other.pk): 404,
            ("deactivate", other.pk): 404,
            ("give_role", other.pk): 404,
        }
        found = {key: client.get(reverse(f"organisation:{key[0]}", args=[key[1]])).status_code for key in expected}
        assert found == expected
        assert client.get(reverse("organisation:new_organisation")).status_code == 403
        for name, pk in (("reactivate", other.pk), ("reopen_department", theirs.pk)):
            assert client.post(reverse(f"organisation:{name}", args=[pk])).status_code in (403, 404)

    def test_a_local_admin_sees_their_own_people_log_and_departments(self, local_admin: Person, group_admin: Person) -> None:
        client = signed_in(local_admin)
        rename_department(by=group_admin, department=group_admin.department, name="Hemligt")
        rename_department(by=group_admin, department=local_admin.department, name="Hemma")
        page = text(client.get(reverse("organisation:people")))
        assert "Joakim" in page
        assert "Petra" not in page
        log = text(client.get(reverse("organisation:log")))
        assert "Hemma" in log
        assert "Hemligt" not in log
        invite = text(client.get(reverse("organisation:invite")))
        assert "Hemma" in invite
        assert "Hemligt" not in invite

    def test_nobody_gives_more_than_they_have(self, local_admin: Person) -> None:
        client = signed_in(local_admin)
        url = reverse("organisation:give_role", args=[local_admin.pk])
        elsewhere = DepartmentFactory.create()
        for scope in ("group", f"organisation-{elsewhere.organisation_id}", f"department-{elsewhere.pk}"):
            response = client.post(url, {"role": "admin", "scope": scope, "start_on": timezone.localdate()})
            assert response.status_code == 422
            assert "Välj något i listan." in text(response)
        assert RoleAssignment.objects.count() == 1

    def test_nobody_ends_a_role_above_their_own(self, local_admin: Person) -> None:
        above = RoleAssignmentFactory.create(person=PersonFactory.create(department=local_admin.department), role=Role.ADMIN)
        client = signed_in(local_admin)
        assert client.get(reverse("organisation:end_role", args=[above.pk])).status_code == 404
        assert client.post(reverse("organisation:deputy", args=[above.pk]), {"deputy": local_admin.email}).status_code == 404
        page = text(client.get(reverse("organisation:person", args=[above.person_id])))
        assert reverse("organisation:end_role", args=[above.pk]) not in page

    def test_nor_takes_over_an_account_above_their_own_by_its_address(self, local_admin: Person) -> None:
        above = RoleAssignmentFactory.create(person=PersonFactory.create(department=local_admin.department), role=Role.ADMIN).person
        beside = PersonFactory.create(department=local_admin.department)
        client = signed_in(local_admin)
        for person, changes in ((above, False), (beside, True)):
            url = reverse("organisation:edit_person", args=[person.pk])
            assert ('name="email"' in text(client.get(url))) is changes
            data = {"given_name": "A", "family_name": "B", "email": f"mine{person.pk}@example.test", "language": "sv"}
            assert client.post(url, {**data, "department": local_admin.department_id}).status_code == 303
            assert (Person.objects.get(pk=person.pk).email == data["email"]) is changes

    def test_a_department_admin_renames_but_does_not_move_out(self) -> None:
        top = DepartmentFactory.create()
        unit = DepartmentFactory.create(parent=top, name="Kök")
        beside = DepartmentFactory.create(parent=top, name="Bredvid")
        admin = PersonFactory.create(department=unit)
        RoleAssignmentFactory.create(role=Role.ADMIN, person=admin, department=unit)
        client, url = signed_in(admin), reverse("organisation:department", args=[unit.pk])
        assert client.post(url, {"name": "Köket", "parent": top.pk}).status_code == 303
        for goal in ("", beside.pk):
            assert client.post(url, {"name": "Köket", "parent": goal}).status_code == 422
        under = reverse("organisation:new_department", args=[top.organisation_id])
        assert client.post(under, {"name": "Disk", "code": "D", "parent": unit.pk}).status_code == 303
        assert client.post(under, {"name": "Disk", "code": "E", "parent": ""}).status_code == 422
        assert Department.objects.get(code="D").path == f"{unit.path}{Department.objects.get(code='D').pk}/"


class TestStructure:
    def test_an_empty_house_says_how_to_begin(self, client: Client, group_admin: Person) -> None:
        organisation = OrganisationFactory.create()
        page = text(client.get(reverse("organisation:organisation", args=[organisation.pk])))
        assert "Inga enheter ännu" in page

    def test_the_tree_counts_those_beneath(self, client: Client) -> None:
        top = DepartmentFactory.create(name="Socialförvaltningen", code="SOC")
        unit = DepartmentFactory.create(parent=top, name="Hemtjänst", code="HTJ")
        PersonFactory.create(department=top)
        for _ in range(2):
            PersonFactory.create(department=unit)
        PersonFactory.create(department=unit, is_active=False, deactivated_at=timezone.now())
        page = text(client.get(reverse("organisation:organisation", args=[top.organisation_id])))
        assert "SOC · 3 personer" in page
        assert "HTJ · 2 personer" in page

    def test_creating_an_organisation(self, client: Client) -> None:
        data = {"name": "Kirunabostäder AB", "short_name": "Kirunabostäder", "kind": "company", "answer_within": "10"}
        response = client.post(reverse("organisation:new_organisation"), data)
        assert (response.status_code, response["Location"]) == (303, reverse("organisation:overview"))
        assert said(response) == "Kirunabostäder AB finns nu. Lägg till enheterna, eller importera dem."
        again = client.post(reverse("organisation:new_organisation"), data)
        assert again.status_code == 422
        assert "Det finns redan en organisation med det namnet." in text(again)

    def test_changing_an_organisation(self, client: Client) -> None:
        organisation = OrganisationFactory.create()
        url = reverse("organisation:edit_organisation", args=[organisation.pk])
        assert client.post(url, {"name": "Nytt", "short_name": "N", "answer_within": "5"}).status_code == 303
        assert client.post(url, {"name": "Nytt", "short_name": "N", "answer_within": "0"}).status_code == 422
        organisation.refresh_from_db()
        assert (organisation.name, organisation.answer_within) == ("Nytt", 5)

    def test_creating_moving_and_renaming_a_department(self, client: Client) -> None:
        top = DepartmentFactory.create(name="Socialförvaltningen")
        new = reverse("organisation:new_department", args=[top.organisation_id])
        assert f'value="{top.pk}" selected' in text(client.get(new, {"parent": top.pk}))
        assert client.post(new, {"name": "Hemtjänst", "code": "HTJ", "parent": top.pk}).status_code == 303
        unit = Department.objects.get(code="HTJ")
        response = client.post(reverse("organisation:department", args=[unit.pk]), {"name": "Hemvård", "parent": ""})
        assert (response.status_code, said(response)) == (303, "Hemvård är sparad.")
        unit.refresh_from_db()
        assert (unit.name, unit.parent, unit.path) == ("Hemvård", None, f"/{unit.pk}/")

    def test_both_or_neither_of_a_name_and_a_move(self, client: Client) -> None:
        top = DepartmentFactory.create()
        unit = DepartmentFactory.create(organisation=top.organisation, name="Hemtjänst")
        DepartmentFactory.create(parent=top, name="Upptaget")
        response = client.post(reverse("organisation:department", args=[unit.pk]), {"name": "Upptaget", "parent": top.pk})
        assert response.status_code == 422
        assert "Det finns redan en enhet med det namnet på samma plats." in text(response)
        assert 'value="Upptaget"' in text(response)
        unit.refresh_from_db()
        assert (unit.name, unit.parent) == ("Hemtjänst", None)

    def test_closing_asks_where_the_people_go(self, client: Client) -> None:
        person = PersonFactory.create(department__name="Hemtjänst")
        unit, goal = person.department, DepartmentFactory.create()
        url = reverse("organisation:close_department", args=[unit.pk])
        assert "1 person arbetar här och behöver en ny plats." in text(client.get(url))
        refused = client.post(url, {"people_to": ""})
        assert refused.status_code == 422
        assert "1 person arbetar här. Välj vart hen ska flyttas." in text(refused)
        done = client.post(url, {"people_to": goal.pk})
        assert said(done) == "Hemtjänst är avslutad. Bidragen därifrån ligger kvar."
        person.refresh_from_db()
        assert person.department == goal
        page = text(client.get(reverse("organisation:organisation", args=[unit.organisation_id])))
        assert "Öppna igen<span" in page

    def test_closing_an_empty_one_and_opening_it_again(self, client: Client) -> None:
        unit = DepartmentFactory.create()
        below = DepartmentFactory.create(parent=unit)
        url = reverse("organisation:close_department", args=[unit.pk])
        assert "Det finns öppna enheter under den här." in text(client.post(url))
        close_department(by=None, department=below)
        assert client.post(url).status_code == 303
        refused = client.post(reverse("organisation:reopen_department", args=[below.pk]))
        assert said(refused) == "Enheten ovanför är avslutad. Öppna den först, eller flytta den här."
        assert said(client.post(reverse("organisation:reopen_department", args=[unit.pk]))) == f"{unit.name} är öppen igen."
        assert list(Department.objects.open().filter(organisation=unit.organisation)) == [unit]


class TestPeople:
    def test_search_filter_and_closed_accounts(self, client: Client) -> None:
        top = DepartmentFactory.create(name="Vård")
        unit = DepartmentFactory.create(parent=top)
        PersonFactory.create(given_name="Åsa", family_name="Öberg", department=unit, email="asa@example.test")
        PersonFactory.create(given_name="Asta", family_name="Berg", job_title="Städare")
        gone = PersonFactory.create(given_name="Borta", department=unit)
        deactivate_person(by=None, person=gone)
        url = reverse("organisation:people")

        def names(**asked: str | int) -> list[str]:
            return [person.full_name for person in client.get(url, asked).context["rows"].rows]

        assert names(q="åsa") == ["Åsa Öberg"]
        assert names(q="oberg") == []
        assert names(q="ASA@example.test") == ["Åsa Öberg"]
        assert names(q="städ berg") == ["Asta Berg"]
        assert names(department=top.pk) == ["Åsa Öberg"]
        assert names(closed="on") == ["Borta Family"]
        assert names(q="vård", closed="on") == []
        assert "Ingen hittades" in text(client.get(url, {"q": "zzz"}))

    @pytest.mark.parametrize("asked", [{"q": "x" * 300}, {"q": "a\0b"}, {"department": "x"}, {"department": "9" * 30}, {"after": "%%"}])
    def test_bad_filters_are_no_error(self, client: Client, asked: dict[str, str]) -> None:
        assert client.get(reverse("organisation:people"), asked).status_code == 200

    def test_pages(self, client: Client) -> None:
        PersonFactory.create_batch(31, department=DepartmentFactory.create())
        first = client.get(reverse("organisation:people"), {"q": "family"})
        assert len(first.context["rows"].rows) == 30
        second = client.get(reverse("organisation:people"), {"q": "family", "after": first.context["rows"].next})
        assert len(second.context["rows"].rows) == 1
        assert 'href="?q=family&amp;after=' in text(second)

    def test_inviting(self, client: Client) -> None:
        unit = DepartmentFactory.create()
        url = reverse("organisation:invite")
        assert "logga in med en kod via e-post" in text(client.get(url))
        data = {"given_name": " Sara ", "family_name": "Niemi", "email": "sara@example.test", "department": unit.pk, "language": "sv"}
        response = client.post(url, data)
        assert (response.status_code, said(response)) == (303, "Sara Niemi kan nu logga in med en kod via e-post.")
        again = client.post(url, data)
        assert again.status_code == 422
        assert "Det finns redan ett konto med den adressen." in text(again)
        assert 'value="sara@example.test"' in text(again)
        assert Person.objects.active().filter(email="sara@example.test").count() == 1

    @pytest.mark.parametrize(
        "wrong",
        [
            {"given_name": ""},
            {"given_name": "   "},
            {"given_name": "\u200b"},
            {"given_name": "x" * 61},
            {"family_name": "x" * 1_000_000},
            {"email": "sara"},
            {"email": f"{'x' * 250}@example.test"},
            {"email": "sa\0ra@example.test"},
            {"department": ""},
            {"department": "0"},
            {"department": "x"},
            {"language": "fi"},
            {"job_title": "x" * 81},
        ],
        ids=str,
    )
    def test_wrong_fields_keep_what_was_typed(self, client: Client, wrong: dict[str, str]) -> None:
        unit = DepartmentFactory.create()
        data = {"given_name": "Sara", "family_name": "Niemi", "email": "sara@example.test", "department": unit.pk, "language": "sv"}
        response = client.post(reverse("organisation:invite"), {**data, **wrong})
        assert response.status_code == 422
        [field] = wrong
        assert list(response.context["form"].errors) == [field]
        kept = {"given_name": "Sara", "family_name": "Niemi"}
        assert all(f'value="{value}"' in text(response) for name, value in kept.items() if name != field)
        assert not Person.objects.filter(email="sara@example.test").exists()

    def test_a_name_without_nul_is_what_was_meant(self, client: Client) -> None:
        unit = DepartmentFactory.create()
        data = {"given_name": "Sa\0ra", "family_name": "Niemi", "email": "sara@example.test", "department": unit.pk, "language": "sv"}
        assert client.post(reverse("organisation:invite"), data).status_code == 303
        assert Person.objects.get_by_natural_key("sara@example.test").given_name == "Sara"

    def test_the_page_of_a_person(self, client: Client, group_admin: Person) -> None:
        deputy = PersonFactory.create(given_name="Ove", family_name="Mella")
        held = RoleAssignmentFactory.create(
            person__given_name="Sara", deputy=deputy, organisation=OrganisationFactory.create(name="Bolaget")
        )
        page = text(client.get(reverse("organisation:person", args=[held.person_id])))
        assert "ställföreträdare Ove Mella" in page
        assert reverse("organisation:deactivate", args=[held.person_id]) in page
        own = text(client.get(reverse("organisation:person", args=[group_admin.pk])))
        assert reverse("organisation:deactivate", args=[group_admin.pk]) not in own

    def test_changing_somebody_in_a_closed_department(self, client: Client) -> None:
        person = PersonFactory.create(is_active=False, deactivated_at=timezone.now())
        close_department(by=None, department=person.department)
        data = {"given_name": "Sara", "family_name": "Niemi", "email": person.email, "language": "sv"}
        url = reverse("organisation:edit_person", args=[person.pk])
        assert client.post(url, {**data, "department": person.department_id}).status_code == 303
        goal = DepartmentFactory.create()
        assert client.post(url, {**data, "department": goal.pk}).status_code == 303
        person.refresh_from_db()
        assert (person.full_name, person.department) == ("Sara Niemi", goal)

    def test_closing_and_opening_an_account(self, client: Client, group_admin: Person) -> None:
        person = PersonFactory.create(given_name="Sara", family_name="Niemi")
        assert said(client.post(reverse("organisation:deactivate", args=[person.pk]))) == "Kontot för Sara Niemi är stängt."
        response = client.post(reverse("organisation:reactivate", args=[person.pk]))
        assert said(response) == "Kontot är öppet igen. Personen loggar in med en kod via e-post."
        own = client.post(reverse("organisation:deactivate", args=[group_admin.pk]))
        assert own.status_code == 422
        assert "Du kan inte stänga ditt eget konto. Be en annan administratör." in text(own)

    def test_a_page_that_posts_does_not_answer_get(self, client: Client) -> None:
        person = PersonFactory.create()
        assert client.get(reverse("organisation:reactivate", args=[person.pk])).status_code == 405
        assert client.get(reverse("organisation:reopen_department", args=[person.department_id])).status_code == 405

    def test_away(self, client: Client) -> None:
        person = PersonFactory.create()
        url = reverse("organisation:away", args=[person.pk])
        assert client.post(url, {"away_from": "2026-12-01", "away_until": "2026-12-07"}).status_code == 303
        wrong = client.post(url, {"away_from": "2026-12-01", "away_until": "i jul"})
        assert wrong.status_code == 422
        assert "Skriv dagen som år, månad och dag, till exempel" in text(wrong)
        half = client.post(url, {"away_from": "2026-12-01", "away_until": ""})
        assert "Ange både första och sista dagen, eller ingen av dem." in text(half)


class TestRoles:
    def test_giving_one_with_a_deputy_by_name(self, client: Client) -> None:
        holder = PersonFactory.create(given_name="Sara", family_name="Niemi")
        deputy = PersonFactory.create(given_name="Anna Karin", family_name="Drugge")
        data = {"role": "coordinator", "scope": f"organisation-{holder.department.organisation_id}", "start_on": "2026-11-01"}
        response = client.post(reverse("organisation:give_role", args=[holder.pk]), {**data, "deputy": "anna karin drugge"})
        assert said(response) == "Sara Niemi har nu rollen koordinator."
        held = RoleAssignment.objects.get(person=holder)
        assert (held.organisation, held.deputy, held.end_on) == (holder.department.organisation, deputy, None)
        again = client.post(reverse("organisation:give_role", args=[holder.pk]), data)
        assert "Personen har redan rollen där under den tiden." in text(again)

    def test_for_the_group_and_for_a_department(self, client: Client) -> None:
        holder = PersonFactory.create()
        for scope in ("group", f"department-{holder.department_id}"):
            data = {"role": "ambassador", "scope": scope, "start_on": "2026-11-01", "end_on": "2027-01-01"}
            assert client.post(reverse("organisation:give_role", args=[holder.pk]), data).status_code == 303
        assert [role.scope for role in RoleAssignment.objects.filter(person=holder).order_by("id")] == [None, holder.department]

    @pytest.mark.parametrize(
        ("wrong", "sentence"),
        [
            ({"role": "king"}, "role"),
            ({"scope": "department-0"}, "scope"),
            ({"scope": ""}, "scope"),
            ({"start_on": "i går"}, "start_on"),
            ({"start_on": ""}, "start_on"),
            ({"end_on": "2026-10-31"}, "end_on"),
            ({"deputy": "Ingen Alls"}, "deputy"),
            ({"deputy": "Tve Eka"}, "deputy"),
            ({"deputy": "Sara Niemi"}, "deputy"),
            ({"deputy": "x\0@" + "y" * 300}, "deputy"),
        ],
    )
    def test_what_is_wrong_stands_at_its_field(self, client: Client, wrong: dict[str, str], sentence: str) -> None:
        holder = PersonFactory.create(given_name="Sara", family_name="Niemi")
        PersonFactory.create_batch(2, given_name="Tve", family_name="Eka")
        data = {"role": "coordinator", "scope": "group", "start_on": "2026-11-01"}
        response = client.post(reverse("organisation:give_role", args=[holder.pk]), {**data, **wrong})
        assert (response.status_code, list(response.context["form"].errors)) == (422, [sentence])

    def test_deputy_and_end(self, client: Client) -> None:
        held = RoleAssignmentFactory.create(start_on=timezone.localdate() - datetime.timedelta(days=9))
        deputy = PersonFactory.create()
        url = reverse("organisation:deputy", args=[held.pk])
        assert client.post(url, {"deputy": deputy.email}).status_code == 303
        assert f'value="{deputy.email}"' in text(client.get(url))
        assert client.post(reverse("organisation:end_role", args=[held.pk]), {"end_on": ""}).status_code == 303
        held.refresh_from_db()
        assert (held.deputy, held.end_on) == (deputy, timezone.localdate() - datetime.timedelta(days=1))

    def test_the_last_group_admin_is_told_why_not(self, client: Client, group_admin: Person) -> None:
        own = RoleAssignment.objects.get(person=group_admin)
        response = client.post(reverse("organisation:end_role", args=[own.pk]), {"end_on": ""})
        assert response.status_code == 422
        assert "Ge någon annan rollen först." in text(response)


class TestLog:
    def test_says_who_did_what(self, client: Client, group_admin: Person) -> None:
        unit = DepartmentFactory.create(name="Hemtjänst")
        rename_department(by=group_admin, department=unit, name="Hemvård")
        page = text(client.get(reverse("organisation:log")))
        assert "Bytte namn på enheten <strong>Hemvård</strong>" in page
        assert "Namn: <del>Hemtjänst</del> → Hemvård" in page
        assert "Petra Kauppinen" in page

    def test_every_kind_of_line_can_be_read(self, client: Client) -> None:
        person = PersonFactory.create()
        details = {
            "role": "ambassador",
            "scope": "",
            "language": ["sv", "en"],
            "unknown": "x",
            "parent": ["", "Top"],
            "deputy": ["Ove", ""],
        }
        AuditEntry.objects.create(
            by_name="x", verb="something.else", subject="Y", subject_type="person", subject_id=person.pk, details=details
        )
        page = text(client.get(reverse("organisation:log")))
        assert "Roll: Innovationsambassadör · Gäller för: hela kommunkoncernen · Ställföreträdare: <del>Ove</del> → inget" in page
        assert "Språk: <del>Svenska</del> → English · Ligger under: <del>överst</del> → Top" in page


class TestSettings:
    data = {"language": "en", "away_from": "2026-12-01", "away_until": "2026-12-07", "single_keys": ""}

    def test_language_changes_at_once(self) -> None:
        person = PersonFactory.create()
        client = signed_in(person)
        assert '<html lang="sv">' in text(client.get(reverse("settings")))
        response = client.post(reverse("settings"), self.data, follow=True)
        assert '<html lang="en">' in text(response)
        assert said(response) == "Saved."
        person.refresh_from_db()
        assert (person.language, person.single_keys, str(person.away_from), str(person.away_until)) == (
            "en",
            False,
            "2026-12-01",
            "2026-12-07",
        )
        assert "data-single-keys" in text(response)

    def test_the_other_pages_are_one_step_away(self) -> None:
        page = text(signed_in(PersonFactory.create()).get(reverse("settings")))
        assert 'href="/notifications/preferences/"' in page
        assert f'href="{reverse("account_change_password")}"' in page

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [({"language": "fi"}, "language"), ({"away_until": ""}, "away_until"), ({"away_from": "x"}, "away_from"), ({"away_until": "2026-11-01"}, "away_until")],
    )  # fmt: skip
    def test_what_is_wrong_is_said_and_nothing_is_saved(self, wrong: dict[str, str], field: str) -> None:
        person = PersonFactory.create()
        response = signed_in(person).post(reverse("settings"), {**self.data, **wrong})
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
        person.refresh_from_db()
        assert (person.language, person.away_from) == ("sv", None)


def test_a_form_for_a_dialog_is_the_form_alone(client: Client) -> None:
    unit = DepartmentFactory.create()
    url = reverse("organisation:department", args=[unit.pk])
    part = client.get(url, headers={"HX-Request": "true"})
    assert part.content.decode().lstrip().startswith("<div")
    assert "<html" not in text(part)
    wrong = client.post(url, {"name": "", "parent": ""}, headers={"HX-Request": "true"})
    assert (wrong.status_code, "<html" in text(wrong)) == (422, False)
    done = client.post(url, {"name": "Ny", "parent": ""}, headers={"HX-Request": "true"})
    assert (done.status_code, done["HX-Redirect"]) == (204, reverse("organisation:organisation", args=[unit.organisation_id]))
    assert Organisation.objects.filter(departments__name="Ny").count() == 1
