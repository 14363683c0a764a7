"""What the pages of an idea and of a challenge have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise

from contributions.enums import Audience
from contributions.lifecycle import may_undo, spec_of, steps_for
from contributions.models import Comment, Contribution
from contributions.queries.page import related, those_with
from contributions.queries.threads import Talk, talk
from contributions.queries.trail import trail
from contributions.statuses import SENT_AUDIENCES
from contributions.steps import Step, shared_steps
from contributions.steps.effects import wider
from contributions.views.comments import comment_form, edit_form
from lib.access import find
from lib.htmx import redirect
from lib.text import number
from organisation.models import Person

SHARED = frozenset(step.name for step in shared_steps())
AUTHORS_OWN = frozenset({"submit", "reply", "withdraw", "widen"})
WRITTEN_DOWN = frozenset({"decide", "learn"})


@dataclass(frozen=True)
class Acts:
    """The steps a person may take, as the page groups them."""

    steps: list[Step]

    def __contains__(self, name: object) -> bool:
        return any(step.name == name for step in self.steps)

    @property
    def onward(self) -> list[Step]:
        return [step for step in self.steps if not step.goes_back and not step.stays and step.name not in SHARED]

    @property
    def beside(self) -> list[Step]:
        """The kind's own that leave it where it stands."""
        return [step for step in self.steps if step.stays and step.name not in SHARED]

    @property
    def back(self) -> list[Step]:
        return [step for step in self.steps if step.goes_back]

    @property
    def common(self) -> list[Step]:
        return [step for step in self.steps if step.name in SHARED - AUTHORS_OWN - WRITTEN_DOWN]

    @property
    def are_coordinators(self) -> bool:
        return bool(self.onward or self.back or self.common)


def next_statuses(contribution: Contribution) -> list[str | Promise]:
    """Where the kind's own way leads from here."""
    steps = spec_of(contribution.kind).steps
    onward = (step for step in steps if contribution.status in step.sources and step.is_onward)
    return [step.done for step in onward]


def frame_of(request: HttpRequest, person: Person, contribution: Contribution) -> dict[str, Any]:
    """Five queries beyond the row itself, which has been read with `for_page`."""
    moderates = person.has_perm("contributions.answer_for", contribution)
    said = talk(contribution, person, before=number(request.GET.get("before")), moderates=moderates)
    answered, edited = (
        comment_answered(said, number(request.GET.get("reply"))),
        comment_edited(person, said, number(request.GET.get("edit"))),
    )
    lines = trail(contribution)
    return {
        "contribution": contribution,
        "acts": Acts(steps_for(person, contribution)),
        "next_statuses": next_statuses(contribution),
        "trail": lines,
        "undoable": lines.last if may_undo(person, lines.last) else None,
        "talk": said,
        "answered": answered,
        "edited": edited,
        "comment_form": edit_form(edited) if edited else comment_form(person, contribution, initial={"parent": answered and answered.pk}),
        "parties": those_with(contribution),
        "related": related(person, contribution),
        "wider": wider_label(contribution),
        "moderates": moderates,
        "is_author": contribution.author_id == person.pk,
        "may": {name: person.has_perm(f"contributions.{name}", contribution) for name in ("comment", "support", "report", "edit", "note")},
    }


def wider_label(contribution: Contribution) -> str | Promise:
    """The next audience outwards; nothing where there is none."""
    return wider(contribution).label if contribution.audience in SENT_AUDIENCES and contribution.audience != Audience.GROUP else ""


def comment_answered(said: Talk, pk: int | None) -> Comment | None:
    """Among those shown."""
    return next(
        (comment for comment in said.comments if comment.pk == pk and comment.hidden_at is None and comment.deleted_at is None), None
    )


def comment_edited(person: Person, said: Talk, pk: int | None) -> Comment | None:
    """Among those shown, and the reader's own."""
    found = next((comment for comment in said.comments if comment.pk == pk), None)
    return found if found and person.has_perm("contributions.edit_comment", found) else None


def elsewhere(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    """It may have turned into the other kind: its old address leads to where it is now."""
    contribution = find(person, Contribution.objects.with_place().prefetch_related("participants"), see="contributions.see", pk=pk)
    if contribution.get_absolute_url() == request.path:
        raise Http404
    return redirect(request, contribution.get_absolute_url())
