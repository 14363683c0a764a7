"""The screen of the action plan, and what is written from it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from challenges.actions import plan as actions
from challenges.actions.stages import Overtaken
from challenges.enums import Stage
from challenges.forms.plan import AnswerForm, ItemForm, ResourceForm, refuse
from challenges.models import Challenge, PlanItem, Resource
from challenges.queries.plan import plan_of, promised_by, requests_of
from challenges.queries.trials import ways_of
from challenges.views.forms import challenge_for, form_page
from challenges.views.page import stage_page
from contributions.enums import Opening
from contributions.rules import opens
from lib.access import find
from lib.htmx import redirect
from lib.text import number
from organisation.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """GET the screen, POST something new to do."""
    person, row = challenge_for(request, pk, do="challenges.plan" if request.method == "POST" else None)
    form = ItemForm(request.POST if request.method == "POST" else None, about=row)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("what", "who", "due_on")}
        try:
            actions.add_item(by=person, challenge=row, **values)
            return redirect(request, f"{request.path}#plan")
        except ValidationError as refusal:
            refuse(form, refusal)
    return plan_screen(request, person, row, form)


def plan_screen(request: HttpRequest, person: Person, row: Challenge, form: ItemForm) -> HttpResponse:
    may_plan = person.has_perm("challenges.plan", row)
    context: dict[str, Any] = {
        "plan": plan_of(row),
        "asked_for": requests_of(person, row),
        "ways": ways_of(row),
        "may_plan": may_plan,
        "plan_is_open": opens(row, Opening.PLAN),
        "may_decide": person.has_perm("challenges.record_decision", row),
        "form": form,
    }
    return stage_page(request, person, row, Stage.PLAN, status=422 if form.errors else 200, **context)


def item_of(person: Person, row: Challenge, item: int) -> PlanItem:
    """Of this challenge, and not taken away."""
    rows = PlanItem.objects.select_related("who__department", "contribution__department").prefetch_related("contribution__participants")
    return find(person, rows.filter(contribution=row, removed_at__isnull=True), see="challenges.see_item", pk=item)


@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Change one thing of the plan."""
    person, row = challenge_for(request, pk, do="challenges.plan")
    standing = item_of(person, row, item)
    initial = {"what": standing.what, "who": standing.who, "due_on": standing.due_on, "version": standing.version}
    form = ItemForm(request.POST if request.method == "POST" else None, about=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("what", "who", "due_on")}
        try:
            actions.change_item(by=person, item=standing, version=number(request.POST.get("version")) or 0, **values)
            return redirect(request, plan_address(row))
        except ValidationError as refusal:
            refuse(form, refusal)
        except Overtaken as overtaken:
            return item_page(
                request, row, ItemForm(with_version(request, overtaken.standing), about=row), standing=overtaken.standing, status=409
            )
    return item_page(request, row, form, item=standing)


def item_page(request: HttpRequest, row: Challenge, form: ItemForm, **more: Any) -> HttpResponse:
    return form_page(request, row, form, heading=_("Change what is to be done"), send=_("Save"), back=plan_address(row), **more)


def with_version(request: HttpRequest, standing: Any) -> Any:
    """What was typed, with the version that stands: sending once more is sending knowingly."""
    data = request.POST.copy()
    data["version"] = str(getattr(standing, "version", 0))
    return data


@require_POST
def item_done(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """Ticked, or not after all (`on=0`), by whoever promised it or those who lead."""
    person, row = challenge_for(request, pk)
    home = plan_address(row)
    try:
        actions.tick(by=person, item=item_of(person, row, item), done=request.POST.get("on") != "0")
    except Overtaken:
        messages.warning(request, _("It was changed meanwhile. Look at what stands now."))
    return redirect(request, request.POST.get("next") or home, otherwise=home)


@require_POST
def item_remove(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    person, row = challenge_for(request, pk, do="challenges.plan")
    try:
        actions.remove_item(by=person, item=item_of(person, row, item), version=number(request.POST.get("version")) or 0)
    except Overtaken:
        messages.warning(request, _("It was changed meanwhile. Look at what stands now."))
    return redirect(request, plan_address(row))


def plan_address(row: Challenge) -> str:
    return reverse("challenge_plan", args=(row.pk,))


@require_http_methods(["GET", "HEAD", "POST"])
def resource_ask(request: HttpRequest, pk: int) -> HttpResponse:
    person, row = challenge_for(request, pk, do="challenges.plan")
    form = ResourceForm(request.POST if request.method == "POST" else None, about=row)
    if request.method == "POST" and form.is_valid():
        try:
            actions.ask_for(by=person, challenge=row, values=form.cleaned_data)
            return redirect(request, f"{plan_address(row)}#resources")
        except ValidationError as refusal:
            refuse(form, refusal)
    return form_page(request, row, form, heading=_("Ask for hours, money or equipment"), send=_("Ask"), back=plan_address(row))


def resource_of(person: Person, row: Challenge, resource: int, do: str) -> Resource:
    """Of this challenge, answered or not."""
    people = ("asked_by", "answered_by", "taken_back_by", "giving_department", "contribution__department")
    rows = Resource.objects.select_related(*people).prefetch_related("contribution__participants").filter(contribution=row)
    return find(person, rows, see="challenges.see_resource", do=do, pk=resource)


@require_http_methods(["GET", "HEAD", "POST"])
def resource_answer(request: HttpRequest, pk: int, resource: int) -> HttpResponse:
    """Once, by whoever is asked."""
    person, row = challenge_for(request, pk)
    asked = resource_of(person, row, resource, do="challenges.answer_resource")
    form = AnswerForm(request.POST if request.method == "POST" else None)
    if not asked.is_waiting:
        return resource_page(request, row, form, asked, status=409)
    if request.method == "POST" and form.is_valid():
        try:
            actions.answer(by=person, resource=asked, **form.cleaned_data)
            return redirect(request, f"{plan_address(row)}#resources")
        except Overtaken as overtaken:
            return resource_page(request, row, form, overtaken.standing, status=409)
    return resource_page(request, row, form, asked)


def resource_page(request: HttpRequest, row: Challenge, form: AnswerForm, asked: Resource, *, status: int = 200) -> HttpResponse:
    more = {"resource": asked, "standing": None if asked.is_waiting else asked}
    return form_page(
        request, row, form, heading=_("Answer what is asked for"), send=_("Answer"), back=plan_address(row), status=status, **more
    )


@require_POST
def resource_take_back(request: HttpRequest, pk: int, resource: int) -> HttpResponse:
    """By whoever asked, while nobody has answered."""
    person, row = challenge_for(request, pk)
    try:
        actions.take_back(by=person, resource=resource_of(person, row, resource, do="challenges.take_back_resource"))
        messages.success(request, _("It is asked for no longer."))
    except Overtaken:
        messages.warning(request, _("It was changed meanwhile. Look at what stands now."))
    return redirect(request, f"{plan_address(row)}#resources")


@require_safe
def promised(request: HttpRequest) -> HttpResponse:
    """Everything the person has promised in action plans."""
    person = request.user
    assert isinstance(person, Person)
    return render(request, "challenges/promised.html", {"items": promised_by(person)})
