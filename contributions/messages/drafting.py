"""What is said of an answer that somebody wants read before it goes."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from contributions.messages.telling import name_of
from contributions.models import AnswerDraft
from contributions.queries.drafting import drafts_for
from notifications.outbox import Fact, Told
from organisation.models import Person


def facts(person: Person, told: Sequence[Told]) -> list[Fact | None]:
    """Two queries. Nothing once it is sent or thrown away, or for who no longer answers for it."""
    drafts = drafts_for(person).in_bulk([item["draft"] for item in told])
    people = Person.objects.get_queryset().in_bulk([item["by"] for item in told])
    return [_fact(drafts.get(item["draft"]), people.get(item["by"])) for item in told]


def _fact(draft: AnswerDraft | None, by: Person | None) -> Fact | None:
    if draft is None:
        return None
    return Fact(
        text=_("%(name)s asks you to read an answer before it goes") % {"name": name_of(by)},
        title=draft.contribution.title,
        url=reverse("step", args=(draft.contribution_id, draft.step)),
        reason=_("you answer for it as a coordinator"),
        act=_("Read the draft"),
    )
