"""Who leads a challenge, and the step they propose."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges.actions import leading
from challenges.forms.understanding import ProposeForm
from challenges.models import Challenge, StepProposal
from challenges.queries.leading import askable, leads_of
from challenges.views.page import for_stage
from contributions.forms.together import PersonForm, WhoForm
from contributions.lifecycle import spec_of
from contributions.queries.together import people_found
from contributions.rules import may_see
from lib.access import find
from lib.htmx import answer, redirect
from lib.text import number
from organisation.models import Person


def led(request: HttpRequest, pk: int, do: str | None = "challenges.drive") -> tuple[Person, Challenge]:
    person = request.user
    assert isinstance(person, Person)
    return person, find(person, for_stage(), see="contributions.see", do=do, pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def leads(request: HttpRequest, pk: int) -> HttpResponse:
    """Search by GET, appoint by POST; both lead back here, where those who lead it stand."""
    person, row = led(request, pk)
    who = WhoForm(request.GET)
    asked = who.cleaned_data["q"] if who.is_valid() else ""
    found = people_found(asked, askable(row))
    if request.method != "POST":
        return leads_page(request, row, who, PersonForm(people=found))
    named = Person.objects.active().with_place().filter(pk=number(request.POST.get("person")) or 0)
    form = PersonForm(request.POST, people=found or list(named))
    if form.is_valid():
        try:
            leading.appoint(by=person, challenge=row, person=form.chosen())
        except ValidationError as refusal:
            form.add_error("person", refusal.messages)
        else:
            messages.success(request, _("%(name)s leads it from now on, and is told.") % {"name": form.chosen().full_name})
            return redirect(request, request.path)
    return leads_page(request, row, who, form, status=422)


def leads_page(request: HttpRequest, row: Challenge, who: WhoForm, form: PersonForm, status: int = 200) -> HttpResponse:
    may_end = request.user.has_perm("contributions.answer_for", row)
    context = {"contribution": row, "who": who, "form": form, "leading": leads_of(row), "may_end": may_end, "most": leading.MOST_LEADS}
    return answer(request, "challenges/leads.html", "found", context, status=status)


@require_POST
def step_down(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead stops leading it; a coordinator ends it for `person`."""
    person, row = led(request, pk, do=None)
    named = number(request.POST.get("person"))
    other = Person.objects.filter(pk=named).first() if named else person
    if other is None:
        raise Http404
    if leading.step_down(by=person, challenge=row, person=other):
        mine = other.pk == person.pk
        messages.success(request, _("You no longer lead it.") if mine else _("%(name)s no longer leads it.") % {"name": other.full_name})
    fresh = for_stage().get(pk=pk)
    return redirect(request, fresh.get_absolute_url() if may_see(person, fresh) else "/")


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    person, row = led(request, pk)
    steps = [step for step in spec_of(row.kind).steps if step.may_be_proposed and row.status in step.sources]
    form = ProposeForm(request.POST if request.method == "POST" else None, steps=steps)
    if request.method == "POST" and form.is_valid():
        try:
            leading.propose(by=person, challenge=row, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("step", refusal.message_dict["step"])
        else:
            messages.success(request, _("The coordinators are told what you propose."))
            return redirect(request, row.get_absolute_url())
    context = {"contribution": row, "form": form, "has_steps": bool(steps)}
    return answer(request, "challenges/propose.html", "form", context, status=422 if form.errors else 200)


@require_POST
def set_aside(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    """Taken back by whoever proposed it, or set aside by a coordinator."""
    person, row = led(request, pk, do=None)
    standing = StepProposal.objects.filter(contribution=row, pk=proposal).first()
    if standing is None:
        raise Http404
    if leading.set_aside(by=person, proposal=standing):
        messages.success(request, _("The proposal is set aside."))
    return redirect(request, reverse("challenge", args=(pk,)))
