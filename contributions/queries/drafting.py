"""Answers that are being drafted."""

from __future__ import annotations

from django.db.models import QuerySet

from contributions.models import AnswerDraft, Contribution
from contributions.steps import Step
from organisation.models import Person


def is_draftable(step: Step) -> bool:
    """A coordinator's step with words to the author. A merge asks the authors instead, and has a page of its own."""
    return step.permission == "contributions.answer_for" and bool({"reason", "body"} & {*step.fields}) and step.name != "merge"


def drafts_for(person: Person) -> QuerySet[AnswerDraft]:
    """What the person may read and send: drafts of what they answer for."""
    answered_for = Contribution.objects.answered_by(person)
    return AnswerDraft.objects.filter(contribution__in=answered_for).select_related(
        "by", "edited_by", "contribution__author", "contribution__department__organisation"
    )


def draft_of(contribution: Contribution, step: Step) -> AnswerDraft | None:
    if not is_draftable(step):
        return None
    return AnswerDraft.objects.select_related("edited_by").filter(contribution=contribution, step=step.name).first()
