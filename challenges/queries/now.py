"""What a challenge's overview says of the stage it stands at: a line or two of what has been found, and the one thing to do next.

One function per stage, named in NOW; each stage has its own. A function asks one query at most.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.enums import STAGE_OF, Stage
from challenges.models import Challenge
from challenges.queries.page import window
from challenges.queries.plan import plan_of
from challenges.queries.spread import spread_of
from challenges.queries.trials import trials_of
from challenges.queries.understanding import told
from contributions.models import Contribution
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
    if not challenge.root_problem:
        lines.append(_("The real problem is not put into words yet."))
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


def plan(challenge: Challenge, _person: Person) -> Summary:
    found = plan_of(challenge)
    lines = [
        _("%(done)d of %(all)d done.") % {"done": found.done, "all": len(found.items)} if found.items else _("Nothing is planned yet.")
    ]
    if found.next:
        lines.append(_("Next: %(what)s, %(day)s.") % {"what": found.next.what.rstrip("."), "day": day(found.next.due_on)})
    return Summary(tuple(lines), "", _("See the plan"), reverse("challenge_plan", args=(challenge.pk,)))


def tests(challenge: Challenge, _person: Person) -> Summary:
    found = trials_of(challenge)
    ended, running = len(found.ended), len(found.running)
    line = ngettext("%(number)d test has ended.", "%(number)d tests have ended.", ended) % {"number": ended}
    stops = min((trial.stops_on for trial in found.running), default=None)
    goes = ngettext("%(number)d test goes on, until %(day)s.", "%(number)d tests go on, the first until %(day)s.", running)
    opening = goes % {"number": running, "day": day(stops)} if stops else _("No test is going on.")
    return Summary((line,) if ended else (), opening, _("See the tests"), reverse("challenge_tests", args=(challenge.pk,)))


def spread(challenge: Challenge, _person: Person) -> Summary:
    number = len(spread_of(challenge).adoptions)
    line = ngettext("%(number)d department does the same now.", "%(number)d departments do the same now.", number) % {"number": number}
    return Summary((line,) if number else (), "", _("See what it became"), reverse("challenge_spread", args=(challenge.pk,)))


NOW: dict[Stage, Summarise] = {
    Stage.UNDERSTANDING: understanding,
    Stage.IDEAS: ideas,
    Stage.PLAN: plan,
    Stage.TESTS: tests,
    Stage.SPREAD: spread,
}


def now(challenge: Challenge, person: Person) -> Summary | None:
    """Of the stage it stands at, or rests at; None when it is declined or merged."""
    stage = STAGE_OF.get(challenge.resumes_as or challenge.status)
    return NOW[stage](challenge, person) if stage else None
