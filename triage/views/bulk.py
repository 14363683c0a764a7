"""One act on many items at once, and taking it back within ten seconds."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from lib.htmx import answer, own_address, redirect
from organisation.models import Person
from triage.actions.labels import take_back
from triage.actions.many import MOST, Result, assign_many, label_many, undo_assigning
from triage.forms import AssignManyForm, LabelManyForm
from triage.queries.rota import Rota
from triage.views.queue import coordinator

CHOSEN = re.compile(r"(\d{1,18})-(\d{1,9})", re.ASCII)
SALT = "triage.bulk"
REFUSED_SHOWN = 5


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    """`items` are "id-version"; `act` is take (to oneself), assign or label. Who asks by GET finds the queue."""
    person = coordinator(request)
    back = own_address(request, request.POST.get("next")) or "/triage/"
    chosen = chosen_of(request)
    if request.method != "POST" or not chosen:
        if request.method == "POST":
            messages.warning(request, _("Choose something in the queue first."))
        return redirect(request, back)
    act = request.POST.get("act", "")
    if act == "take":
        result = assign_many(by=person, chosen=chosen, assignee=person)
        return done(request, "assign", result, back)
    form = form_of(request, person, act)
    if form.is_valid():
        if isinstance(form, LabelManyForm):
            return done(request, "labels", label_many(by=person, chosen=chosen, name=form.cleaned_data["name"]), back)
        return done(request, "assign", assign_many(by=person, chosen=chosen, assignee=form.cleaned_data["assignee"]), back)
    first_look = act == "assign" and "assignee" not in request.POST and "sent" not in request.POST
    if first_look:
        form.errors.clear()
    context = {"form": form, "act": act, "items": request.POST.getlist("items")[:MOST], "number": len(chosen), "next": back}
    return answer(request, "triage/bulk.html", "form", context, status=200 if first_look else 422)


def form_of(request: HttpRequest, person: Person, act: str) -> AssignManyForm | LabelManyForm:
    if act == "label":
        return LabelManyForm(request.POST)
    coverage = {assignment.person_id for assignment in Rota.read().assignments}
    people = Person.objects.active().with_place().filter(pk__in={*coverage, person.pk}).order_by("sort_key", "pk")
    return AssignManyForm(request.POST, people=people)


def chosen_of(request: HttpRequest) -> dict[int, int]:
    """Ids with the versions they were read at; what is neither is left out, and so is all beyond a hundred."""
    found = (CHOSEN.fullmatch(one) for one in request.POST.getlist("items")[:MOST])
    return {int(match[1]): int(match[2]) for match in found if match}


def done(request: HttpRequest, what: str, result: Result, back: str) -> HttpResponse:
    if result.changed:
        number = len(result.changed)
        words = ngettext("%(number)d is changed.", "%(number)d are changed.", number) % {"number": number}
        messages.success(request, words, extra_tags=undo_address(what, result.changed, back))
    elif not result.refused:
        messages.info(request, _("All of them had it already."))
    if result.refused:
        messages.warning(request, refused_words(result))
    return redirect(request, back)


def refused_words(result: Result) -> str:
    number = len(result.refused)
    words = ngettext("%(number)d is not changed:", "%(number)d are not changed:", number) % {"number": number}
    each = [f"“{title[:60]}”, {why}" if title else why for title, why in result.refused[:REFUSED_SHOWN]]
    return f"{words} {'; '.join(each)}{' …' if number > REFUSED_SHOWN else ''}."


def undo_address(what: str, pks: list[int], back: str, *, off: Sequence[int] = ()) -> str:
    """Where the toast's button posts. What it takes back stands signed in the address; that it is one's own and how old is asked anew."""
    return f"{reverse('triage_undo')}?{urlencode({'of': signing.dumps([what, pks, [*off]], salt=SALT, compress=True), 'next': back})}"


def undo(request: HttpRequest) -> HttpResponse:
    person = coordinator(request)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    what, pks, off = read_undo(request.GET.get("of", ""))
    back = own_address(request, request.GET.get("next")) or "/triage/"
    number = take_back(by=person, on=pks, off=off) if what == "labels" else len(undo_assigning(by=person, contributions=pks).changed)
    if not number:
        messages.warning(request, _("Ten seconds have passed, or something else has happened since. Nothing is taken back."))
    elif number < (all_of_it := len(pks) + len(off)):
        messages.warning(
            request, _("%(number)d of %(all)d are taken back. The others had changed meanwhile.") % {"number": number, "all": all_of_it}
        )
    else:
        messages.success(request, _("Taken back. Nobody has been told."))
    return redirect(request, back)


def read_undo(signed: str) -> tuple[str, list[int], list[int]]:
    try:
        what, pks, off = signing.loads(signed, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return "", [], []
    return what, pks, off
