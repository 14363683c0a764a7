"""Answers that are being drafted."""

from __future__ import annotations

from django.db.models import QuerySet

from contributions.models import AnswerDraft, Contribution
from organisation.models import Person


def drafts_for(person: Person) -> QuerySet[AnswerDraft]:
    """What the person may read and send: drafts of what they answer for."""
    answered_for = Contribution.objects.answered_by(person)
    return (
        AnswerDraft.objects.standing()
        .filter(contribution__in=answered_for)
        .select_related("by", "edited_by", "contribution__author", "contribution__department__organisation")
    )
