"""What helps answering one item: its history, who else has said the same, whom to bring in; and its labels."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contributions.models import Contribution
from contributions.queries.trail import trail
from lib.access import find
from lib.htmx import answer, own_address, redirect
from lib.text import number
from organisation.models import Person
from triage.actions.introducing import introduce
from triage.actions.labels import label
from triage.forms import LabelForm
from triage.queries.background import background, with_background
from triage.queries.labels import labelled, labels_for
from triage.queries.people import similar_to, suggestions
from triage.queries.rota import Rota
from triage.views.bulk import undo_address

LINES, EARLIER = 8, 5


def answered_for(request: HttpRequest, pk: int, rows: QuerySet[Contribution] | None = None) -> tuple[Person, Contribution]:
    person = request.user
    assert isinstance(person, Person)
    rows = Contribution.objects.with_place() if rows is None else rows
    return person, find(person, rows, see="contributions.see", do="contributions.answer_for", pk=pk)


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """What stands around it, what has happened to it, what its author has brought before as far as the reader may see it, its files, who answers now."""
    person, about = answered_for(request, pk, with_background(Contribution.objects.with_place()))
    earlier = Contribution.objects.visible_to(person).sent().filter(author=about.author_id).exclude(pk=pk)
    context = {
        "contribution": about,
        "around": background(person, about),
        "lines": trail(about).lines[:LINES],
        "earlier": earlier.order_by("-submitted_at", "-pk")[:EARLIER],
        "responsible": Rota.read().responsible(about),
    }
    return answer(request, "triage/history.html", "history", context)


@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """Similar ones with merging at hand, and whom to bring in, with the reasons."""
    person, about = answered_for(request, pk)
    alike = similar_to(person, about)
    found = suggestions(about, alike)
    context = {
        "contribution": about, "similar": alike, "suggestions": found, "back": back_of(request),
        "first_to_tell": next((one.person.pk for one in found if one.may_read and not one.is_told), None),
    }  # fmt: skip
    return answer(request, "triage/people.html", "people", context)


def back_of(request: HttpRequest) -> str:
    """The queue as it stood when the item was opened."""
    return own_address(request, request.GET.get("next") or request.POST.get("next"))


@require_POST
def bring_in(request: HttpRequest, pk: int) -> HttpResponse:
    person, about = answered_for(request, pk)
    other = Person.objects.active().filter(pk=number(request.POST.get("person")) or 0).first()
    if other is None:
        raise Http404
    try:
        is_new = introduce(by=person, contribution=about, person=other)
    except ValidationError as refusal:
        messages.warning(request, " ".join(refusal.messages))
    else:
        words = _("%(name)s is told of it.") if is_new else _("%(name)s has been told of it already.")
        messages.success(request, words % {"name": other.full_name})
    return redirect(request, back_of(request), otherwise=reverse("triage_people", args=(pk,)))


@require_http_methods(["GET", "HEAD", "POST"])
def labels(request: HttpRequest, pk: int) -> HttpResponse:
    person, about = answered_for(request, pk)
    usable, on_it = list(labels_for(person, about)), [row.label for row in labelled(person, about)]
    form = LabelForm(request.POST if request.method == "POST" else None, usable=usable, on_it=on_it)
    if request.method == "POST" and form.is_valid():
        add, remove = form.changes()
        try:
            changed = label(by=person, contribution=about, add=add, remove=remove, name=form.cleaned_data["name"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            undo = undo_address("labels", changed.on, back_of(request), off=changed.off) if changed.on or changed.off else ""
            messages.success(request, _("“%(title)s”: the labels are changed.") % {"title": about.title[:60]}, extra_tags=undo)
            return redirect(request, back_of(request), otherwise=f"/triage/?{urlencode({'item': pk})}")
    context = {"contribution": about, "form": form, "usable": usable, "next": back_of(request)}
    return answer(request, "triage/labels.html", "form", context, status=422 if form.errors else 200)
