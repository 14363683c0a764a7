"""The administrators' pages: what they show, what they do, what they refuse, how many queries they take."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.actions import close_department, rename_department
from organisation.enums import Role
from organisation.models import AuditEntry, Department, Organisation, Person, RoleAssignment
from tests.factories import DepartmentFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory
from tests.organisation.pages import queries, said, signed_in, text

pytestmark = pytest.mark.django_db


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
