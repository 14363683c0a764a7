"""The coordinator's queue: one item at a time, with everything needed to answer on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from challenges.models import Challenge
from contributions.enums import Kind
from contributions.lifecycle import steps_for
from contributions.models import Contribution
from contributions.search import similar
from contributions.steps import Step
from contributions.views.page import number
from ideas.models import Idea
from lib.keyset import Page, page
from organisation.models import Person
from triage.enums import Tab
from triage.queries import Rota, counts, next_promise, open_reports, place_of, queue

ONWARD = ("explore", "understand", "plan", "open", "test", "adopt", "solve", "return")
AT_HAND = ("assign", "ask", "park", "decline")


@dataclass(frozen=True)
class Item:
    """The contribution in hand, with its kind's own texts, what may be done, who answers and what is like it."""

    contribution: Contribution
    texts: Idea | Challenge
    onward: list[Step]
    at_hand: list[Step]
    other: list[Step]
    responsible: list[Person]
    similar: list[Any]


@require_safe
def triage(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    if not person.has_perm("contributions.coordinate"):
        raise PermissionDenied
    tab = chosen_tab(request.GET.get("tab", ""))
    context: dict[str, Any] = {"tab": tab, "tabs": Tab, "counts": counts(person), "today": timezone.localdate()}
    if tab == Tab.REPORTS:
        return render(request, "triage/triage.html", {**context, "reports": open_reports(person)})
    waiting = queue(person, tab).with_place().select_related("idea", "challenge", "assigned_to")
    rows = page(waiting, order=("promised_on", "pk"), after=request.GET.get("after"), size=30)
    chosen = chosen_row(person, rows, number(request.GET.get("item")))
    context |= {"rows": rows, "item": item(person, chosen) if chosen else None}
    if not chosen:
        context["next_promise"] = next_promise(person)
    return render(request, "triage/triage.html", context)


def chosen_tab(value: str) -> Tab:
    return Tab(value) if value in Tab.values else Tab.ANSWER


def chosen_row(person: Person, rows: Page[Contribution], pk: int | None) -> Contribution | None:
    """The row asked for; where it has just been answered and is no longer there, the next one in its place, or else the first."""
    first = next(iter(rows.rows), None)
    asked = next((row for row in rows.rows if row.pk == pk), None)
    if asked or first is None or pk is None:
        return asked or first
    place = place_of(person, pk)
    return next((row for row in rows.rows if place and (row.promised_on is None or (row.promised_on, row.pk) > place)), first)


def item(person: Person, contribution: Contribution) -> Item:
    steps = steps_for(person, contribution)
    visible = Contribution.objects.visible_to(person).sent().exclude(pk=contribution.pk)
    return Item(
        contribution=contribution,
        texts=contribution.idea if contribution.kind == Kind.IDEA else contribution.challenge,
        onward=[step for step in steps if step.name in ONWARD],
        at_hand=[step for step in steps if step.name in AT_HAND],
        other=[step for step in steps if step.name not in ONWARD + AT_HAND],
        responsible=Rota.read().responsible(contribution),
        similar=similar(visible, contribution.title, limit=3),
    )
