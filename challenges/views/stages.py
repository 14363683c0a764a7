"""The screens of the later stages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from challenges.enums import Stage
from challenges.views.page import for_stage, stage_page
from lib.access import find
from organisation.models import Person


@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    return stage_page(request, person, find(person, for_stage(), see="contributions.see", pk=pk), Stage.PLAN)


@require_safe
def tests(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    return stage_page(request, person, find(person, for_stage(), see="contributions.see", pk=pk), Stage.TESTS)


@require_safe
def spread(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    return stage_page(request, person, find(person, for_stage(), see="contributions.see", pk=pk), Stage.SPREAD)
