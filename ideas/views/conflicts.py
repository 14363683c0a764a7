"""When what was typed meets a text that was changed meanwhile: both are shown, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.forms import Form
from django.forms.boundfield import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from contributions.forms.texts import TextsForm, texts_of
from contributions.models import Contribution
from ideas.models import Idea
from ideas.views.posted import UNFINISHED, author, is_autosave
from lib.htmx import redirect

TEXTS = ("title", "problem", "proposal", "benefit")
CHOICES = ("touched", "touched_groups")
NOT_CARRIED = {"csrfmiddlewaretoken", "version", "token", "writer", *UNFINISHED}


def conflict(request: HttpRequest, form: Form, standing: Contribution) -> HttpResponse:
    """Somebody, or the same person in another window, changed it meanwhile: both texts side by side, nothing lost.

    The whole page, or for a browser that saves by itself the part that takes the form's place.
    """
    idea = Idea.objects.filter(pk=standing.pk).first()
    pairs = differing(form, idea or standing)
    if not pairs and not standing.is_draft and not is_autosave(request):
        return redirect(request, standing.get_absolute_url())
    shown = {one.field.name for one in pairs if one.chosen is None} | NOT_CARRIED
    carried = [(name, value) for name, values in request.POST.lists() if name not in shown for value in values]
    by_itself = is_autosave(request)
    context = {
        "by_itself": by_itself,
        "standing": standing,
        "net": f"{standing.pk}-{screen_of(request, standing)}",
        "pairs": pairs,
        "carried": carried,
        "action": reverse("idea_edit", args=(standing.pk,)) if request.path == reverse("idea_new") else request.get_full_path(),
        "may_edit": idea is not None and author(request).has_perm("contributions.edit", standing),
    }
    return render(request, "ideas/conflict.html#choice" if by_itself else "ideas/conflict.html", context, status=409)


def screen_of(request: HttpRequest, standing: Contribution) -> str:
    """The end of the name under which a browser keeps what is not yet saved."""
    if not standing.is_draft:
        return "sent"
    return "proposal" if request.GET.get("part") == "proposal" else "problem"


@dataclass(frozen=True)
class Difference:
    """A field as it stands and as it was typed. Of choices the names, which are carried along rather than edited."""

    field: BoundField
    stands: str
    chosen: str | None = None


def differing(form: Form, standing: Contribution) -> list[Difference]:
    """A field with an error differs, whatever was typed."""
    typed = form.cleaned_data
    texts = [Difference(form[name], getattr(standing, name, "")) for name in TEXTS if name in form.fields]
    found = [one for one in texts if typed.get(one.field.name) != one.stands]
    if typed.get("help_wanted", standing.help_wanted) != standing.help_wanted:
        found.append(Difference(form["help_wanted"], *(", ".join(words) for words in (standing.help_wanted, typed["help_wanted"]))))
    if not isinstance(form, TextsForm):
        return found
    stand = texts_of(standing)
    return found + [
        Difference(form[name], names_of(form, name, stand[name]), names_of(form, name, typed[name]))
        for name in CHOICES
        if name in typed and set(stand[name]) != set(typed[name])
    ]


def names_of(form: TextsForm, name: str, values: Iterable[Any]) -> str:
    """What the choices are called, in the order in which they are offered."""
    chosen = {str(value) for value in values}
    return ", ".join(str(option.choice_label) for option in form[name].subwidgets if str(option.data["value"]) in chosen)
