"""Who may work on a challenge's stages: those who lead it, whatever their organisation, and its coordinators; while the status leaves it open.

What is understood is built by everybody who may talk about it, and agreed by those it touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules
from django.db.models import Q

from contributions.enums import Opening, ParticipantRole, Status
from contributions.rules import answers_for, is_author, is_lead, leaves_open, leaves_open_comment, may_see

if TYPE_CHECKING:
    from contributions.models import Contribution
    from organisation.models import Person


@rules.predicate
def is_touched(person: Person, challenge: Contribution | None) -> bool:
    """Whoever brought it up, works in a department it touches, or has told an experience of their own."""
    if challenge is None:
        return False
    told = Q(comments__experience_from__isnull=False, comments__author=person, comments__hidden_at__isnull=True)
    works_there = Q(touched__in=person.department.ancestor_ids)
    rows = type(challenge)._default_manager.filter(works_there | told & Q(comments__deleted_at__isnull=True), pk=challenge.pk)
    return bool(is_author(person, challenge) or rows.exists())


@rules.predicate
def is_assessor(person: Person, challenge: Contribution | None) -> bool:
    """Asked to assess the ideas that answer it, and has not said no."""
    found = getattr(challenge, "assessment", None)
    return found is not None and found.assessors.filter(person=person, declined_at__isnull=True).exists()


@rules.predicate
def has_closed_assessment(_person: Person, challenge: Contribution | None) -> bool:
    found = getattr(challenge, "assessment", None)
    return found is not None and found.closed_at is not None


@rules.predicate
def has_idea_assessed(person: Person, challenge: Contribution | None) -> bool:
    """Wrote an idea that answers it, alone or with others."""
    if challenge is None:
        return False
    own = Q(author=person) | Q(participants__person=person, participants__role=ParticipantRole.COAUTHOR)
    return bool(challenge.answered_with.filter(own).exclude(status=Status.DRAFT).exists())


drives = may_see & (is_lead | answers_for)

rules.add_perm("challenges.drive", drives)
rules.add_perm("challenges.understand", drives & leaves_open(Opening.UNDERSTAND))
rules.add_perm("challenges.ask_why", may_see & leaves_open_comment & leaves_open(Opening.UNDERSTAND))
rules.add_perm("challenges.recognise", may_see & leaves_open(Opening.UNDERSTAND) & is_touched)
rules.add_perm("challenges.mark_experience", drives & leaves_open_comment)
rules.add_perm("challenges.step_down", may_see & is_lead)
rules.add_perm("challenges.set_assessment", drives & (leaves_open(Opening.ANSWER) | leaves_open(Opening.PLAN)))
rules.add_perm("challenges.assess", may_see & is_assessor & ~has_closed_assessment)
rules.add_perm("challenges.see_result", may_see & has_closed_assessment & (drives | is_assessor))
rules.add_perm("challenges.know_assessment", may_see & (drives | is_assessor | has_closed_assessment & has_idea_assessed))
rules.add_perm("challenges.plan", drives & leaves_open(Opening.PLAN))
rules.add_perm("challenges.try", drives & leaves_open(Opening.TRY))
rules.add_perm("challenges.spread", drives & leaves_open(Opening.SPREAD))
