"""What a challenge's overview says of the stage it stands at: a line or two of what has been found, and the one thing to do next.

One function per stage, named in NOW; each adds its own. A function asks at most two queries.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.enums import STAGE_OF, Stage
from challenges.models import Challenge, StepProposal
from challenges.queries.page import window
from challenges.queries.understanding import told
from contributions.lifecycle import step_named
from contributions.models import Contribution
from contributions.steps import Step
from lib.dates import day
from organisation.models import Person


@dataclass(frozen=True)
class Summary:
    """`lines` say what has been found, `opening` what is open and until when, `act` and `url` the main thing to do."""

    lines: tuple[str, ...]
    opening: str
    act: str
    url: str


Summarise = Callable[[Challenge, Person], Summary]


def understanding(challenge: Challenge, person: Person) -> Summary:
    experiences = told().filter(contribution=challenge).count()
    lines = [
        ngettext("%(number)d experience is told.", "%(number)d experiences are told.", experiences) % {"number": experiences}
        if experiences
        else _("Nobody has told an experience of their own yet.")
    ]
    lines.append(
        _("The real problem: %(problem)s") % {"problem": challenge.root_problem}
        if challenge.root_problem
        else _("The real problem is not put into words yet.")
    )
    may = person.has_perm("challenges.ask_why", challenge)
    return Summary(
        tuple(lines),
        _("Everybody who reads it can tell what they have been through and add a why.") if may else "",
        _("Share an experience") if may else _("See what has been understood"),
        reverse("challenge_understanding", args=(challenge.pk,)) + ("#tell" if may else ""),
    )


def ideas(challenge: Challenge, person: Person) -> Summary:
    number = Contribution.objects.visible_to(person).sent().filter(answers=challenge).count()
    open_to = window(challenge)
    lines = (
        ngettext("%(number)d idea answers it.", "%(number)d ideas answer it.", number) % {"number": number}
        if number
        else _("No ideas yet.")
    )
    if open_to.is_open and open_to.last_day:
        opening = _("Ideas are taken through %(day)s.") % {"day": day(open_to.last_day)}
        return Summary((lines,), opening, _("Give an idea"), f"{reverse('idea_new')}?answers={challenge.pk}")
    ended = _("The time for ideas ended %(day)s.") % {"day": day(open_to.last_day)} if open_to.last_day else ""
    return Summary((lines,), ended, _("See the ideas"), reverse("challenge_ideas", args=(challenge.pk,)))


def screen(label: str | Promise, name: str) -> Summarise:
    """Nothing but the way to the stage's screen."""
    return lambda challenge, _person: Summary((), "", str(label), reverse(name, args=(challenge.pk,)))


NOW: dict[Stage, Summarise] = {
    Stage.UNDERSTANDING: understanding,
    Stage.IDEAS: ideas,
    Stage.PLAN: screen(gettext_lazy("See the plan"), "challenge_plan"),
    Stage.TESTS: screen(gettext_lazy("See the tests"), "challenge_tests"),
    Stage.SPREAD: screen(gettext_lazy("See what it became"), "challenge_spread"),
}


def now(challenge: Challenge, person: Person) -> Summary | None:
    """Of the stage it stands at, or rests at; None when it is declined or merged."""
    stage = STAGE_OF.get(challenge.resumes_as or challenge.status)
    return NOW[stage](challenge, person) if stage else None


@dataclass(frozen=True)
class Proposed:
    proposal: StepProposal
    step: Step


def proposed(challenge: Challenge) -> Proposed | None:
    """The step that somebody who leads it proposes, for as long as it stands where it stood then."""
    row = (
        StepProposal.objects.filter(contribution=challenge, closed_at__isnull=True, from_status=challenge.status)
        .select_related("by")
        .first()
    )
    step = step_named(challenge.kind, row.step) if row else None
    return Proposed(row, step) if row and step else None
