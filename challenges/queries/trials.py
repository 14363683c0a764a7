"""The way on that was chosen, and the small tests."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils.translation import gettext as _

from challenges.enums import WayKind
from challenges.models import Trial, Way
from contributions.models import Contribution
from lib.dates import day_year


@dataclass(frozen=True)
class Ways:
    """The way that stands, if one has been chosen, and those it took the place of, latest first."""

    standing: Way | None
    ended: list[Way]


def ways_of(contribution: Contribution) -> Ways:
    """One query."""
    rows = list(Way.objects.filter(contribution=contribution).select_related("chosen_by").order_by("-chosen_at", "-pk"))
    return Ways(next((way for way in rows if way.ended_at is None), None), [way for way in rows if way.ended_at])


def footing_problem(way: Way | None, today: datetime.date) -> str:
    """Why nothing may begin to be tried on this way, as a sentence that says what to do; empty when it holds. A small scale holds its last day too."""
    if way is None:
        return _("Choose first, in the action plan, how you go on: try on a small scale, or ask for a formal decision.")
    if way.awaits:
        return _("The test waits for a decision by %(body)s.") % {"body": way.body}
    if way.refused:
        return _("The decision by %(body)s was a no. Choose another way on first.") % {"body": way.body}
    if way.kind == WayKind.SMALL and way.stops_on and way.stops_on < today:
        stop = {"day": day_year(way.stops_on)}
        return _("The small scale held until %(day)s. Choose a way on anew: a new yes with a later day, or a formal decision.") % stop
    return ""


def named(trials: list[Trial]) -> str:
    """Tests as a sentence names them, each with its stop date."""
    return ", ".join(_("“%(test)s” (until %(day)s)") % {"test": trial.tried, "day": day_year(trial.stops_on)} for trial in trials)


@dataclass(frozen=True)
class Trials:
    running: list[Trial]
    ended: list[Trial]


def trials_of(contribution: Contribution) -> Trials:
    """One query. Those that ended, the latest first."""
    rows = list(Trial.objects.filter(contribution=contribution).select_related("created_by", "ended_by"))
    ended = sorted((row for row in rows if row.ended_at), key=lambda row: (row.ended_at, row.pk), reverse=True)
    return Trials([row for row in rows if not row.ended_at], ended)


def last_learnt(contribution: Contribution) -> dict[str, str]:
    """The learning that a step back begins with: that of the test which ended last. One query."""
    last = Trial.objects.filter(contribution_id=contribution.pk, ended_at__isnull=False).order_by("-ended_at", "-pk").first()
    return learnt(last) if last else {}


def learnt(trial: Trial) -> dict[str, str]:
    """A test as a learning of the trail."""
    words = {"believed": trial.believed, "tried": f"{trial.tried}\n\n{trial.place}", "happened": trial.happened, "next": trial.next}
    return {f"learning_{name}": text for name, text in words.items()}
