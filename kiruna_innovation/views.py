"""The start page, and the language of the pages."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from contributions.queries.promises import kept_promises
from kiruna_innovation import start as start_page
from organisation.actions import choose_settings
from organisation.models import Person


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    context = {
        "token": uuid.uuid4(),
        "hour": timezone.localtime().hour,
        "waiting": start_page.waiting_for(person),
        "moved": start_page.what_moved(person),
        "challenges": start_page.open_challenges(person),
        "across": start_page.across_the_border(person),
        "kept": kept_promises(),
    }
    return render(request, "start.html", context)


@login_not_required
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Into the cookie, and for somebody who is signed in also into their settings."""
    language = request.POST.get("language")
    if isinstance(request.user, Person) and language in dict(settings.LANGUAGES):
        choose_settings(by=request.user, language=language, single_keys=request.user.single_keys)
    return set_language(request)


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Kirunamodellen in plain words."""
    return render(request, "method.html")
