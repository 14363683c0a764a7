"""People, as an administrator sees them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lib.access import find
from lib.keyset import bounded_count, page
from organisation.actions import deactivate_person, edit_person, invite_person, reactivate_person, set_away
from organisation.forms import AwayForm, PeopleFilter, PersonForm
from organisation.models import Department, Person
from organisation.queries import administered_departments, administered_people, found_by
from organisation.views.answers import FormPage, answer_form, form_view, go, reader, refuse, sent

PAGE_SIZE = 30


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    person = reader(request, "organisation.administer")
    form = PeopleFilter(request.GET, departments=administered_departments(person))
    form.is_valid()
    asked = form.cleaned_data
    found = administered_people(person).filter(is_active=not asked.get("closed")).filter(_wanted(asked))
    rows = page(found, order=("sort_key", "id"), after=request.GET.get("after"), size=PAGE_SIZE)
    context = {"form": form, "rows": rows, "count": rows.count or bounded_count(found), "filtered": any(asked.values())}
    return render(request, "organisation/people.html", context)


def _wanted(asked: dict[str, Any]) -> Q:
    text: str = asked.get("q") or ""
    wanted = found_by(text) | Q(email__iexact=text) if text else Q()
    department: Department | None = asked.get("department")
    return wanted & Q(department__path__startswith=department.path) if department else wanted


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    admin, shown = _person(request, pk)
    roles = [role for role in shown.roles_to_come() if role.person_id == shown.pk]
    context = {
        "shown": shown,
        "roles": [(role, admin.has_perm("organisation.administer_role", role)) for role in roles],
        "is_reader": admin == shown,
    }
    return render(request, "organisation/person.html", context)


@form_view
def invite(request: HttpRequest) -> HttpResponse:
    admin = reader(request, "organisation.administer")
    form = PersonForm(sent(request), initial={"department": request.GET.get("department")}, departments=administered_departments(admin))

    def save(data: dict[str, Any]) -> str:
        invited = invite_person(by=admin, **data)
        return _("%(name)s can now sign in with a code by mail.") % {"name": invited.full_name}

    lead = _("They can sign in with a code by mail as soon as the account is there. No mail is sent now, so tell them.")
    page_ = FormPage(_("Add somebody"), _("Create the account"), reverse("organisation:people"), lead)
    return answer_form(request, form, page_, save=save)


@form_view
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    admin, edited = _person(request, pk)
    places = administered_departments(admin)
    if edited.department.is_closed:
        places.append(edited.department)
    fields = ("given_name", "family_name", "email", "job_title", "language")
    initial = {**{name: getattr(edited, name) for name in fields}, "department": edited.department_id}
    fixed = not admin.has_perm("organisation.administer_account", edited)
    form = PersonForm(sent(request), initial=initial, departments=places, fixed_email=fixed)

    def save(data: dict[str, Any]) -> str:
        edit_person(by=admin, person=edited, **data)
        if edited == admin:
            update_session_auth_hash(request, edited)
        return _("Saved.")

    return answer_form(request, form, FormPage(edited.full_name, _("Save"), _url(edited)), save=save)


@form_view
def away(request: HttpRequest, pk: int) -> HttpResponse:
    admin, gone = _person(request, pk)
    form = AwayForm(sent(request), initial={"away_from": gone.away_from, "away_until": gone.away_until})

    def save(data: dict[str, Any]) -> str:
        set_away(by=admin, person=gone, **data)
        return _("Saved.")

    heading = _("When %(name)s is away") % {"name": gone.full_name}
    lead = _("While somebody is away, the deputies of their roles answer for them. Empty both days when they are back.")
    return answer_form(request, form, FormPage(heading, _("Save"), _url(gone), lead), save=save)


@form_view
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    admin, leaving = _person(request, pk)
    form = forms.Form(sent(request))

    def save(_data: dict[str, Any]) -> str:
        deactivate_person(by=admin, person=leaving)
        return _("The account of %(name)s is closed.") % {"name": leaving.full_name}

    heading = _("Close the account of %(name)s") % {"name": leaving.full_name}
    lead = _("They are signed out everywhere at once. What they have brought stays, and the account can be opened again.")
    return answer_form(request, form, FormPage(heading, _("Close the account"), _url(leaving), lead, danger=True), save=save)


@require_POST
def reactivate(request: HttpRequest, pk: int) -> HttpResponse:
    admin, back_again = _person(request, pk)
    try:
        reactivate_person(by=admin, person=back_again)
    except ValidationError as refusal:
        return refuse(request, _url(back_again), refusal)
    return go(request, _url(back_again), said=_("The account is open again. They sign in with a code by mail."))


def _person(request: HttpRequest, pk: int) -> tuple[Person, Person]:
    admin = reader(request, "organisation.administer")
    return admin, find(admin, Person.objects.with_place(), see="organisation.administer_person", pk=pk)


def _url(person: Person) -> str:
    return reverse("organisation:person", args=[person.pk])
