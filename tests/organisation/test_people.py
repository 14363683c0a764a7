"""Accounts: inviting, changing, closing and opening, being away."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from organisation.actions import (
    change_department,
    close_department,
    deactivate_person,
    edit_person,
    give_role,
    invite_person,
    reactivate_person,
    set_away,
)
from organisation.enums import AuditVerb, Language, Role
from organisation.models import AuditEntry, Department, Person
from tests.factories import DepartmentFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Person:
    return PersonFactory.create(given_name="Petra", family_name="Kauppinen")


@pytest.fixture
def sara() -> Person:
    return PersonFactory.create(email="sara@example.test", given_name="Sara", family_name="Niemi", department__name="Hemtjänst")


def logged() -> list[tuple[str, str, object]]:
    return [(entry.verb, entry.subject, entry.details) for entry in AuditEntry.objects.order_by("id")]


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def is_in(client: Client) -> bool:
    return client.get(reverse("settings")).status_code == 200


def test_somebody_invited_has_no_password_and_can_sign_in_by_code(admin: Person) -> None:
    unit = DepartmentFactory.create(name="Hemtjänst")
    person = invite_person(by=admin, email="Sara.Niemi@Example.test", given_name="Sara", family_name="Niemi", department=unit)
    assert (person.email, person.has_usable_password(), person.is_active) == ("sara.niemi@example.test", False, True)
    assert logged() == [(AuditVerb.PERSON_INVITED, "Sara Niemi", {"department": "Hemtjänst"})]
    response = Client().post(reverse("account_request_login_code"), {"email": "sara.niemi@example.test"})
    assert (response.status_code, response["Location"]) == (302, reverse("account_confirm_login_code"))


def test_an_address_has_one_account(admin: Person, sara: Person) -> None:
    other = PersonFactory.create()
    with pytest.raises(ValidationError) as refusal:
        invite_person(by=admin, email="SARA@example.test", given_name="S", family_name="N", department=sara.department)
    assert refusal.value.message_dict == {"email": ["Det finns redan ett konto med den adressen."]}
    with pytest.raises(ValidationError):
        edit_person(
            by=admin, person=other, given_name="O", family_name="P", job_title="", department=other.department, language="sv",
            email="sara@EXAMPLE.test",
        )  # fmt: skip
    assert Person.objects.get(pk=other.pk).email == other.email


def test_nobody_is_placed_in_a_closed_department(admin: Person, sara: Person) -> None:
    closed = DepartmentFactory.create()
    close_department(by=admin, department=closed)
    for act in (
        lambda: invite_person(by=admin, email="x@example.test", given_name="X", family_name="Y", department=closed),
        lambda: change_department(by=admin, person=sara, department=closed),
    ):
        with pytest.raises(ValidationError) as refusal:
            act()
        assert refusal.value.message_dict == {"department": ["Enheten är avslutad. Välj en som är öppen."]}


def test_editing_says_what_changed(admin: Person, sara: Person) -> None:
    goal = DepartmentFactory.create(name="Särskilt boende")
    EmailAddress.objects.create(user=sara, email=sara.email, verified=True, primary=True)
    edit_person(
        by=admin, person=sara, given_name="Sara", family_name="Åström", job_title="Undersköterska", department=goal, language="en",
        email="sara.astrom@example.test",
    )  # fmt: skip
    stored = Person.objects.get(pk=sara.pk)
    assert (stored.full_name, stored.sort_key, stored.department, stored.email) == (
        "Sara Åström",
        "{str}m sara",
        goal,
        "sara.astrom@example.test",
    )
    assert not EmailAddress.objects.filter(user=sara).exists()
    assert logged() == [
        (AuditVerb.PERSON_MOVED, "Sara Niemi", {"department": ["Hemtjänst", "Särskilt boende"]}),
        (
            AuditVerb.PERSON_CHANGED,
            "Sara Åström",
            {
                "family_name": ["Niemi", "Åström"],
                "job_title": ["", "Undersköterska"],
                "language": ["sv", "en"],
                "email": ["sara@example.test", "sara.astrom@example.test"],
            },
        ),
    ]


class TestAnotherAddress:
    @staticmethod
    def change(admin: Person, sara: Person, email: str) -> None:
        edit_person(
            by=admin, person=sara, given_name="Sara", family_name="Niemi", job_title=sara.job_title, department=sara.department, language="sv",
            email=email,
        )  # fmt: skip

    def test_is_told_to_the_old_one_and_ends_every_session(
        self, admin: Person, sara: Person, mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Any
    ) -> None:
        browser = Client()
        browser.force_login(sara)
        assert browser.get("/").status_code == 200
        with django_capture_on_commit_callbacks(execute=True):
            self.change(admin, sara, "petra@example.test")
        assert [(mail.to, mail.subject) for mail in mailoutbox] == [(["sara@example.test"], "Kontots mejladress har ändrats")]
        assert "Petra Kauppinen har ändrat" in str(mailoutbox[0].body)
        assert "petra@example.test" not in str(mailoutbox[0].body)
        assert browser.get("/").status_code == 302

    def test_that_is_the_same_tells_nobody(
        self, admin: Person, sara: Person, mailoutbox: list[EmailMessage], django_capture_on_commit_callbacks: Any
    ) -> None:
        browser = Client()
        browser.force_login(sara)
        with django_capture_on_commit_callbacks(execute=True):
            self.change(admin, sara, "SARA@example.test")
        assert mailoutbox == []
        assert browser.get("/").status_code == 200

    def test_is_changed_also_where_no_mail_can_go(
        self, admin: Person, sara: Person, settings: Any, django_capture_on_commit_callbacks: Any
    ) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
        with django_capture_on_commit_callbacks(execute=True):
            self.change(admin, sara, "new@example.test")
        assert Person.objects.get(pk=sara.pk).email == "new@example.test"

    def test_of_ones_own_leaves_one_signed_in(self, client: Client, admin: Person) -> None:
        RoleAssignmentFactory.create(person=admin, role=Role.ADMIN, organisation=None, department=None)
        client.force_login(admin)
        url = reverse("organisation:edit_person", args=[admin.pk])
        values = {"given_name": "Petra", "family_name": "Kauppinen", "email": "p@example.test", "language": "sv", "job_title": ""}
        assert client.post(url, values | {"department": admin.department_id}).status_code == 303
        assert Person.objects.get(pk=admin.pk).email == "p@example.test"
        assert client.get("/").status_code == 200


def test_editing_nothing_writes_nothing(admin: Person, sara: Person) -> None:
    edit_person(
        by=admin, person=sara, given_name="Sara", family_name="Niemi", job_title="", department=sara.department, language=Language.SWEDISH,
        email=sara.email,
    )  # fmt: skip
    assert logged() == []


class TestClosingAnAccount:
    def test_out_at_once_and_old_sessions_stay_out(self, admin: Person, sara: Person) -> None:
        sara.set_password("hemligt-ord-1")
        sara.save(update_fields=["password"])
        client = signed_in(sara)
        assert is_in(client)
        deactivate_person(by=admin, person=sara)
        assert not is_in(client)
        reactivate_person(by=admin, person=sara)
        assert not is_in(client)
        assert is_in(signed_in(Person.objects.get(pk=sara.pk)))
        assert not Person.objects.get(pk=sara.pk).has_usable_password()
        assert logged() == [(AuditVerb.PERSON_DEACTIVATED, "Sara Niemi", {}), (AuditVerb.PERSON_REACTIVATED, "Sara Niemi", {})]

    def test_without_a_password_too(self, admin: Person, sara: Person) -> None:
        sara.set_unusable_password()
        sara.save(update_fields=["password"])
        client = signed_in(sara)
        deactivate_person(by=admin, person=sara)
        reactivate_person(by=admin, person=sara)
        assert not is_in(client)

    def test_twice_is_once(self, admin: Person, sara: Person) -> None:
        deactivate_person(by=admin, person=sara)
        closed_at = sara.deactivated_at
        deactivate_person(by=admin, person=sara)
        reactivate_person(by=admin, person=sara)
        reactivate_person(by=admin, person=sara)
        assert closed_at is not None
        assert [verb for verb, *_ in logged()] == [AuditVerb.PERSON_DEACTIVATED, AuditVerb.PERSON_REACTIVATED]

    def test_nobody_closes_their_own(self, admin: Person) -> None:
        with pytest.raises(ValidationError) as refusal:
            deactivate_person(by=admin, person=admin)
        assert refusal.value.messages == ["Du kan inte stänga ditt eget konto. Be en annan administratör."]

    def test_the_last_group_admin_stays(self, admin: Person, sara: Person) -> None:
        RoleAssignmentFactory.create(person=sara, role=Role.ADMIN)
        with pytest.raises(ValidationError) as refusal:
            deactivate_person(by=admin, person=sara)
        assert refusal.value.messages == ["Det här är den sista administratören för hela kommunkoncernen. Ge någon annan rollen först."]
        give_role(by=sara, person=admin, role=Role.ADMIN)
        deactivate_person(by=admin, person=sara)
        assert not Person.objects.get(pk=sara.pk).is_active

    def test_opening_needs_an_open_department(self, admin: Person, sara: Person) -> None:
        deactivate_person(by=admin, person=sara)
        close_department(by=admin, department=sara.department)
        with pytest.raises(ValidationError):
            reactivate_person(by=admin, person=sara)
        change_department(by=admin, person=sara, department=DepartmentFactory.create())
        reactivate_person(by=admin, person=sara)
        assert Person.objects.get(pk=sara.pk).is_active


class TestBeingAway:
    first, last = datetime.date(2026, 12, 1), datetime.date(2026, 12, 7)

    def test_set_and_emptied(self, admin: Person, sara: Person) -> None:
        set_away(by=admin, person=sara, away_from=self.first, away_until=self.last)
        set_away(by=admin, person=sara, away_from=None, away_until=None)
        assert logged() == [
            (AuditVerb.PERSON_AWAY, "Sara Niemi", {"away_from": ["", "2026-12-01"], "away_until": ["", "2026-12-07"]}),
            (AuditVerb.PERSON_AWAY, "Sara Niemi", {"away_from": ["2026-12-01", ""], "away_until": ["2026-12-07", ""]}),
        ]

    @pytest.mark.parametrize(
        ("start", "end", "field"), [(first, None, "away_until"), (None, last, "away_from"), (last, first, "away_until")]
    )
    def test_half_a_span_or_a_turned_one(self, sara: Person, start: datetime.date | None, end: datetime.date | None, field: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            set_away(by=sara, person=sara, away_from=start, away_until=end)
        assert list(refusal.value.message_dict) == [field]


def test_the_log_belongs_to_the_organisation_of_its_subject(admin: Person, sara: Person) -> None:
    deactivate_person(by=admin, person=sara)
    unit = Department.objects.get(pk=sara.department_id)
    assert [entry.organisation_id for entry in AuditEntry.objects.all()] == [unit.organisation_id]
