"""A challenge: its page, and the screen of each of its stages."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from challenges.enums import Stage
from challenges.models import Challenge
from challenges.queries.leading import proposed, with_proposal
from challenges.queries.now import now
from challenges.queries.page import stages, window
from challenges.queries.understanding import with_whys
from contributions.enums import Kind, ParticipantRole
from contributions.lifecycle import steps_for
from contributions.models import Participant
from contributions.queries.page import for_page
from contributions.queries.trail import trail
from contributions.views.page import Acts, elsewhere
from contributions.views.page import frame_of as frame_of_page
from lib.access import find
from lib.htmx import answer
from organisation.models import Person


@require_safe
def challenge(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    try:
        row = find(person, with_proposal(with_whys(for_page(Challenge.objects.all(), person))), see="contributions.see", pk=pk)
    except Http404:
        return elsewhere(request, person, pk)
    shared = frame_of_page(request, person, row)
    open_to = window(row)
    context = {
        "stages": stages(row, shared["trail"]),
        "window": open_to,
        "leads": [one.person for one in row.participants.all() if one.role == ParticipantRole.LEAD],
        "came_with": row.set_aside.get(Kind.IDEA, {}),
        "may_answer": open_to.is_open and person.has_perm("contributions.share"),
        "may_understand": person.has_perm("challenges.understand", row),
        "may_mark": person.has_perm("challenges.mark_experience", row),
        "drives": person.has_perm("challenges.drive", row),
        "is_lead": person.has_perm("challenges.step_down", row),
        "now": now(row, person),
        "proposed": proposed(row),
    }
    return answer(request, "challenges/challenge.html", "talk", {**shared, **context})


def asker(request: HttpRequest) -> Person:
    """Whoever is signed in; nobody else comes this far."""
    person = request.user
    assert isinstance(person, Person)
    return person


def stage_page(request: HttpRequest, person: Person, row: Challenge, stage: Stage, *, status: int = 200, **context: Any) -> HttpResponse:
    """The screen of one stage. The row has been read with `for_stage`; two queries beyond it and what the stage itself asks."""
    marks = stages(row, trail(row))
    frame = {
        "contribution": row,
        "stage": next(mark for mark in marks if mark.stage == stage),
        "stages": marks,
        "acts": Acts(steps_for(person, row)),
        "drives": person.has_perm("challenges.drive", row),
        "is_lead": person.has_perm("challenges.step_down", row),
        "leads": [one.person for one in row.participants.all() if one.role == ParticipantRole.LEAD],
    }
    return render(request, f"challenges/{stage}.html", {**frame, **context}, status=status)


def for_stage() -> Any:
    """A challenge as the screen of a stage needs it."""
    participants = Participant.objects.select_related("person__department__organisation")
    return Challenge.objects.with_place().prefetch_related(Prefetch("participants", participants))
