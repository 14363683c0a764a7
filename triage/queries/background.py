"""What stands around an item: what it answers or what is understood of it, whom it touches, what is said between those who answer for it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from challenges.models import Challenge, Why
from challenges.queries.leading import leads_of
from challenges.queries.page import IdeasWindow, window
from contributions.enums import Kind
from contributions.lifecycle import step_named
from contributions.models import AnswerDraft, Comment, Contribution, ContributionQuerySet
from contributions.queries.files import shown_files
from contributions.queries.page import touched
from contributions.steps import Step
from organisation.models import Person

NOTES_SHOWN = 5


@dataclass(frozen=True)
class Drafted:
    """An answer that somebody is writing."""

    step: Step
    by: str
    at: datetime.datetime


def with_drafts(rows: ContributionQuerySet) -> ContributionQuerySet:
    """Adds `answers_drafted`: which steps' answers are being written, by whom; plain values, for `drafted`."""
    names = {"given_name": "edited_by__given_name", "family_name": "edited_by__family_name"}
    drafts = AnswerDraft.objects.filter(contribution=OuterRef("pk")).order_by("-updated_at", "-pk")
    return cast(
        "ContributionQuerySet",
        rows.annotate(answers_drafted=ArraySubquery(drafts.values(row=JSONObject(step="step", at="updated_at", **names)))),
    )


def drafted(contribution: Contribution) -> list[Drafted]:
    """Of what was read with `with_drafts`; the latest first."""
    steps = [(step_named(contribution.kind, row["step"]), row) for row in contribution.answers_drafted]  # type: ignore[attr-defined]
    return [
        Drafted(step, f"{row['given_name']} {row['family_name']}", datetime.datetime.fromisoformat(row["at"]))
        for step, row in steps
        if step
    ]


@dataclass(frozen=True)
class Background:
    """Of an idea what it answers, as far as the reader may see that; of a challenge what is understood. `window` is the challenge's."""

    answers: Contribution | None
    window: IdeasWindow | None
    challenge: Challenge | None
    leads: list[Person]
    notes: list[Comment]
    more_notes: bool


def with_background(rows: QuerySet[Contribution]) -> QuerySet[Contribution]:
    """Adds `touched_places`, `whys_asked` and `files`, lists of plain values."""
    whys = Why.objects.filter(contribution=OuterRef("pk")).order_by("position")
    return rows.select_related("challenge").annotate(
        touched_places=ArraySubquery(touched()),
        whys_asked=ArraySubquery(whys.values(row=JSONObject(question="question", answer="answer"))),
        files=ArraySubquery(shown_files(OuterRef("pk"))),
    )


def background(person: Person, contribution: Contribution) -> Background:
    """For whoever answers for it, of what was read with `with_background`: two queries."""
    answers = answered(person, contribution)
    challenge = contribution.challenge if contribution.kind == Kind.CHALLENGE else None
    asked = answers.challenge if answers and answers.kind == Kind.CHALLENGE else challenge
    notes = list(notes_on(contribution)[: NOTES_SHOWN + 1])
    return Background(
        answers=answers,
        window=window(asked) if asked else None,
        challenge=challenge,
        leads=[lead.person for lead in leads_of(contribution)] if challenge else [],
        notes=notes[:NOTES_SHOWN],
        more_notes=len(notes) > NOTES_SHOWN,
    )


def answered(person: Person, contribution: Contribution) -> Contribution | None:
    """The challenge an idea answers, where the person may see it."""
    if contribution.answers_id is None:
        return None
    return Contribution.objects.visible_to(person).sent().select_related("challenge").filter(pk=contribution.answers_id).first()


def notes_on(contribution: Contribution) -> QuerySet[Comment]:
    """Notes between those who answer for it, the latest first."""
    notes = contribution.comments.filter(is_internal=True, deleted_at__isnull=True, hidden_at__isnull=True)
    return notes.select_related("author").order_by("-created_at", "-pk")
