"""Giving and ending roles."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from lib.access import find
from organisation.actions import end_role, give_role, set_deputy
from organisation.forms import DeputyForm, EndRoleForm, RoleForm
from organisation.models import Department, Organisation, Person, RoleAssignment
from organisation.queries import administered_departments, administered_organisations
from organisation.views.answers import FormPage, answer_form, form_view, reader, sent


@form_view
def give(request: HttpRequest, pk: int) -> HttpResponse:
    admin = reader(request, "organisation.administer")
    holder = find(admin, Person.objects.with_place(), see="organisation.administer_person", pk=pk)
    form = RoleForm(
        sent(request),
        group=admin.has_perm("organisation.administer_group"),
        organisations=[each for each in administered_organisations(admin) if admin.has_perm("organisation.administer_organisation", each)],
        departments=administered_departments(admin),
        initial={"scope": f"department-{holder.department_id}"},
    )

    def save(data: dict[str, Any]) -> str:
        scope = data.pop("scope")
        department = scope if isinstance(scope, Department) else None
        organisation = scope if isinstance(scope, Organisation) else None
        given = give_role(by=admin, person=holder, department=department, organisation=organisation, **data)
        return _("%(name)s now has the role %(role)s.") % {"name": holder.full_name, "role": given.get_role_display().lower()}

    page = FormPage(_("Give %(name)s a role") % {"name": holder.full_name}, _("Give the role"), _url(holder))
    return answer_form(request, form, page, save=save)


@form_view
def deputy(request: HttpRequest, pk: int) -> HttpResponse:
    admin, held = _role(request, pk)
    form = DeputyForm(sent(request), initial={"deputy": held.deputy.email if held.deputy else ""})

    def save(data: dict[str, Any]) -> str:
        set_deputy(by=admin, assignment=held, deputy=data["deputy"])
        return _("Saved.")

    lead = _("The deputy answers while %(name)s is away, or has left.") % {"name": held.person.full_name}
    page = FormPage(_("Deputy for %(role)s") % {"role": held.get_role_display().lower()}, _("Save"), _url(held.person), lead)
    return answer_form(request, form, page, save=save)


@form_view
def end(request: HttpRequest, pk: int) -> HttpResponse:
    admin, held = _role(request, pk)
    form = EndRoleForm(sent(request), initial={"end_on": held.end_on})

    def save(data: dict[str, Any]) -> str:
        end_role(by=admin, assignment=held, end_on=data["end_on"])
        return _("Saved.")

    lead = f"{held.person.full_name}: {held.get_role_display()}, {held.scope or _('the whole group')}"
    page = FormPage(_("End a role"), _("End the role"), _url(held.person), lead, danger=True)
    return answer_form(request, form, page, save=save)


def _role(request: HttpRequest, pk: int) -> tuple[Person, RoleAssignment]:
    admin = reader(request, "organisation.administer")
    assignments = RoleAssignment.objects.select_related("person__department", "department", "organisation", "deputy")
    return admin, find(admin, assignments, see="organisation.administer_role", pk=pk)


def _url(person: Person) -> str:
    return reverse("organisation:person", args=[person.pk])
