"""The coordinator's queue: one item at a time, with everything needed to answer on one screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from challenges.models import Challenge
from challenges.queries.leading import Proposed, proposed
from contributions.enums import Kind
from contributions.lifecycle import steps_for
from contributions.models import Contribution
from contributions.steps import Step
from ideas.models import Idea
from lib.htmx import answer, redirect
from lib.keyset import Page, page
from lib.text import number
from organisation.models import Person
from triage.enums import Scope, Tab
from triage.queries.labels import labels_seen_by
from triage.queries.queue import Wish, asked_for, counts, in_full, next_promise, open_reports, organisations_of, queue

SIZE = 30
STAYS = "triage_stays"
"""In the session: the person wants to stay at an item after an act instead of going on to the next."""
ONWARD = ("explore", "understand", "plan", "open", "test", "adopt", "solve", "return")
AT_HAND = ("ask", "park", "decline", "merge", "assign")
OWN = ("submit", "reply", "withdraw", "widen")
"""What only the author does, on its own page, also where the author coordinates."""
KEYS = {
    "ask": "F", "park": "S", "decline": "N", "merge": "D", "assign": "T", "convert": "O", "hand_over": "H", "decide": "B", "learn": "R",
    "reopen": "G", "extend": "L", "close_ideas": "Z", "back_to_exploring": "1", "back_to_understanding": "1", "back_to_ideas": "2",
    "back_to_planned": "3", "back_to_plan": "3",
}  # fmt: skip
"""The key of each act; the first step onward has A, a second V, a proposed one P. docs/adr/0023 says how they were chosen."""


@dataclass(frozen=True)
class Act:
    """A step that may be taken, and its key."""

    step: Step
    key: str = ""


@dataclass(frozen=True)
class Item:
    """The contribution in hand, with its kind's own texts, the step that is proposed, what may be done, and the addresses of those beside it in the queue."""

    contribution: Contribution
    texts: Idea | Challenge
    proposed: Proposed | None
    onward: list[Act]
    at_hand: list[Act]
    other: list[Act]
    may_be_taken: bool
    next: str
    previous: str


@require_safe
def triage(request: HttpRequest) -> HttpResponse:
    person = coordinator(request)
    wish = Wish.read(request.GET.dict())
    context: dict[str, Any] = {
        "wish": wish, "tab": wish.tab, "scopes": Scope, "counts": counts(person, wish=wish), "today": timezone.localdate(),
        "organisations": organisations_of(person), "stays": bool(request.session.get(STAYS)),
    }  # fmt: skip
    if wish.tab == Tab.REPORTS:
        return render(request, "triage/triage.html", {**context, "reports": open_reports(person, wish)})
    rows, chosen = in_hand(request, person, wish)
    context |= {"rows": rows, "labels": list(labels_seen_by(person)), "item": item(person, wish, rows, chosen) if chosen else None}
    if chosen:
        context |= {"back": back_to(wish, rows, chosen, stays=context["stays"])}
    else:
        context["next_promise"] = next_promise(person)
    return render(request, "triage/triage.html", context)


def coordinator(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)
    if not person.has_perm("contributions.coordinate"):
        raise PermissionDenied
    return person


@dataclass(frozen=True)
class Rows:
    """A page of the queue, and the cursor that led to it."""

    page: Page[Contribution]
    after: str = ""

    @property
    def rows(self) -> list[Contribution]:
        return self.page.rows


def in_hand(request: HttpRequest, person: Person, wish: Wish) -> tuple[Rows, Contribution | None]:
    """The page asked for, and the row of it that is in hand: the one asked for, the one after what was just dealt with, or the first."""
    after = request.GET.get("after", "")
    rows = read_rows(person, wish, after)
    asked, past = number(request.GET.get("item")), number(request.GET.get("past"))
    if request.GET.get("at") == "last" and rows.rows:
        return rows, rows.rows[-1]
    if found := next((row for row in rows.rows if row.pk == asked), None):
        return rows, found
    place = asked_for(person, asked or past or 0) if asked or past else None
    if place is None:
        return rows, next(iter(rows.rows), None)
    shown = asked or place.was_taken_back  # type: ignore[attr-defined]
    if shown and person.has_perm("contributions.answer_for", place):
        return rows, next((row for row in rows.rows if row.pk == place.pk), place)
    following = next_after(rows, wish, place)
    if following is None and rows.page.next:
        rows = read_rows(person, wish, rows.page.next)
    return rows, following or next(iter(rows.rows), None)


def read_rows(person: Person, wish: Wish, after: str) -> Rows:
    return Rows(page(in_full(queue(person, wish), person), order=wish.order, after=after or None, size=SIZE), after)


def next_after(rows: Rows, wish: Wish, place: Contribution) -> Contribution | None:
    stood = {"pk": place.pk, "proposed_at": getattr(place, "proposed_at", None), **getattr(place, "stood_at", {})}
    here = ordered(stood.get, wish)
    return next((row for row in rows.rows if ordered(partial(getattr, row), wish) > here), None)


def ordered(column: Callable[[str], Any], wish: Wish) -> list[tuple[bool, Any]]:
    """What the order of the tab compares; nothing stands last, as in PostgreSQL."""
    values = [column(name) for name in wish.order]
    return [(value is None, value) for value in values]


def back_to(wish: Wish, rows: Rows, chosen: Contribution, *, stays: bool) -> str:
    """Where an act on the item leads: on to the next, or to the same where the person wants to stay."""
    where = {"item": chosen.pk} if stays else {"past": chosen.pk}
    return f"/triage/{wish.address(**where, after=rows.after)}"


def item(person: Person, wish: Wish, rows: Rows, contribution: Contribution) -> Item:
    steps = {step.name: step for step in steps_for(person, contribution)}
    onward = [step for name, step in steps.items() if name in ONWARD]
    before, following = around(wish, rows, contribution)
    return Item(
        contribution=contribution,
        texts=contribution.idea if contribution.kind == Kind.IDEA else contribution.challenge,
        proposed=proposed(contribution),
        onward=[Act(step, key) for step, key in zip(onward, ("A", "V", *("",) * len(onward)), strict=False)],
        at_hand=[Act(steps[name], KEYS[name]) for name in AT_HAND if name in steps],
        other=[Act(step, KEYS.get(name, "")) for name, step in steps.items() if name not in ONWARD + AT_HAND + OWN],
        may_be_taken="assign" in steps and contribution.assigned_to_id != person.pk,
        next=following,
        previous=before,
    )


def around(wish: Wish, rows: Rows, contribution: Contribution) -> tuple[str, str]:
    """The addresses of the items before and after it, over the edges of the page too; empty at the ends."""
    at = next((place for place, row in enumerate(rows.rows) if row.pk == contribution.pk), None)
    if at is None:
        later = next_after(rows, wish, contribution)
        return "", wish.address(item=later.pk, after=rows.after) if later else ""
    before = wish.address(after=rows.page.previous, at="last") if rows.page.previous else ""
    following = wish.address(after=rows.page.next) if rows.page.next else ""
    if at > 0:
        before = wish.address(item=rows.rows[at - 1].pk, after=rows.after)
    if at + 1 < len(rows.rows):
        following = wish.address(item=rows.rows[at + 1].pk, after=rows.after)
    return before, following


@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    coordinator(request)
    return answer(request, "triage/keys.html", "list")


@require_POST
def stay(request: HttpRequest) -> HttpResponse:
    """Whether to go on to the next item after an act; kept for as long as the person is signed in."""
    coordinator(request)
    request.session[STAYS] = request.POST.get("stays") == "1"
    return redirect(request, request.POST.get("next", ""), otherwise="/triage/")
