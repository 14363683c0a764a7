"""Supporting, following, reporting a contribution. Plain POSTs that lead back to its page."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contributions.actions import moderation, talk
from contributions.forms.talk import ReportForm, SupportForm
from contributions.models import Comment, Contribution
from contributions.queries.page import for_page
from lib.access import find
from lib.htmx import answer, redirect, wants_part
from organisation.models import Person


def seen(person: Person, pk: int) -> Contribution:
    rows = Contribution.objects.with_place().prefetch_related("participants")
    return find(person, rows, see="contributions.see", pk=pk)


@require_safe
def contribution(request: HttpRequest, pk: int) -> HttpResponse:
    """The page of the kind it is."""
    person = request.user
    assert isinstance(person, Person)
    return redirect(request, seen(person, pk).get_absolute_url())


@require_POST
def support(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    about = seen(person, pk)
    form = SupportForm(request.POST)
    if form.is_valid():
        try:
            talk.support(by=person, contribution=about, **form.given())
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
    if not form.is_valid():
        context = {"contribution": about, "support_form": form}
        return answer(request, "contributions/support.html", "form", context, status=422)
    if wants_part(request):
        fresh = for_page(Contribution.objects.all(), person).get(pk=pk)
        return render(request, "contributions/_support.html", {"contribution": fresh, "may_support": True})
    home = f"{about.get_absolute_url()}#support"
    return redirect(request, request.POST.get("next") or home, otherwise=home)


@require_POST
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    about = seen(person, pk)
    on = request.POST.get("on", "1") != "0"
    talk.follow(by=person, contribution=about, on=on)
    if wants_part(request):
        return render(request, "contributions/_follow.html", {"contribution": about, "is_followed": on})
    return redirect(request, about.get_absolute_url())


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """Of the contribution, or of the comment that `comment` names."""
    person = request.user
    assert isinstance(person, Person)
    about = seen(person, pk)
    comment = reported_comment(request, person, about)
    form = ReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        moderation.report(by=person, contribution=about, comment=comment, reason=form.cleaned_data["reason"])
        messages.success(request, _("The coordinators have got your report. They look at it as soon as they can."))
        return redirect(request, about.get_absolute_url())
    context = {"contribution": about, "comment": comment, "form": form}
    return answer(request, "contributions/report.html", "form", context, status=422 if form.errors else 200)


def reported_comment(request: HttpRequest, person: Person, about: Contribution) -> Comment | None:
    """Named in the address or the form. Raises what the door raises, for whoever may not report this."""
    named = request.POST.get("comment") or request.GET.get("comment")
    if named:
        return find(
            person, about.comments.select_related("author"), see="contributions.see_comment", do="contributions.report_comment", pk=named
        )
    if not person.has_perm("contributions.report", about):
        raise PermissionDenied
    return None
