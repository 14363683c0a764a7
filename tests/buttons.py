"""The buttons that refuse everybody in the table of access, for want of something to press them for: who presses each, and what it then does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse
from django.utils import timezone

from challenges.actions import assessing
from challenges.enums import Shift
from challenges.models import Assessor, PlanItem, Resource, StepProposal, Why
from contributions.actions import comments
from contributions.enums import Audience, ParticipantRole, Status
from contributions.models import Comment, Contribution, Participant
from tests.factories import ChallengeFactory
from triage.models import Introduction


@dataclass(frozen=True)
class Press:
    role: str
    url: str
    is_done: Callable[[], bool]
    typed: Mapping[str, Any] = field(default_factory=dict)


def presses(world: dict[str, Any]) -> dict[str, Press]:
    return {**presses_on_a_challenge(world), **presses_on_a_plan(world), **presses_on_an_idea(world)}


def presses_on_a_challenge(world: dict[str, Any]) -> dict[str, Press]:
    people, author = world["people"], world["idea"].author
    row = ChallengeFactory.create(author=author, status=Status.OPEN_FOR_IDEAS, audience=Audience.DEPARTMENT)
    Participant.objects.create(contribution_id=row.pk, person=people["lead"], role=ParticipantRole.LEAD)
    assessing.begin(by=people["lead"], challenge=row, criteria=[("Nytta", 2)])
    assessing.invite(by=people["lead"], challenge=row, person=people["colleague"])
    told = Comment.objects.create(contribution_id=row.pk, author=people["colleague"], body="Halkade.", body_html="<p>Halkade.</p>")
    proposal = StepProposal.objects.create(contribution_id=row.pk, step="plan", from_status=row.status, text="Nog nu.", by=people["lead"])
    for position, question in enumerate(("Varför?", "Varför det?"), start=1):
        Why.objects.create(contribution_id=row.pk, position=position, question=question, answer="Därför.")

    def at(name: str, *more: int) -> str:
        return reverse(name, args=(row.pk, *more))

    return {
        "challenge_assess_decline": Press(
            "colleague", at("challenge_assess_decline"), lambda: Assessor.objects.get(person=people["colleague"]).declined_at is not None,
        ),
        "challenge_experience_mark": Press(
            "lead", at("challenge_experience_mark", told.pk), lambda: Comment.objects.get(pk=told.pk).experience_from_id is not None, {"on": "1"},
        ),
        "challenge_set_aside": Press(
            "lead", at("challenge_set_aside", proposal.pk), lambda: StepProposal.objects.get(pk=proposal.pk).closed_at is not None,
        ),
        "challenge_why_shift": Press(
            "lead", at("challenge_why_shift"), lambda: [why.question for why in Why.objects.filter(contribution_id=row.pk)] == ["Varför det?"],
            {"question": "Varför?", "answer": "Därför.", "to": Shift.AWAY},
        ),
    }  # fmt: skip


def presses_on_a_plan(world: dict[str, Any]) -> dict[str, Press]:
    author, lead = world["idea"].author, world["people"]["lead"]
    row = ChallengeFactory.create(author=author, status=Status.ACTION_PLAN, audience=Audience.DEPARTMENT)
    Participant.objects.create(contribution_id=row.pk, person=lead, role=ParticipantRole.LEAD)
    where = {"contribution_id": row.pk, "who": author, "due_on": timezone.localdate(), "created_by": lead}
    sand, clean = (PlanItem.objects.create(what=what, **where) for what in ("Sanda", "Städa"))
    asked = Resource.objects.create(contribution_id=row.pk, sort="hours", amount=8, what="Sandning", giver=author, asked_by=lead)
    return {
        "resource_take_back": Press(
            "lead", reverse("resource_take_back", args=(row.pk, asked.pk)),
            lambda: Resource.objects.get(pk=asked.pk).taken_back_at is not None,
        ),
        "plan_item_done": Press(
            "author", reverse("plan_item_done", args=(row.pk, sand.pk)), lambda: PlanItem.objects.get(pk=sand.pk).done_at is not None, {"on": "1"}
        ),
        "plan_item_remove": Press(
            "lead", reverse("plan_item_remove", args=(row.pk, clean.pk)), lambda: PlanItem.objects.get(pk=clean.pk).removed_at is not None,
            {"version": 1},
        ),
    }  # fmt: skip


def presses_on_an_idea(world: dict[str, Any]) -> dict[str, Press]:
    idea, people = world["idea"], world["people"]
    Participant.objects.create(contribution=idea, person=people["other_department"], role=ParticipantRole.INVITED, invited_by=idea.author)
    Participant.objects.create(contribution=idea, person=people["colleague"], role=ParticipantRole.COAUTHOR, invited_by=idea.author)
    gone = Comment.objects.create(contribution=idea, author=idea.author, body="Hej", body_html="<p>Hej</p>")
    taken = comments.delete(by=idea.author, comment=gone)

    def role_of(who: str) -> list[str]:
        return list(Participant.objects.filter(contribution=idea, person=people[who]).values_list("role", flat=True))

    def at(name: str, *more: int) -> str:
        return reverse(name, args=(idea.pk, *more))

    return {
        "comment_restore": Press(
            "author", at("comment_restore", gone.pk), lambda: Comment.objects.get(pk=gone.pk).body == "Hej", {"taken": taken},
        ),
        "end_coauthor": Press("author", at("end_coauthor"), lambda: role_of("colleague") == [], {"person": people["colleague"].pk}),
        "invitation": Press("other_department", at("invitation"), lambda: role_of("other_department") == ["coauthor"], {"answer": "yes"}),
        "restore": Press("author", at("restore", 1), lambda: Contribution.objects.get(pk=idea.pk).title == "Före", {"version": idea.version}),
        "triage_bring_in": Press(
            "coordinator", at("triage_bring_in"), lambda: Introduction.objects.filter(contribution=idea, person=people["deputy"]).exists(),
            {"person": people["deputy"].pk},
        ),
    }  # fmt: skip
