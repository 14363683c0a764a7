"""Who may work on a challenge's stages: those who lead it, whatever their organisation, and its coordinators; while the status leaves it open.

What is understood is built by everybody who may talk about it, and agreed by those it touches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules
from django.db.models import Q

from contributions.enums import Kind, Opening, ParticipantRole, Status
from contributions.rules import (
    answers_for,
    coordinators_over,
    is_author,
    is_lead,
    is_sent,
    leaves_open,
    leaves_open_comment,
    may_see,
    opens,
    readers_of,
)
from organisation.enums import Role

if TYPE_CHECKING:
    from challenges.models import Adoption, PlanItem, Resource, Trial, Way
    from contributions.models import Contribution
    from organisation.models import Department, Person


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


@rules.predicate
def is_challenge(_person: Person, contribution: Contribution | None) -> bool:
    return contribution is not None and contribution.kind == Kind.CHALLENGE


@rules.predicate
def may_see_row(person: Person, row: Adoption | PlanItem | Resource | Trial | Way | None) -> bool:
    """Whoever sees the challenge sees what hangs on it."""
    return row is not None and may_see(person, row.contribution)


@rules.predicate
def may_do_item(person: Person, item: PlanItem | None) -> bool:
    """Whoever promised it says when it is done; so may those who lead the work."""
    if item is None or not opens(item.contribution, Opening.PLAN) or not may_see(person, item.contribution):
        return False
    return item.who_id == person.pk or drives(person, item.contribution)


@rules.predicate
def may_answer_resource(person: Person, resource: Resource | None) -> bool:
    """The person who was asked, or those who answer for the challenge; of a department's, those who coordinate the department.

    Where nobody who may read the challenge does, those who answer for it speak for the department too.
    """
    if resource is None or not opens(resource.contribution, Opening.PLAN) or not may_see(person, resource.contribution):
        return False
    department = resource.giving_department
    if department is None:
        return resource.giver_id == person.pk or answers_for(person, resource.contribution)
    if person.coverage(Role.COORDINATOR).covers_department(department):
        return True
    over = type(person)._default_manager.filter(coordinators_over(department), readers_of(resource.contribution))
    return answers_for(person, resource.contribution) and not over.exists()


@rules.predicate
def may_take_back_resource(person: Person, resource: Resource | None) -> bool:
    """Whoever asked, and those who lead the work."""
    if resource is None or not opens(resource.contribution, Opening.PLAN) or not may_see(person, resource.contribution):
        return False
    return resource.asked_by_id == person.pk or drives(person, resource.contribution)


@rules.predicate
def may_end_adoption(person: Person, adoption: Adoption | None) -> bool:
    """Whoever told of it, and those who speak for the department."""
    if adoption is None or not opens(adoption.contribution, Opening.SPREAD) or not may_see(person, adoption.contribution):
        return False
    return adoption.told_by_id == person.pk or speaks_for(person, adoption.department)


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
rules.add_perm("challenges.plan", is_challenge & drives & leaves_open(Opening.PLAN))
rules.add_perm("challenges.try", is_challenge & drives & leaves_open(Opening.TRY))
rules.add_perm("challenges.end_trial", is_challenge & drives & is_sent)
rules.add_perm("challenges.spread", is_challenge & drives & leaves_open(Opening.SPREAD))
rules.add_perm("challenges.adopt", is_challenge & may_see & leaves_open(Opening.SPREAD))
rules.add_perm("challenges.record_decision", is_challenge & answers_for & leaves_open(Opening.PLAN))
rules.add_perm("challenges.see_adoption", may_see_row)
rules.add_perm("challenges.end_adoption", may_end_adoption)
rules.add_perm("challenges.see_item", may_see_row)
rules.add_perm("challenges.see_resource", may_see_row)
rules.add_perm("challenges.see_way", may_see_row)
rules.add_perm("challenges.see_trial", may_see_row)
rules.add_perm("challenges.do_item", may_do_item)
rules.add_perm("challenges.answer_resource", may_answer_resource)
rules.add_perm("challenges.take_back_resource", may_take_back_resource)


def speaks_for(person: Person, department: Department) -> bool:
    """Whether the person may say of a department that it does something: their own, or one they cover as a coordinator."""
    return department.pk == person.department_id or person.coverage(Role.COORDINATOR).covers_department(department)
