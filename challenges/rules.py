"""Who may work on a challenge's stages: those who lead it, whatever their organisation, and its coordinators; while the status leaves it open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from contributions.enums import Kind, Opening
from contributions.rules import answers_for, is_lead, leaves_open, may_see, opens
from organisation.enums import Role

if TYPE_CHECKING:
    from challenges.models import PlanItem, Resource, Trial, Way
    from contributions.models import Contribution
    from organisation.models import Department, Person


@rules.predicate
def is_challenge(_person: Person, contribution: Contribution | None) -> bool:
    return contribution is not None and contribution.kind == Kind.CHALLENGE


@rules.predicate
def may_see_row(person: Person, row: PlanItem | Resource | Trial | Way | None) -> bool:
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
    """The person who was asked, and those who answer for the challenge."""
    if resource is None or not opens(resource.contribution, Opening.PLAN) or not may_see(person, resource.contribution):
        return False
    return resource.giver_id == person.pk or answers_for(person, resource.contribution)


drives = may_see & (is_lead | answers_for)

rules.add_perm("challenges.understand", drives & leaves_open(Opening.UNDERSTAND))
rules.add_perm("challenges.plan", is_challenge & drives & leaves_open(Opening.PLAN))
rules.add_perm("challenges.try", is_challenge & drives & leaves_open(Opening.TRY))
rules.add_perm("challenges.spread", is_challenge & drives & leaves_open(Opening.SPREAD))
rules.add_perm("challenges.adopt", is_challenge & may_see & leaves_open(Opening.SPREAD))
rules.add_perm("challenges.record_decision", is_challenge & answers_for & leaves_open(Opening.PLAN))
rules.add_perm("challenges.see_item", may_see_row)
rules.add_perm("challenges.see_resource", may_see_row)
rules.add_perm("challenges.see_way", may_see_row)
rules.add_perm("challenges.see_trial", may_see_row)
rules.add_perm("challenges.do_item", may_do_item)
rules.add_perm("challenges.answer_resource", may_answer_resource)


def speaks_for(person: Person, department: Department) -> bool:
    """Whether the person may say of a department that it does something: their own, or one they cover as a coordinator."""
    return department.pk == person.department_id or person.coverage(Role.COORDINATOR).covers_department(department)
