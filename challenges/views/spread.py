"""The screen of what solved it and who has taken it up, and the whole story on one page for print."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from challenges.actions import spread as actions
from challenges.actions.stages import Overtaken
from challenges.enums import Stage
from challenges.forms.plan import refuse
from challenges.forms.spread import AdoptionEndForm, AdoptionForm, ResultForm
from challenges.models import Adoption, Challenge
from challenges.queries.plan import plan_of, requests_of
from challenges.queries.spread import needing, result_of, spread_of
from challenges.queries.trials import trials_of, ways_of
from challenges.queries.understanding import with_whys
from challenges.views.forms import challenge_for, form_page
from challenges.views.page import for_stage, stage_page
from contributions.queries.trail import trail
from lib.access import find
from lib.htmx import redirect
from lib.text import number
from organisation.models import Person

RESULT = ("text", "effect", "before", "after", "unit")


@require_safe
def spread(request: HttpRequest, pk: int) -> HttpResponse:
    person, row = challenge_for(request, pk)
    context: dict[str, Any] = {
        "result": result_of(row),
        "spread": spread_of(row, person),
        "needing": needing(row),
        "may_write": person.has_perm("challenges.spread", row),
        "may_adopt": person.has_perm("challenges.adopt", row),
    }
    return stage_page(request, person, row, Stage.SPREAD, **context)


def spread_address(row: Challenge) -> str:
    return reverse("challenge_spread", args=(row.pk,))


@require_http_methods(["GET", "HEAD", "POST"])
def result(request: HttpRequest, pk: int) -> HttpResponse:
    person, row = challenge_for(request, pk, do="challenges.spread")
    standing = result_of(row)
    begun = {name: getattr(standing, name) for name in (*RESULT, "version")} if standing else {"version": 0}
    form = ResultForm(request.POST if request.method == "POST" else None, initial=begun)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in RESULT}
        try:
            actions.write_result(by=person, challenge=row, version=number(request.POST.get("version")) or 0, values=values)
            return redirect(request, spread_address(row))
        except Overtaken as overtaken:
            data = request.POST.copy()
            data["version"] = str(getattr(overtaken.standing, "version", 0))
            return result_page(request, row, ResultForm(data), standing=overtaken.standing, status=409)
    return result_page(request, row, form)


def result_page(request: HttpRequest, row: Challenge, form: forms.Form, **more: Any) -> HttpResponse:
    return form_page(request, row, form, heading=_("What came of it?"), send=_("Save"), back=spread_address(row), **more)


@require_http_methods(["GET", "HEAD", "POST"])
def adopt(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that one's own department, or one that one covers as a coordinator, does it now."""
    person, row = challenge_for(request, pk, do="challenges.adopt")
    form = AdoptionForm(request.POST if request.method == "POST" else None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            actions.adopt(by=person, challenge=row, **form.cleaned_data)
            return redirect(request, f"{spread_address(row)}#adopted")
        except ValidationError as refusal:
            refuse(form, refusal)
    return form_page(request, row, form, heading=_("We do it too"), send=_("Say that we do it"), back=spread_address(row))


@require_http_methods(["GET", "HEAD", "POST"])
def end_adoption(request: HttpRequest, pk: int, adoption: int) -> HttpResponse:
    """Say that a department does it no longer, and what it taught."""
    person, row = challenge_for(request, pk)
    rows = Adoption.objects.select_related("contribution", "department__organisation").filter(contribution=row)
    standing = find(person, rows, see="challenges.see_adoption", do="challenges.end_adoption", pk=adoption)
    form = AdoptionEndForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        actions.end_adoption(by=person, adoption=standing, learnt=form.cleaned_data["learnt"])
        return redirect(request, f"{spread_address(row)}#adopted")
    heading = _("%(place)s does it no longer") % {"place": standing.place}
    return form_page(request, row, form, heading=heading, send=_("Take it away"), back=spread_address(row))


@require_safe
def printed(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything the stages found and both trails, on one page made for paper, which needs no counts in its head."""
    person = request.user
    assert isinstance(person, Person)
    row = find(person, with_whys(for_stage()).select_related("result"), see="contributions.see", pk=pk)
    context = {
        "contribution": row,
        "trail": trail(row),
        "plan": plan_of(row),
        "asked_for": requests_of(person, row),
        "ways": ways_of(row),
        "trials": trials_of(row),
        "result": getattr(row, "result", None),
        "spread": spread_of(row),
    }
    return render(request, "challenges/printed.html", {**context, "for_paper": True})
