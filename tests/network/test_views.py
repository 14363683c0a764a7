"""The directory, people's pages and departments' pages: who and what is shown to whom, and in how many queries."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contributions.enums import Audience
from network.models import Competence
from organisation.actions import close_department, deactivate_person
from organisation.enums import Role
from organisation.models import Person
from tests.factories import DepartmentFactory, IdeaFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


@pytest.fixture
def viewer() -> Person:
    return PersonFactory.create(given_name="Vera", family_name="Vy", department__organisation__name="Hemma AB")


@pytest.fixture
def client(viewer: Person) -> Client:
    return signed_in(viewer)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


class TestQueryCounts:
    """Session, person, roles and bell included."""

    def test_directory(self, client: Client) -> None:
        assert queries(client, reverse("network")) == 7
        PersonFactory.create_batch(2)
        assert queries(client, reverse("network")) == 7

    def test_departments(self, client: Client) -> None:
        assert queries(client, reverse("departments")) == 7
        DepartmentFactory.create_batch(2)
        assert queries(client, reverse("departments")) == 7

    def test_person(self, client: Client) -> None:
        author = PersonFactory.create(department=DepartmentFactory.create(parent=DepartmentFactory.create()))
        url = reverse("person", args=[author.pk])
        for number in (1, 2):
            IdeaFactory.create_batch(number, author=author)
            for department in DepartmentFactory.create_batch(number):
                RoleAssignmentFactory.create(person=author, role=Role.AMBASSADOR, department=department)
                Competence.objects.create(person=author, name=department.code, key=department.code.lower())
            assert queries(client, url) == 9

    def test_department(self, client: Client) -> None:
        top = DepartmentFactory.create()
        unit = DepartmentFactory.create(parent=top)
        url = reverse("department", args=[unit.pk])
        for number in (1, 2):
            for author in PersonFactory.create_batch(number, department=unit):
                IdeaFactory.create(author=author)
            RoleAssignmentFactory.create_batch(number, role=Role.AMBASSADOR, department=unit)
            DepartmentFactory.create_batch(number, parent=unit)
            assert queries(client, url) == 10

    def test_department_seen_by_a_coordinator_of_departments(self) -> None:
        """One more: how many wait in the queue."""
        unit = IdeaFactory.create().department
        coordinator = RoleAssignmentFactory.create(role=Role.COORDINATOR, department=unit).person
        assert queries(signed_in(coordinator), reverse("department", args=[unit.pk])) == 11


class TestDirectory:
    def names(self, client: Client, **asked: str | int) -> list[str]:
        return [person.full_name for person in client.get(reverse("network"), asked).context["rows"].rows]

    def test_swedish_order(self, client: Client) -> None:
        for family in ("Öberg", "Ärlig", "Zetterlund", "Åström", "Andersson", "Édith", "Wiklund"):
            PersonFactory.create(given_name="X", family_name=family)
        found = [name.removeprefix("X ") for name in self.names(client, q="x")]
        assert found == ["Andersson", "Édith", "Wiklund", "Zetterlund", "Åström", "Ärlig", "Öberg"]

    def test_search_by_name_title_and_department(self, client: Client, viewer: Person) -> None:
        unit = DepartmentFactory.create(name="Räddningstjänst", organisation=OrganisationFactory.create(name="Kiruna kommun"))
        PersonFactory.create(given_name="André", family_name="Åström", job_title="Brandman", department=unit)
        PersonFactory.create(given_name="Asta", family_name="Berg", job_title="Plogförare 100%")
        assert self.names(client, q="andre astrom") == []
        assert self.names(client, q="andre åström") == ["André Åström"]
        assert self.names(client, q="ÅSTRÖM, André") == ["André Åström"]
        assert self.names(client, q="brandman") == ["André Åström"]
        assert self.names(client, q="räddning") == ["André Åström"]
        assert self.names(client, q="kiruna brand") == ["André Åström"]
        assert self.names(client, q="plog berg") == ["Asta Berg"]
        assert self.names(client, q="100%") == ["Asta Berg"]
        assert self.names(client, q="%") == ["Asta Berg"]
        assert len(self.names(client, q="  ")) == 3

    def test_filters_stand_in_the_address(self, client: Client, viewer: Person) -> None:
        top = DepartmentFactory.create()
        below = PersonFactory.create(given_name="Nere", department=DepartmentFactory.create(parent=top))
        PersonFactory.create(given_name="Utanför")
        assert self.names(client, department=top.pk) == ["Nere Family"]
        assert self.names(client, organisation=top.organisation.code) == ["Nere Family"]
        assert self.names(client, organisation=viewer.organisation.code) == ["Vera Vy"]
        page = client.get(f"{reverse('network')}?department={below.department_id}&q=nere")
        assert f'value="{below.department_id}" selected' in text(page)
        assert 'value="nere"' in text(page)

    @pytest.mark.parametrize(
        "asked",
        [{"q": "x" * 300}, {"q": "a\0b"}, {"organisation": "none"}, {"organisation": "a\0"}, {"department": "x"}, {"after": "AAAA"}],
    )
    def test_bad_filters_are_no_error(self, client: Client, asked: dict[str, str]) -> None:
        assert client.get(reverse("network"), asked).status_code == 200

    def test_what_is_wrong_is_said_beside_the_field(self, client: Client) -> None:
        assert "Texten är 300 tecken. Högst 200 får plats." in text(client.get(reverse("network"), {"q": "x" * 300}))

    def test_nobody_found(self, client: Client) -> None:
        assert "Ingen hittades för ”zzz”" in text(client.get(reverse("network"), {"q": "zzz"}))
        empty = DepartmentFactory.create()
        assert "Ingen arbetar här nu" in text(client.get(reverse("network"), {"department": empty.pk}))

    def test_closed_accounts_are_not_there(self, client: Client) -> None:
        gone = PersonFactory.create(given_name="Borta")
        deactivate_person(by=None, person=gone)
        assert "Borta" not in text(client.get(reverse("network")))

    def test_pages_keep_the_filters(self, client: Client) -> None:
        PersonFactory.create_batch(25, department=DepartmentFactory.create())
        first = client.get(reverse("network"), {"q": "family"})
        assert "25 personer" in text(first)
        assert 'href="?q=family&amp;after=' in text(first)
        second = client.get(reverse("network"), {"q": "family", "after": first.context["rows"].next})
        assert len(second.context["rows"].rows) == 1


class TestPerson:
    def test_who_where_and_which_roles(self, client: Client) -> None:
        top = DepartmentFactory.create(name="Socialförvaltningen")
        unit = DepartmentFactory.create(parent=top, name="Hemtjänst")
        person = PersonFactory.create(given_name="Sara", family_name="Niemi", job_title="Undersköterska", department=unit)
        RoleAssignmentFactory.create(person=person, role=Role.AMBASSADOR, department=unit)
        RoleAssignmentFactory.create(person=person, role=Role.COORDINATOR, end_on="2026-01-01", start_on="2025-01-01")
        today = timezone.localdate()
        Person.objects.active().filter(pk=person.pk).update(away_from=today, away_until=today)
        page = text(client.get(reverse("person", args=[person.pk])))
        for part in (
            "<h1>Sara Niemi</h1>",
            "Undersköterska",
            f'href="mailto:{person.email}"',
            f'href="{reverse("department", args=[top.pk])}"',
            f'href="{reverse("department", args=[unit.pk])}"',
            "Innovationsambassadör",
            "Borta till och med",
        ):
            assert part in page
        assert "Koordinator" not in page
        assert reverse("organisation:person", args=[person.pk]) not in page

    def test_only_what_the_viewer_may_see(self, client: Client, viewer: Person) -> None:
        author = PersonFactory.create()
        IdeaFactory.create(author=author, title="För alla")
        IdeaFactory.create(author=author, title="Bara enheten", audience=Audience.DEPARTMENT)
        IdeaFactory.create(author=author, title="Ett utkast", status="draft")
        IdeaFactory.create(author=author, title="Dold", hidden_at=timezone.now())
        url = reverse("person", args=[author.pk])
        page = text(client.get(url))
        assert "För alla" in page
        assert not [title for title in ("Bara enheten", "Ett utkast", "Dold") if title in page]
        colleague = text(signed_in(PersonFactory.create(department=author.department)).get(url))
        assert "Bara enheten" in colleague
        assert "Ett utkast" not in colleague
        assert "Ett utkast" not in text(signed_in(author).get(url))

    def test_somebody_who_has_left_and_brought_something(self, client: Client) -> None:
        gone = PersonFactory.create(given_name="Sara", family_name="Niemi", job_title="Undersköterska")
        RoleAssignmentFactory.create(person=gone, role=Role.AMBASSADOR, department=gone.department)
        IdeaFactory.create(author=gone, title="För alla")
        deactivate_person(by=None, person=gone)
        page = text(client.get(reverse("person", args=[gone.pk])))
        assert "Tidigare medarbetare" in page
        assert "För alla" in page
        assert not [part for part in (gone.email, "Undersköterska", "ambassadör", gone.department.code) if part in page]

    def test_somebody_who_has_left_without_anything_to_see(self, client: Client) -> None:
        gone = PersonFactory.create()
        IdeaFactory.create(author=gone, audience=Audience.DEPARTMENT)
        deactivate_person(by=None, person=gone)
        assert client.get(reverse("person", args=[gone.pk])).status_code == 404
        assert client.get(reverse("person", args=[10**15])).status_code == 404
        colleague = signed_in(PersonFactory.create(department=gone.department))
        assert colleague.get(reverse("person", args=[gone.pk])).status_code == 200

    def test_own_page_and_an_admins_way_to_the_account(self, client: Client, viewer: Person) -> None:
        assert f'href="{reverse("settings")}"' in text(client.get(reverse("person", args=[viewer.pk])))
        admin = signed_in(RoleAssignmentFactory.create(role=Role.ADMIN).person)
        assert reverse("organisation:person", args=[viewer.pk]) in text(admin.get(reverse("person", args=[viewer.pk])))


class TestDepartment:
    def test_where_it_lies_who_is_there_and_what_lies_beneath(self, client: Client) -> None:
        top = DepartmentFactory.create(name="Socialförvaltningen")
        unit = DepartmentFactory.create(parent=top, name="Hemtjänst")
        night = DepartmentFactory.create(parent=unit, name="Nattpatrullen")
        PersonFactory.create(department=night, given_name="Natta")
        page = text(client.get(reverse("department", args=[unit.pk])))
        for part in ("Hemtjänst", "Natta Family", "Nattpatrullen", "1 person arbetar här", reverse("department", args=[top.pk])):
            assert part in page

    def test_ambassadors_who_cover_it_nearest_first(self, client: Client) -> None:
        top = DepartmentFactory.create()
        unit = DepartmentFactory.create(parent=top)
        names = []
        for given, scope in (
            ("Enheten", {"department": unit}),
            ("Toppen", {"department": top}),
            ("Bolaget", {"organisation": top.organisation}),
            ("Under", {"department": DepartmentFactory.create(parent=unit)}),
            ("Annan", {"department": DepartmentFactory.create()}),
        ):
            RoleAssignmentFactory.create(role=Role.AMBASSADOR, person__given_name=given, **scope)
        RoleAssignmentFactory.create(role=Role.COORDINATOR, person__given_name="Koordinator", department=unit)
        gone = RoleAssignmentFactory.create(role=Role.AMBASSADOR, person__given_name="Slutat", department=unit).person
        deactivate_person(by=None, person=gone)
        response = client.get(reverse("department", args=[unit.pk]))
        names = [role.person.given_name for role in response.context["ambassadors"]]
        assert names == ["Enheten", "Toppen", "Bolaget"]

    def test_only_what_the_viewer_may_see_from_here_and_beneath(self, client: Client) -> None:
        top = DepartmentFactory.create()
        below = PersonFactory.create(department=DepartmentFactory.create(parent=top))
        IdeaFactory.create(author=below, title="För alla")
        IdeaFactory.create(author=below, title="Bara enheten", audience=Audience.DEPARTMENT)
        IdeaFactory.create(title="Någon annanstans")
        page = text(client.get(reverse("department", args=[top.pk])))
        assert "För alla" in page
        assert "Bara enheten" not in page
        assert "Någon annanstans" not in page

    def test_many_people_lead_to_the_directory(self, client: Client) -> None:
        unit = PersonFactory.create().department
        PersonFactory.create_batch(12, department=unit)
        page = text(client.get(reverse("department", args=[unit.pk])))
        assert f'href="{reverse("network")}?department={unit.pk}"' in page
        assert "Visa alla 13" in page

    def test_a_closed_one_keeps_its_page(self, client: Client) -> None:
        unit = DepartmentFactory.create()
        IdeaFactory.create(author=PersonFactory.create(), department=unit, title="Kvar här")
        close_department(by=None, department=unit)
        page = text(client.get(reverse("department", args=[unit.pk])))
        assert "Enheten avslutades" in page
        assert "Kvar här" in page
        assert unit.name not in text(client.get(reverse("departments")))

    def test_none(self, client: Client) -> None:
        assert client.get(reverse("department", args=[10**15])).status_code == 404


def test_the_tree_of_every_organisation(client: Client, viewer: Person) -> None:
    top = DepartmentFactory.create(name="Ö", organisation=viewer.organisation)
    DepartmentFactory.create(name="Å", organisation=viewer.organisation)
    DepartmentFactory.create(name="Z", parent=top)
    OrganisationFactory.create(name="Utan enheter")
    response = client.get(reverse("departments"))
    branch = next(each for each in response.context["branches"] if each.organisation == viewer.organisation)
    assert [node.department.name for node in branch.roots] == [viewer.department.name, "Å", "Ö"]
    assert [(node.department.name, node.depth) for node in branch.roots[2].children] == [("Z", 1)]
    assert branch.people == 1
    assert "Utan enheter" in text(response)
