"""What the small forms of the stages have in common: one page, and back to the stage's screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from challenges.models import Challenge
from challenges.views.page import for_stage
from lib.access import find
from organisation.models import Person


def challenge_for(request: HttpRequest, pk: int, do: str | None = None) -> tuple[Person, Challenge]:
    """Who asks, and the challenge if they may see it (and do this)."""
    person = request.user
    assert isinstance(person, Person)
    return person, find(person, for_stage(), see="contributions.see", do=do, pk=pk)


def form_page(
    request: HttpRequest, challenge: Challenge, form: forms.Form, *, heading: str, send: str, back: str, status: int = 200, **more: Any
) -> HttpResponse:
    """A form by itself. With 409, `standing` says in words what stands now, above what was typed."""
    context = {"contribution": challenge, "form": form, "heading": heading, "send": send, "back": back, **more}
    return render(request, "challenges/form.html", context, status=422 if form.errors and status == 200 else status)
