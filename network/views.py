"""The directory, and the pages of a person and of a department."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lib.access import find
from lib.htmx import redirect
from lib.keyset import bounded_count, page
from network.actions import set_competences
from network.forms import CompetencesForm, DirectoryForm
from network.models import Competence
from network.queries import SHOWN, ambassadors_of, branches, brought_by, brought_from, directory, roles_of, surroundings
from organisation.models import Department, Person
from organisation.queries import ancestors

PAGE_SIZE = 24


@require_safe
def people(request: HttpRequest) -> HttpResponse:
    form = DirectoryForm(request.GET, departments=list(Department.objects.open().select_related("organisation")))
    form.is_valid()
    asked = form.cleaned_data
    found = directory(asked.get("q") or "", asked.get("organisation"), asked.get("department"))
    rows = page(found, order=("sort_key", "id"), after=request.GET.get("after"), size=PAGE_SIZE)
    context = {"form": form, "rows": rows, "count": rows.count or bounded_count(found), "asked": asked, "filtered": any(asked.values())}
    return render(request, "network/people.html", context)


@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    return render(request, "network/departments.html", {"branches": branches()})


@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = _viewer(request)
    shown = find(viewer, Person.objects.with_place(), see="organisation.see_directory", pk=pk)
    rows = page(brought_by(shown, viewer=viewer), after=request.GET.get("after"), size=SHOWN)
    if not shown.is_active:
        if not rows.rows:
            raise Http404
        return render(request, "network/former.html", {"shown": shown, "rows": rows})
    context = {
        "shown": shown,
        "rows": rows,
        "roles": roles_of(shown),
        "competences": Competence.objects.filter(person=shown),
        "above": ancestors(shown.department),
        "is_away": shown.is_away_on(timezone.localdate()),
        "may_administer": viewer.has_perm("organisation.administer_person", shown),
    }
    return render(request, "network/person.html", context)


@require_safe
def department(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = _viewer(request)
    shown = find(viewer, Department.objects.select_related("organisation"), see="organisation.see_directory", pk=pk)
    above, node = surroundings(shown)
    context = {
        "shown": shown,
        "above": above,
        "node": node,
        "people": directory("", None, shown)[: SHOWN + 2],
        "ambassadors": ambassadors_of(shown),
        "rows": page(brought_from(shown, viewer=viewer), after=request.GET.get("after"), size=SHOWN),
    }
    return render(request, "network/department.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def competences(request: HttpRequest) -> HttpResponse:
    """One's own, on one line."""
    person = _viewer(request)
    known = list(Competence.objects.filter(person=person).values_list("name", flat=True))
    form = CompetencesForm(request.POST if request.method == "POST" else None, initial={"competences": known})
    if request.method == "POST" and form.is_valid():
        try:
            set_competences(by=person, names=form.cleaned_data["competences"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Saved."))
            return redirect(request, request.path)
    return render(request, "network/competences.html", {"form": form}, status=422 if form.errors else 200)


def _viewer(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user
