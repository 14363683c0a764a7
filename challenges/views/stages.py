"""The screens of the stages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from challenges.enums import Stage
from challenges.queries.understanding import with_whys
from challenges.views.page import for_stage, stage_page
from lib.access import find
from organisation.models import Person


@require_safe
def understanding(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    row = find(person, with_whys(for_stage()), see="contributions.see", pk=pk)
    return stage_page(request, person, row, Stage.UNDERSTANDING, may_understand=person.has_perm("challenges.understand", row))


@require_safe
def ideas(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    return stage_page(request, person, find(person, for_stage(), see="contributions.see", pk=pk), Stage.IDEAS)
