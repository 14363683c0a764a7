"""How the texts have been changed, and putting an earlier one back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contributions.actions import texts
from contributions.lifecycle import StaleVersion
from contributions.models import Contribution, Revision
from contributions.queries.history import Changed, departments_in, words
from contributions.queries.history import history as edits_of
from lib.access import find
from lib.htmx import redirect
from lib.text import number
from organisation.models import Person


def seen(request: HttpRequest, pk: int, **permissions: str) -> tuple[Person, Contribution]:
    person = request.user
    assert isinstance(person, Person)
    rows = Contribution.objects.with_place().prefetch_related("participants")
    return person, find(person, rows, see="contributions.see", pk=pk, **permissions)


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    person, contribution = seen(request, pk)
    edits, older = edits_of(contribution, texts.standing_texts(contribution), number(request.GET.get("before")))
    may_restore = person.has_perm("contributions.edit", contribution)
    restorable = {edit.revision.pk for edit in edits if may_restore and texts.restorable(contribution, edit.revision.texts)}
    context: dict[str, Any] = {"contribution": contribution, "edits": edits, "older": older, "restorable": restorable}
    return render(request, "contributions/history.html", context)


@require_POST
def restore(request: HttpRequest, pk: int, version: int) -> HttpResponse:
    """Put back the texts as they stood in this version of the contribution, where the edit that came then changed them."""
    person, contribution = seen(request, pk, do="contributions.edit")
    revision = Revision.objects.filter(contribution=contribution, version=version).first()
    if revision is None:
        raise Http404
    try:
        saved = texts.restore(by=person, revision=revision, version=read_version(request))
    except StaleVersion as stale:
        return changed_meanwhile(request, stale.contribution, revision)
    if saved.version != contribution.version:
        messages.success(request, _("The earlier text stands again."), extra_tags=undo_of_edit(saved))
    return redirect(request, contribution.get_absolute_url())


def read_version(request: HttpRequest) -> int:
    """The version that was read, from the form or, of the undo beneath a message, from the address. One that cannot be is older than all."""
    value = number(request.POST.get("version") or request.GET.get("version"))
    return value if value is not None and value < 2**31 else 0


def changed_meanwhile(request: HttpRequest, fresh: Contribution, revision: Revision) -> HttpResponse:
    """Both texts: what stands now, and what would be put back. Sending once more is sending knowingly."""
    standing = texts.standing_texts(fresh)
    back = {name: revision.texts[name] for name in texts.restorable(fresh, revision.texts)}
    names = departments_in(standing, back)
    changed = [Changed(name, words(name, standing.get(name, ""), names), words(name, value, names)) for name, value in back.items()]
    context = {"contribution": fresh, "revision": revision, "changed": [one for one in changed if one.before != one.after]}
    return render(request, "contributions/restore.html", context, status=409)


def undo_of_edit(saved: Contribution) -> str:
    """The address that takes back the edit that has just been saved; nothing where it cannot be taken back by itself."""
    last = Revision.objects.filter(contribution=saved, version=saved.version - 1).first()
    if last is None or not texts.restorable(saved, last.texts):
        return ""
    return f"{reverse('restore', args=(saved.pk, last.version))}?version={saved.version}"
