"""The list of ideas."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from contributions.enums import Kind
from contributions.queries.lists import challenges_offered, listing, read_filters
from contributions.queries.places import places
from contributions.views.lists import frame_of
from lib.htmx import answer
from organisation.models import Person


@require_safe
def ideas(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    everywhere, challenges = places(), challenges_offered(person, request.GET.get("answers", ""))
    filters = read_filters(Kind.IDEA, request.GET, everywhere, challenges)
    found = listing(person, filters, request.GET.get("after"))
    return answer(request, "ideas/list.html", "results", {**frame_of(found, everywhere), "challenges": challenges})
