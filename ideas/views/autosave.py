"""Saving while somebody writes: the addresses of the two screens, with the field `autosave`, answered in JSON.

200 says what is saved; 422 which fields could not be, with the others saved; 409 is the part of the page that shows both texts.
It writes a draft's words and nothing else: no status, no audience, no file.
"""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.actions.texts import save_texts
from contributions.forms.texts import TextsForm
from contributions.lifecycle import StaleVersion
from contributions.models import Contribution
from contributions.queries.places import places
from ideas.actions import create_draft
from ideas.forms import ProposalTexts
from ideas.models import Idea
from ideas.views.conflicts import conflict
from ideas.views.posted import author, form_posted, texts_posted, token, version
from lib.dates import clock
from organisation.models import Person

PROPOSAL = "?part=proposal"


def begin(request: HttpRequest, colleague: Person | None) -> HttpResponse:
    """The first words make the draft; the same form once more, which is what a lost answer leads to, is the same draft."""
    form = TextsForm(request.POST, places=places(), complete=False)
    form.is_valid()
    if not form.cleaned_data.get("title") and not form.cleaned_data.get("problem"):
        if not form.errors:
            form.add_error("problem", _("Write what you have seen. A few words are enough to begin with."))
        return said(form)
    try:
        draft = create_draft(by=author(request), token=token(request), values=texts_posted(request, form), colleague=colleague)
    except StaleVersion as stale:
        return conflict(request, form, stale.contribution)
    return said(form, draft)


def keep(request: HttpRequest, idea: Idea) -> HttpResponse:
    """What is typed on one of the screens of a draft. What has been sent meanwhile is not written to."""
    on_second = request.GET.get("part") == "proposal"
    form: Form = ProposalTexts(request.POST, complete=False) if on_second else TextsForm(request.POST, places=places(), complete=False)
    form.is_valid()
    if not idea.is_draft:
        return conflict(request, form, idea)
    values: dict[str, Any] = texts_posted(request, form, idea) if isinstance(form, TextsForm) else form.cleaned_data
    try:
        draft = save_texts(by=author(request), contribution=idea, version=version(request), values=values)
    except StaleVersion as stale:
        return conflict(request, form, stale.contribution)
    return said(form, draft, PROPOSAL if on_second else "")


def came_too_late(request: HttpRequest, standing: Contribution) -> HttpResponse:
    """It has become a challenge meanwhile."""
    form = form_posted(request)
    form.is_valid()
    return conflict(request, form, standing)


def said(form: Form, draft: Contribution | None = None, screen: str = "") -> HttpResponse:
    errors = {name: " ".join(map(str, messages)) for name, messages in form.errors.items()}
    saved: dict[str, Any] = {}
    if draft:
        address = reverse("idea_edit", args=(draft.pk,)) + screen
        saved = {"id": draft.pk, "version": draft.version, "saved_at": clock(timezone.now()), "url": address}
    return JsonResponse({**saved, **({"errors": errors} if errors else {})}, status=422 if errors else 200)
