"""Sharing: a draft that its author alone decides over, until it is sent."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.models import Challenge
from contributions.actions.on_behalf import bring_in
from contributions.actions.texts import DRAFT_COLUMNS, missing_words, save_texts
from contributions.enums import Audience, Kind, Opening
from contributions.lifecycle import IllegalStep, advance, lock, reindex_texts
from contributions.models import Contribution, TrailEntry
from contributions.rules import ambassadors_of
from ideas.models import Idea
from notifications import outbox
from organisation.models import Person

WRITTEN = (*DRAFT_COLUMNS, "proposal", "benefit")


class ChallengeClosed(Exception):
    """The challenge the idea answers takes no ideas now, or its author may no longer read it."""


@transaction.atomic
def create_draft(*, by: Person, token: uuid.UUID, values: Mapping[str, Any], colleague: Person | None = None) -> Contribution:
    """The draft this form makes. The same form sent again is the same draft, with what was changed in between.

    For a colleague it is a draft of the ambassador's own until the colleague confirms it. Raises StaleVersion when it has been written further since.
    """
    columns = {name: values[name] for name in WRITTEN if name in values}
    try:
        with transaction.atomic():
            draft = Idea(author=by, token=token, department=by.department, owner_organisation=by.organisation, **columns)
            draft.kind = Kind.IDEA
            draft.save()
    except IntegrityError:
        same = Contribution.objects.filter(author=by, token=token).first()
        if same is None:
            raise
        return save_texts(by=by, contribution=same, version=1, values=values)
    draft.touched.set(values.get("touched", ()))
    reindex_texts(draft, draft)
    if colleague:
        bring_in(by=by, draft=draft, colleague=colleague)
    return draft


@transaction.atomic
def keep_to_author(*, by: Person, draft: Contribution) -> Contribution:
    """Nobody but the author reads the draft."""
    locked = _own_draft(by, draft)
    if locked.audience != Audience.AUTHOR:
        _let_read(locked, None)
    return locked


@transaction.atomic
def share_with_ambassador(*, by: Person, draft: Contribution, ambassador: Person) -> Contribution:
    """One ambassador of the author's choice reads the draft in confidence, and is told.

    Raises PermissionDenied, IllegalStep when it is no longer a draft, ValidationError for somebody who is no ambassador there.
    """
    locked = _own_draft(by, draft)
    if not Person.objects.filter(ambassadors_of(locked), pk=ambassador.pk).exclude(pk=by.pk).exists():
        raise ValidationError({"ambassador": _("That person is no longer an ambassador for your department. Choose another.")})
    if locked.ambassador_id != ambassador.pk:
        _let_read(locked, ambassador)
        outbox.tell([ambassador], "contributions.entrusted", {"contribution": locked.pk}, thread=locked.thread)
    return locked


def _own_draft(by: Person, draft: Contribution) -> Contribution:
    locked = lock(draft.pk)
    if not by.has_perm("contributions.own", locked):
        raise PermissionDenied
    if not locked.is_draft:
        raise IllegalStep("share")
    return locked


def _let_read(draft: Contribution, ambassador: Person | None) -> None:
    draft.audience = Audience.AMBASSADOR if ambassador else Audience.AUTHOR
    draft.ambassador, draft.version, draft.last_activity_at = ambassador, draft.version + 1, timezone.now()
    draft.save(update_fields=["audience", "ambassador", "version", "last_activity_at"])


@transaction.atomic
def send(*, by: Person, draft: Contribution, version: int, audience: str) -> TrailEntry:
    """Send the draft to those who answer: with a proposal it is an idea, without one a challenge.

    Raises what `advance` raises, ChallengeClosed, or ValidationError keyed by field name for what is missing.
    """
    locked = lock(draft.pk)
    idea = Idea.objects.filter(pk=locked.pk).first()
    if idea is None:
        raise IllegalStep("submit")
    missing = unfinished(idea)
    if missing:
        raise ValidationError(missing)
    now = timezone.now()  # not later than the look at the challenge: what is sent in time says so
    if locked.answers_id:
        _check_open(by, locked.answers_id)
    into = Kind.IDEA if idea.proposal else Kind.CHALLENGE
    return advance(by=by, contribution=locked, step="submit", values={"audience": audience}, version=version, into=into, now=now)


def unfinished(idea: Idea) -> dict[str, str]:
    """What has to be written before it is sent, by field."""
    missing = missing_words(title=idea.title, problem=idea.problem)
    if idea.answers_id and not idea.proposal:
        missing["proposal"] = _("Write what you propose. An answer to a challenge needs a proposal.")
    return missing


def _check_open(by: Person, challenge_id: int) -> None:
    """Under the challenge's lock, so that it cannot close while the idea is being sent."""
    row = lock(challenge_id)
    challenge = Challenge.objects.filter(pk=row.pk).first()
    if challenge is None or not row.opens(Opening.ANSWER) or not challenge.is_open_for_ideas or not by.has_perm("contributions.see", row):
        raise ChallengeClosed
