"""Organisations and their trees."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lib import htmx
from lib.access import find
from organisation.actions import (
    change_organisation,
    close_department,
    create_department,
    create_organisation,
    move_department,
    rename_department,
    reopen_department,
)
from organisation.forms import CloseDepartmentForm, DepartmentForm, NewDepartmentForm, NewOrganisationForm, OrganisationForm
from organisation.models import Department, Organisation, Person
from organisation.queries import administered_departments, administered_organisations, people_per_department, trees
from organisation.views.answers import FormPage, add_refusal, answer_form, form_view, go, reader, refuse, sent


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The first organisation the reader administers."""
    person = reader(request, "organisation.administer")
    organisations = administered_organisations(person)
    return _show_tree(request, organisations, organisations[0] if organisations else None)


@require_safe
def organisation(request: HttpRequest, pk: int) -> HttpResponse:
    person = reader(request, "organisation.administer")
    organisations = administered_organisations(person)
    shown = find(person, Organisation.objects.filter(pk__in=[each.pk for each in organisations]), see="organisation.administer", pk=pk)
    return _show_tree(request, organisations, shown)


def _show_tree(request: HttpRequest, organisations: list[Organisation], shown: Organisation | None) -> HttpResponse:
    person = reader(request)
    context: dict[str, Any] = {
        "organisations": organisations,
        "shown": shown,
        "may_create": person.has_perm("organisation.administer_group"),
    }
    if shown:
        departments = list(Department.objects.filter(organisation=shown))
        context |= {
            "roots": trees([each for each in departments if not each.is_closed], people_per_department(shown)),
            "closed": [each for each in departments if each.is_closed],
            "may_edit": {each.pk for each in departments if person.has_perm("organisation.administer_department", each)},
            "administers": person.has_perm("organisation.administer_organisation", shown),
        }
    return render(request, "organisation/overview.html", context)


@form_view
def new_organisation(request: HttpRequest) -> HttpResponse:
    person = reader(request, "organisation.administer_group")

    def save(data: dict[str, Any]) -> str:
        created = create_organisation(by=person, **data)
        return _("%(name)s is there now. Add its departments, or import them.") % {"name": created.name}

    page = FormPage(_("New organisation"), _("Create the organisation"), reverse("organisation:overview"))
    return answer_form(request, NewOrganisationForm(sent(request)), page, save=save)


@form_view
def edit_organisation(request: HttpRequest, pk: int) -> HttpResponse:
    person, edited = _organisation(request, pk, do="organisation.administer_organisation")

    def save(data: dict[str, Any]) -> str:
        change_organisation(by=person, organisation=edited, **data)
        return _("Saved.")

    initial = {"name": edited.name, "short_name": edited.short_name, "answer_within": edited.answer_within, "days_off": edited.days_off}
    page = FormPage(edited.name, _("Save"), reverse("organisation:organisation", args=[pk]))
    return answer_form(request, OrganisationForm(sent(request), initial=initial), page, save=save)


@form_view
def new_department(request: HttpRequest, pk: int) -> HttpResponse:
    person, within = _organisation(request, pk)
    parents, top = _parents(person, within)
    if not (parents or top):
        raise PermissionDenied

    def save(data: dict[str, Any]) -> str:
        created = create_department(by=person, organisation=within, **data)
        return _("%(name)s is there now.") % {"name": created.name}

    form = NewDepartmentForm(sent(request), initial={"parent": request.GET.get("parent")}, parents=parents, top=top)
    page = FormPage(_("New department"), _("Create the department"), reverse("organisation:organisation", args=[pk]), lead=within.name)
    return answer_form(request, form, page, save=save)


@form_view
def edit_department(request: HttpRequest, pk: int) -> HttpResponse:
    person, department = _department(request, pk)
    parents, top = _parents(person, department.organisation, now=department)
    initial = {"name": department.name, "parent": department.parent_id}
    form = DepartmentForm(sent(request), initial=initial, parents=parents, top=top)
    back = reverse("organisation:organisation", args=[department.organisation_id])
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                move_department(by=person, department=department, parent=form.cleaned_data["parent"])
                rename_department(by=person, department=department, name=form.cleaned_data["name"])
        except ValidationError as refusal:
            add_refusal(form, refusal)
            department.refresh_from_db()
        else:
            return go(request, back, said=_("%(name)s is saved.") % {"name": department.name})
    context = {"form": form, "department": department, "back": back}
    return htmx.answer(request, "organisation/department.html", "form", context, status=422 if form.errors else 200)


@form_view
def close(request: HttpRequest, pk: int) -> HttpResponse:
    person, department = _department(request, pk)
    people = Person.objects.active().filter(department=department).count()
    places = [each for each in administered_departments(person) if each != department] if people else []
    form = CloseDepartmentForm(sent(request), departments=places)
    if not people:
        del form.fields["people_to"]

    def save(data: dict[str, Any]) -> str:
        close_department(by=person, department=department, people_to=data.get("people_to"))
        return _("%(name)s is closed. What its people have brought stays where it is.") % {"name": department.name}

    lead = _("Contributions stay with the department and are answered as before. It can be opened again.")
    if people:
        here = ngettext("%(n)d person works here and needs a new place.", "%(n)d people work here and need a new place.", people)
        lead = f"{here % {'n': people}} {lead}"
    heading = _("Close %(name)s") % {"name": department.name}
    back = reverse("organisation:organisation", args=[department.organisation_id])
    return answer_form(request, form, FormPage(heading, _("Close the department"), back, lead, danger=True), save=save)


@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    person, department = _department(request, pk)
    back = reverse("organisation:organisation", args=[department.organisation_id])
    try:
        reopen_department(by=person, department=department)
    except ValidationError as refusal:
        return refuse(request, back, refusal)
    return go(request, back, said=_("%(name)s is open again.") % {"name": department.name})


def _organisation(request: HttpRequest, pk: int, do: str | None = None) -> tuple[Person, Organisation]:
    person = reader(request, "organisation.administer")
    return person, find(person, Organisation.objects.all(), see="organisation.see_directory", do=do, pk=pk)


def _department(request: HttpRequest, pk: int) -> tuple[Person, Department]:
    person = reader(request, "organisation.administer")
    departments = Department.objects.select_related("organisation", "parent")
    return person, find(person, departments, see="organisation.see_directory", do="organisation.administer_department", pk=pk)


def _parents(person: Person, within: Organisation, now: Department | None = None) -> tuple[list[Department], bool]:
    """The open departments beneath which the person may put one, and whether at the top; `now` may stay where it is."""
    everywhere = person.has_perm("organisation.administer_organisation", within)
    departments = Department.objects.open().filter(organisation=within).select_related("organisation")
    parents = [
        each
        for each in departments
        if (everywhere or (now and each.pk == now.parent_id) or person.has_perm("organisation.administer_department", each))
        and not (now and now.pk in each.ancestor_ids)
    ]
    return parents, everywhere or (now is not None and now.parent_id is None)
