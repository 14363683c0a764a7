"""The administrators' pages of people and of their roles."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organisation.actions import close_department, deactivate_person
from organisation.models import Person, RoleAssignment
from tests.factories import DepartmentFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory
from tests.organisation.pages import said, text

pytestmark = pytest.mark.django_db


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
