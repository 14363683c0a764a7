"""How a page with a form answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.functional import Promise
from django.views.decorators.http import require_http_methods

from lib import htmx
from organisation.models import Person


@dataclass(frozen=True)
class FormPage:
    """What stands around the form. `back` is where one came from, and where one goes when it is done."""

    heading: str
    submit: str | Promise
    back: str
    lead: str = ""
    danger: bool = False


def answer_form(request: HttpRequest, form: forms.Form, page: FormPage, *, save: Callable[[dict[str, Any]], str]) -> HttpResponse:
    """Save what was sent, say so and go back; otherwise the form, with what is wrong (422). `save` gives the sentence to say."""
    if request.method == "POST" and form.is_valid():
        try:
            said = save(form.cleaned_data)
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            return go(request, page.back, said=said)
    status = 422 if form.is_bound and form.errors else 200
    return htmx.answer(request, "organisation/form.html", "form", {"form": form, "page": page}, status=status)


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to."""
    return request.POST if request.method == "POST" else None


def go(request: HttpRequest, url: str, *, said: str) -> HttpResponse:
    messages.success(request, said)
    return htmx.redirect(request, url)


def refuse(request: HttpRequest, url: str, refusal: ValidationError) -> HttpResponse:
    """For a button without a form: back, with the reason."""
    messages.error(request, " ".join(refusal.messages))
    return htmx.redirect(request, url)


def add_refusal(form: forms.Form, refusal: ValidationError) -> None:
    """Each sentence at its field, or above the form when the form has no such field."""
    by_field = refusal.error_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.error_list}
    for name, errors in by_field.items():
        form.add_error(name if name in form.fields else None, list(errors))


form_view = require_http_methods(["GET", "HEAD", "POST"])


def reader(request: HttpRequest, permission: str | None = None) -> Person:
    """Whoever is signed in. Raises PermissionDenied without the permission."""
    person = request.user
    assert isinstance(person, Person)
    if permission and not person.has_perm(permission):
        raise PermissionDenied
    return person
