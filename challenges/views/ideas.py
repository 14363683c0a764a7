"""The screen of the ideas, and the call for them: a link to share, and a poster to print."""

from __future__ import annotations

import io
from typing import Any

import segno
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from challenges.enums import Stage
from challenges.models import Challenge
from challenges.queries.ideas import IDEAS_SHOWN, SORTS, shown
from challenges.queries.page import window
from challenges.views.page import asker, for_stage, stage_page
from contributions.enums import Opening
from contributions.views.page import elsewhere
from lib.access import find
from lib.htmx import redirect
from organisation.models import Person


def opened(request: HttpRequest, pk: int) -> tuple[Person, Challenge]:
    person = asker(request)
    return person, find(person, for_stage(), see="contributions.see", pk=pk)


@require_safe
def ideas(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        person, row = opened(request, pk)
    except Http404:
        return elsewhere(request, asker(request), pk)
    sort = request.GET.get("sort", "")
    sort = sort if sort in SORTS else next(iter(SORTS))
    rows, open_to = shown(row, person, sort), window(row)
    context: dict[str, Any] = {
        "rows": rows[:IDEAS_SHOWN],
        "has_more": len(rows) > IDEAS_SHOWN,
        "sort": sort,
        "sorts": [(name, label) for name, (label, _order) in SORTS.items()],
        "window": open_to,
        "days_left": (open_to.last_day - timezone.localdate()).days if open_to.is_open and open_to.last_day else None,
        "may_answer": open_to.is_open and row.opens(Opening.ANSWER) and person.has_perm("contributions.share"),
        "call": address_of(row),
        "knows_assessment": person.has_perm("challenges.know_assessment", row),
    }
    return stage_page(request, person, row, Stage.IDEAS, **context)


def address_of(row: Challenge) -> str:
    """The short address, in full: what is shared, printed, and drawn as a QR code."""
    return settings.SITE_URL + reverse("call", args=(row.pk,))


@require_safe
def call(request: HttpRequest, pk: int) -> HttpResponse:
    """The short address leads to where the call is now; whoever is not signed in comes here by the sign-in page."""
    try:
        _person, row = opened(request, pk)
    except Http404:
        return elsewhere(request, asker(request), pk)
    is_asked = row.opens(Opening.UNDERSTAND) and not row.ideas_close_at
    return redirect(request, reverse("challenge_understanding" if is_asked else "challenge_ideas", args=(pk,)))


@require_safe
def poster(request: HttpRequest, pk: int) -> HttpResponse:
    """An A4 page for the lunch room: the question, until when, the QR code and the address in words."""
    try:
        _person, row = opened(request, pk)
    except Http404:
        return elsewhere(request, asker(request), pk)
    context = {
        "contribution": row,
        "window": window(row),
        "call": address_of(row).partition("://")[2],
        "asks": row.opens(Opening.UNDERSTAND),
    }
    return render(request, "challenges/poster.html", context)


@require_safe
def qr(request: HttpRequest, pk: int) -> HttpResponse:
    """The short address as a picture: four modules of quiet around it, black on white whatever the screen looks like."""
    _person, row = opened(request, pk)
    drawn = io.BytesIO()
    segno.make(address_of(row), error="m", micro=False).save(drawn, kind="svg", scale=8, border=4, dark="#000", light="#fff", svgns=True)
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    patch_cache_control(response, no_store=True, private=True)
    return response
