"""The page on which a challenge is changed: its texts, and what has been understood."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.actions import understanding as actions
from challenges.forms.understanding import EditForms
from challenges.models import Challenge
from challenges.queries.understanding import chain_of
from contributions.lifecycle import StaleVersion
from contributions.models import Contribution
from contributions.views.files import attaching, take_files
from contributions.views.history import undo_of_edit
from contributions.views.page import elsewhere
from lib.access import find
from lib.htmx import redirect
from lib.text import number
from organisation.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The author and those who lead it change the texts; those who lead it and its coordinators, what has been understood."""
    person = request.user
    assert isinstance(person, Person)
    try:
        row = find(person, Challenge.objects.with_place().prefetch_related("participants"), see="contributions.see", pk=pk)
    except Http404:
        return no_longer_challenge(request, person, pk)
    if not any(person.has_perm(permission, row) for permission in ("contributions.edit", "challenges.understand")):
        raise PermissionDenied
    if request.method != "POST":
        return edit_page(request, row, EditForms.of(person, row))
    forms = EditForms.of(person, row, request.POST)
    refused_a_file = forms.texts is not None and take_files(request, row)
    if "remove_file" in request.POST:
        return edit_page(request, row, forms, version=version_posted(request))
    if not forms.are_valid():
        return edit_page(request, row, forms, version=version_posted(request), status=422)
    try:
        saved = actions.edit(by=person, challenge=row, version=version_posted(request), texts=forms.words, understanding=forms.understood)
    except StaleVersion:
        fresh = Challenge.objects.with_place().prefetch_related("participants").filter(pk=pk).first()
        if fresh is None:
            return no_longer_challenge(request, person, pk)
        return edit_page(request, fresh, forms, status=409, chain=chain_of(fresh))
    if saved.version != row.version:
        messages.success(request, _("The change is saved."), extra_tags=undo_of_edit(saved))
    return redirect(request, f"{request.path}#files" if refused_a_file else row.get_absolute_url())


def no_longer_challenge(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """It has become an idea or a draft: what was typed here is shown, to be taken along."""
    if request.method != "POST":
        return elsewhere(request, person, pk)
    standing = find(person, Contribution.objects.with_place().prefetch_related("participants"), see="contributions.see", pk=pk)
    context = {"standing": standing, "typed": [field for field in EditForms.everything(request.POST) if field.value()]}
    return render(request, "challenges/kept.html", context, status=409)


def edit_page(
    request: HttpRequest, row: Challenge, forms: EditForms, *, version: int | None = None, status: int = 200, **more: Any
) -> HttpResponse:
    """`chain` is given with 409: what stands now is shown beside what was typed."""
    context = {"challenge": row, "forms": forms, "version": row.version if version is None else version, "is_stale": status == 409, **more}
    if forms.texts:
        context["attaching"] = attaching(request, row)
    return render(request, "challenges/edit.html", context, status=status)


def version_posted(request: HttpRequest) -> int:
    """One that cannot be is older than all."""
    return number(request.POST.get("version")) or 0
