"""Choosing a colleague: search by GET, choose by POST, on one page."""

from __future__ import annotations

from django.http import HttpRequest

from contributions.forms.together import PersonForm, WhoForm
from contributions.queries.together import people_found
from lib.text import number
from organisation.models import Person, PersonQuerySet


def find_among(request: HttpRequest, people: PersonQuerySet) -> tuple[WhoForm, PersonForm]:
    """The search, and the choice among those found. Somebody posted whom the search does not find is for the action to refuse."""
    who = WhoForm(request.GET)
    found = people_found(who.cleaned_data["q"] if who.is_valid() else "", people)
    if request.method != "POST":
        return who, PersonForm(people=found)
    named = Person.objects.active().with_place().filter(pk=number(request.POST.get("person")) or 0)
    return who, PersonForm(request.POST, people=found or list(named))
