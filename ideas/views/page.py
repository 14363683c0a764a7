"""The page of an idea."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from contributions.queries.page import for_page
from contributions.views.page import elsewhere, frame_of
from ideas.models import Idea
from lib.access import find
from lib.htmx import answer
from organisation.models import Person


@require_safe
def idea(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    try:
        row = find(person, for_page(Idea.objects.all(), person), see="contributions.see", pk=pk)
    except Http404:
        return elsewhere(request, person, pk)
    return answer(request, "ideas/idea.html", "talk", frame_of(request, person, row))
