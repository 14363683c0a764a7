"""What a request for one of the screens carries."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest

from contributions.forms.texts import TextsForm
from contributions.models import Contribution
from contributions.queries.places import places
from ideas.forms import IdeaForm, ProposalTexts
from ideas.queries import answerable
from lib.text import number
from organisation.models import Person

UNFINISHED = frozenset({"autosave", "capture", "later", "preview", "remove_file", "resolved", "support_instead"})
"""Buttons and marks that ask for nothing to be complete."""


def author(request: HttpRequest) -> Person:
    assert isinstance(request.user, Person)
    return request.user


def is_finishing(request: HttpRequest) -> bool:
    return not UNFINISHED & request.POST.keys()


def is_autosave(request: HttpRequest) -> bool:
    """Whether the browser saves by itself. Raises PermissionDenied when somebody else has signed in since the page was opened."""
    if "autosave" not in request.POST:
        return False
    if request.POST.get("writer", str(author(request).pk)) != str(author(request).pk):
        raise PermissionDenied
    return True


def token(request: HttpRequest) -> uuid.UUID:
    """The form's own, so that it makes one draft however often it is sent; a new one for a form without."""
    try:
        return uuid.UUID(request.POST.get("token", ""))
    except ValueError:
        return uuid.uuid4()


def version(request: HttpRequest, row: Contribution | None = None) -> int:
    """The version the form was made from, or of the row that a form is now made from."""
    posted = number(request.POST.get("version"))
    if posted is not None:
        return posted
    return row.version if row and request.method != "POST" else 0


def texts_posted(request: HttpRequest, form: TextsForm, draft: Contribution | None = None) -> dict[str, Any]:
    """What a draft's first screen sends. Which challenge it answers is its author's to say: a co-author may not even see that one."""
    if draft and draft.author_id != author(request).pk:
        return form.cleaned_data
    challenge = answerable(author(request), request.POST.get("answers", ""))
    return {**form.cleaned_data, "answers_id": challenge.pk if challenge else None}


def form_posted(request: HttpRequest) -> Form:
    """The form that these fields belong to, for an idea that has been sent."""
    if "title" not in request.POST:
        return ProposalTexts(request.POST)
    return IdeaForm(request.POST, places=places()) if "proposal" in request.POST else TextsForm(request.POST, places=places())
