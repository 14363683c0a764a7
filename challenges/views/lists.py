"""The list of challenges."""

from __future__ import annotations

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from contributions.enums import Kind
from contributions.models import Contribution
from contributions.queries.lists import listing, read_filters, with_answer_count
from contributions.queries.places import places
from contributions.views.lists import frame_of
from lib.htmx import answer
from organisation.models import Person


@require_safe
def challenges(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    everywhere = places()
    filters = read_filters(Kind.CHALLENGE, request.GET, everywhere)
    rows = with_answer_count(Contribution.objects.annotate(ideas_close_at=F("challenge__ideas_close_at")), person)
    found = listing(person, filters, request.GET.get("after"), among=rows)
    return answer(request, "challenges/list.html", "results", frame_of(found, everywhere))
