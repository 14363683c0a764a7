"""The way on that is chosen, and the screen of the small tests."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.actions import trials as actions
from challenges.actions.stages import Overtaken
from challenges.enums import Stage, Verdict, WayKind
from challenges.forms.plan import refuse
from challenges.forms.trials import DecisionForm, EndForm, TrialForm, WayForm
from challenges.models import Challenge, Trial, Way
from challenges.queries.trials import footing_problem, trials_of, ways_of
from challenges.views.forms import challenge_for, form_page
from challenges.views.page import stage_page
from contributions.enums import Status
from lib.access import find
from lib.htmx import redirect
from lib.text import number


@require_http_methods(["GET", "HEAD", "POST"])
def tests(request: HttpRequest, pk: int) -> HttpResponse:
    """GET the screen, POST a new small test."""
    person, row = challenge_for(request, pk, do="challenges.try" if request.method == "POST" else None)
    form = TrialForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.begin_trial(by=person, challenge=row, values=form.cleaned_data)
            return redirect(request, f"{request.path}#tests")
        except ValidationError as refusal:
            refuse(form, refusal)
    ways = ways_of(row)
    context: dict[str, Any] = {
        "ways": ways,
        "footing_problem": footing_problem(ways.standing, timezone.localdate()),
        "trials": trials_of(row),
        "may_plan": person.has_perm("challenges.plan", row),
        "may_try": person.has_perm("challenges.try", row),
        "may_end": person.has_perm("challenges.end_trial", row),
        "may_decide": person.has_perm("challenges.record_decision", row),
        "form": form,
    }
    return stage_page(request, person, row, Stage.TESTS, status=422 if form.errors else 200, **context)


def tests_address(row: Challenge) -> str:
    return reverse("challenge_tests", args=(row.pk,))


def way_address(row: Challenge) -> str:
    """The way on stands on both screens; back to the one where the work is."""
    return tests_address(row) if row.status == Status.TESTING else f"{reverse('challenge_plan', args=(row.pk,))}#way"


@require_http_methods(["GET", "HEAD", "POST"])
def way(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose how to go on, or move what outgrew its limits, with the reason."""
    person, row = challenge_for(request, pk, do="challenges.plan")
    before = ways_of(row).standing
    begun = {"standing": before.pk if before else "", "kind": WayKind.FORMAL if before and before.kind == WayKind.SMALL else None}
    form = WayForm(request.POST if request.method == "POST" else None, before=before, initial=begun)
    if request.method == "POST" and form.is_valid():
        kind, reason = WayKind(form.cleaned_data["kind"]), form.cleaned_data.get("reason", "")
        seen = number(request.POST.get("standing"))
        try:
            actions.choose_way(by=person, challenge=row, kind=kind, standing=seen, reason=reason, **form.footing())
            return redirect(request, way_address(row))
        except ValidationError as refusal:
            refuse(form, refusal)
        except Overtaken as overtaken:
            return way_overtaken(request, row, overtaken)
    return way_page(request, row, form, way=before)


def way_overtaken(request: HttpRequest, row: Challenge, overtaken: Overtaken) -> HttpResponse:
    standing: Way | None = overtaken.standing
    data = request.POST.copy()
    data["standing"] = str(standing.pk) if standing else ""
    return way_page(request, row, WayForm(data, before=standing), standing=standing, way=standing, status=409)


def way_page(request: HttpRequest, row: Challenge, form: WayForm, **more: Any) -> HttpResponse:
    heading = _("Choose another way on") if more.get("way") else _("Choose how to go on")
    return form_page(request, row, form, heading=heading, send=_("Choose this way"), back=way_address(row), **more)


@require_http_methods(["GET", "HEAD", "POST"])
def decision(request: HttpRequest, pk: int, way: int) -> HttpResponse:
    """The decision that was waited for."""
    person, row = challenge_for(request, pk, do="challenges.record_decision")
    rows = Way.objects.select_related("contribution__department").prefetch_related("contribution__participants")
    waited = find(person, rows.filter(contribution=row), see="challenges.see_way", pk=way)
    form = DecisionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.record_decision(by=person, way=waited, **form.decided())
            return redirect(request, way_address(row))
        except ValidationError as refusal:
            refuse(form, refusal)
        except Overtaken as overtaken:
            return decision_page(request, row, form, way=waited, standing=overtaken.standing, status=409)
    return decision_page(request, row, form, way=waited)


def decision_page(request: HttpRequest, row: Challenge, form: forms.Form, **more: Any) -> HttpResponse:
    return form_page(request, row, form, heading=_("Record the decision"), send=_("Record the decision"), back=way_address(row), **more)


@require_http_methods(["GET", "HEAD", "POST"])
def trial_end(request: HttpRequest, pk: int, trial: int) -> HttpResponse:
    """What happened, and what comes of it; it becomes a learning on the trail."""
    person, row = challenge_for(request, pk, do="challenges.end_trial")
    rows = Trial.objects.select_related("contribution__department", "ended_by").prefetch_related("contribution__participants")
    running = find(person, rows.filter(contribution=row), see="challenges.see_trial", pk=trial)
    form = EndForm(request.POST if request.method == "POST" else None)
    if running.ended_at:
        return end_page(request, row, form, trial=running, standing=running, status=409)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            actions.end_trial(
                by=person, trial=running, happened=cleaned["happened"], onward=cleaned["next"], verdict=Verdict(cleaned["verdict"])
            )
            return redirect(request, f"{tests_address(row)}#tests")
        except Overtaken as overtaken:
            return end_page(request, row, form, trial=running, standing=overtaken.standing, status=409)
    return end_page(request, row, form, trial=running)


def end_page(request: HttpRequest, row: Challenge, form: EndForm, **more: Any) -> HttpResponse:
    return form_page(request, row, form, heading=_("How did the test go?"), send=_("End the test"), back=tests_address(row), **more)
