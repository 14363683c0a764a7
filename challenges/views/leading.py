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
from challenges.views.forms import challenge_for
from challenges.views.page import for_stage
from contributions.forms.together import PersonForm, WhoForm
from contributions.lifecycle import spec_of
from contributions.rules import may_see
from contributions.views.people import find_among
from lib.htmx import answer, redirect
from lib.text import number
from organisation.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
def leads(request: HttpRequest, pk: int) -> HttpResponse:
    """Search by GET, appoint by POST; both lead back here, where those who lead it stand."""
    person, row = challenge_for(request, pk, do="challenges.drive")
    who, form = find_among(request, askable(row))
    if form.is_valid():
        try:
            leading.appoint(by=person, challenge=row, person=form.chosen())
        except ValidationError as refusal:
            form.add_error("person", refusal.messages)
        else:
            messages.success(request, _("%(name)s leads it from now on, and is told.") % {"name": form.chosen().full_name})
            return redirect(request, request.path)
    return leads_page(request, row, who, form, status=422 if form.is_bound else 200)


def leads_page(request: HttpRequest, row: Challenge, who: WhoForm, form: PersonForm, status: int) -> HttpResponse:
    may_end = request.user.has_perm("contributions.answer_for", row)
    context = {"contribution": row, "who": who, "form": form, "leading": leads_of(row), "may_end": may_end, "most": leading.MOST_LEADS}
    return answer(request, "challenges/leads.html", "found", context, status=status)


@require_POST
def step_down(request: HttpRequest, pk: int) -> HttpResponse:
    """A lead stops leading it; a coordinator ends it for `person`."""
    person, row = challenge_for(request, pk)
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
    person, row = challenge_for(request, pk, do="challenges.drive")
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
    """Taken back by whoever proposed it, or set aside by a coordinator; back to where it was pressed."""
    person, row = challenge_for(request, pk)
    standing = StepProposal.objects.filter(contribution=row, pk=proposal).first()
    if standing is None:
        raise Http404
    if leading.set_aside(by=person, proposal=standing):
        messages.success(request, _("The proposal is set aside."))
    return redirect(request, request.POST.get("next", ""), otherwise=reverse("challenge", args=(pk,)))
