"""Seeded contributions with talk, support, followers and trails. Every counter equals its rows."""

from __future__ import annotations

import datetime
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from challenges.models import Challenge
from contributions.enums import Audience, Kind, ReasonCode, Status, SupportKind
from contributions.models import Comment, Contribution, Follow, PromiseRecord, SearchRow, Support, TrailEntry
from contributions.promise import promise_day, record_of
from contributions.search.index import vector
from contributions.search.meanings import meaning
from contributions.search.word_list import refresh
from contributions.statuses import WAY
from ideas.models import Idea
from kiruna_innovation.seeding import words
from kiruna_innovation.seeding.copying import copy_in, next_pk
from lib.markdown import render
from organisation.models import Person

SHARE_OF_CHALLENGES = 0.2
REST = ((Status.PARKED, 0.03), (Status.DECLINED, 0.12), (Status.NEEDS_AUTHOR, 0.03))
AUDIENCES = (Audience.GROUP,) * 6 + (Audience.ORGANISATION,) * 3 + (Audience.DEPARTMENT,)
SUPPORT_PER_CONTRIBUTION = 4


@dataclass
class Seeded:
    """Everything of one run, in memory until it is copied in."""

    contributions: list[Contribution] = field(default_factory=list)
    ideas: list[Idea] = field(default_factory=list)
    challenges: list[Challenge] = field(default_factory=list)
    trail: list[TrailEntry] = field(default_factory=list)
    comments: list[Comment] = field(default_factory=list)
    supports: list[Support] = field(default_factory=list)
    follows: list[Follow] = field(default_factory=list)


def seed_contributions(people: list[Person], ideas: int, comments: int, random: Random) -> None:
    """`ideas` contributions (a fifth of them challenges) with `comments` comments, skewed so that few have many."""
    seeded, first = Seeded(), next_pk(Contribution)
    entry_pks = count(next_pk(TrailEntry))
    for pk in range(first, first + ideas):
        contribution = _contribution(pk, random.choice(people), random)
        seeded.contributions.append(contribution)
        _child(contribution, seeded, random)
        _trail(contribution, seeded, entry_pks, people, random)
    _comments(seeded, people, comments, random)
    _supports(seeded, people, random)
    for model, rows in (
        (Contribution, seeded.contributions),
        (Idea, seeded.ideas),
        (Challenge, seeded.challenges),
        (TrailEntry, seeded.trail),
        (Comment, seeded.comments),
        (Support, seeded.supports),
        (Follow, seeded.follows),
        (PromiseRecord, _promises(seeded.contributions)),
    ):
        copy_in(model, rows)
    _index(seeded)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _promises(contributions: list[Contribution]) -> list[PromiseRecord]:
    records = [record_of(contribution) for contribution in contributions]
    for pk, record in enumerate(records, next_pk(PromiseRecord)):
        record.pk = pk
    return records


def _index(seeded: Seeded) -> None:
    """The search rows and the word list, as indexing each would write them."""
    texts = {idea.contribution_id: (idea.proposal, idea.benefit) for idea in seeded.ideas}
    copy_in(SearchRow, (_search_row(row, texts.get(row.pk, ())) for row in seeded.contributions))
    refresh()


def _search_row(contribution: Contribution, texts: Iterable[str]) -> SearchRow:
    body = "\n".join((contribution.problem, *texts))
    title = contribution.title
    return SearchRow(contribution_id=contribution.pk, title=title, body=body, vector=vector(title, body), meaning=meaning(title, body))


@cache
def _rendered(body: str) -> str:
    return str(render(body))


def _uuid(random: Random) -> uuid.UUID:
    return uuid.UUID(int=random.getrandbits(128), version=4)


def _contribution(pk: int, author: Person, random: Random) -> Contribution:
    kind = Kind.CHALLENGE if random.random() < SHARE_OF_CHALLENGES else Kind.IDEA
    way = WAY[kind]
    status = random.choices(way, weights=range(len(way) + 2, 2, -1))[0]
    resumes_as = ""
    for rest, share in REST:
        if random.random() < share:
            status, resumes_as = rest, way[1] if rest != Status.DECLINED else ""
            break
    sent_at = timezone.now() - datetime.timedelta(minutes=random.randint(10, 60 * 24 * (12 if status == way[0] else 900)))
    department = author.department
    title, problem = words.story(random)
    due = promise_day(department.organisation, timezone.localdate(sent_at))
    return Contribution(
        pk=pk,
        kind=kind,
        status=status,
        resumes_as=resumes_as,
        token=_uuid(random),
        title=title,
        problem=problem,
        author=author,
        department=department,
        home_organisation=department.organisation,
        owner_organisation=department.organisation,
        audience=random.choice(AUDIENCES),
        created_at=sent_at,
        submitted_at=sent_at,
        last_activity_at=sent_at,
        promised_on=due,
        answered_at=None if status == way[0] else sent_at + datetime.timedelta(days=random.randint(0, 15)),
        parked_until=timezone.localdate() + datetime.timedelta(days=random.randint(5, 200)) if status == Status.PARKED else None,
    )


def _child(contribution: Contribution, seeded: Seeded, random: Random) -> None:
    if contribution.kind == Kind.IDEA:
        seeded.ideas.append(Idea(contribution_id=contribution.pk, proposal=words.proposal(random), benefit=words.proposal(random)))
        return
    open_now = contribution.status == Status.OPEN_FOR_IDEAS
    closes = timezone.now() + datetime.timedelta(days=random.randint(1, 60)) if open_now else None
    seeded.challenges.append(Challenge(contribution_id=contribution.pk, root_problem="", ideas_close_at=closes))


def _trail(contribution: Contribution, seeded: Seeded, pks: count[int], people: list[Person], random: Random) -> None:
    """Sent, and every stage on the way to where it stands."""
    way = WAY[Kind(contribution.kind)]
    reached = way.index(Status(contribution.status)) if contribution.status in way else 1
    at, before = contribution.created_at, ""
    stages = [*way[: reached + 1], *([Status(contribution.status)] if contribution.status not in way else [])]
    for n, status in enumerate(stages):
        seeded.trail.append(
            TrailEntry(
                pk=next(pks),
                contribution=contribution,
                step="submit" if n == 0 else str(status),
                at=at,
                from_status=before,
                to_status=status,
                by=contribution.author if n == 0 else random.choice(people),
                text="" if n == 0 else words.comment(random),
                reason_code=ReasonCode.MONEY if status == Status.DECLINED else "",
                learning_happened=words.comment(random) if n > 2 else "",
                before=_before(contribution, n, before),
            )
        )
        contribution.last_activity_at, contribution.version = at, n + 2
        before, at = status, min(at + datetime.timedelta(days=random.randint(1, 20)), timezone.now())


def _before(contribution: Contribution, n: int, status: str) -> dict[str, Any]:
    """How the columns stood that the step changed, as the lifecycle keeps them."""
    changed: dict[str, Any] = {"version": n + 1, "kind": contribution.kind, "status": status or Status.DRAFT}
    if n == 0:
        changed |= {
            "audience": Audience.AUTHOR,
            "ambassador_id": None,
            "home_organisation_id": None,
            "submitted_at": None,
            "promised_on": None,
        }
    if contribution.status == Status.PARKED:
        changed |= {"parked_until": None, "resumes_as": ""}
    return changed


def _comments(seeded: Seeded, people: list[Person], number: int, random: Random) -> None:
    weights = [1 / (n + 5) ** 0.8 for n in range(len(seeded.contributions))]
    chosen = random.choices(random.sample(seeded.contributions, len(seeded.contributions)), weights=weights, k=number)
    now = timezone.now()
    for pk, contribution in enumerate(chosen, next_pk(Comment)):
        at = contribution.created_at + (now - contribution.created_at) * random.random()
        body = words.comment(random)
        seeded.comments.append(
            Comment(
                pk=pk,
                contribution=contribution,
                author=random.choice(people),
                body=body,
                body_html=_rendered(body),
                token=_uuid(random),
                created_at=at,
            )
        )
        contribution.comment_count += 1
        contribution.last_activity_at = max(contribution.last_activity_at, at)


def _supports(seeded: Seeded, people: list[Person], random: Random) -> None:
    support_pk, follow_pk = count(next_pk(Support)), count(next_pk(Follow))
    kinds = (SupportKind.GOOD,) * 5 + (SupportKind.NEED,) * 2 + (SupportKind.HELP,)
    for contribution in seeded.contributions:
        number = min(int(random.expovariate(1 / SUPPORT_PER_CONTRIBUTION)), len(people) - 1)
        supporters = [person for person in random.sample(people, number) if person.pk != contribution.author_id]
        counted = Counter[str]()
        for person in supporters:
            kind = random.choice(kinds)
            counted[kind] += 1
            seeded.supports.append(
                Support(pk=next(support_pk), contribution=contribution, person=person, kind=kind, created_at=contribution.created_at)
            )
        contribution.support_count = len(supporters)
        contribution.good_count, contribution.help_count, contribution.need_count = (counted[kind] for kind in SupportKind)
        for person in (contribution.author, *supporters[:2]):
            seeded.follows.append(Follow(pk=next(follow_pk), contribution=contribution, person=person, since=contribution.created_at))
