"""Loading the pairs among distractors, and asking through what the pages ask through."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from random import Random

from django.conf import settings
from django.db import connection
from django.utils import timezone

from contributions.enums import Audience, Kind, Status
from contributions.lifecycle import reindex_texts
from contributions.models import Contribution
from contributions.promise import promise_day
from contributions.queries.lists import listing, read_filters
from contributions.search.word_list import refresh
from contributions.views.lists import similar_for
from ideas.models import Idea
from kiruna_innovation.evaluation.pairs import Pair, PairKind
from kiruna_innovation.seeding.contributions import seed_contributions
from kiruna_innovation.seeding.people import seed_people
from organisation.imports.departments import import_organisations
from organisation.models import Department, Person

DISTRACTORS = 2_000
SHOWN = 5
GROUP = Path(settings.BASE_DIR) / "kiruna_innovation" / "demo" / "kiruna_group.csv"

Ask = Callable[[Person, str], list[int]]


@dataclass(frozen=True)
class Asked:
    """A pair with where it was found, from 1; None when it was not among the first five."""

    pair: Pair
    similar: int | None
    search: int | None
    instead: str = ""


@dataclass(frozen=True)
class Recall:
    """How many of a kind's pairs were found among the first five, of how many."""

    kind: PairKind
    asked: int
    similar: int
    search: int

    @property
    def of_similar(self) -> float:
        return self.similar / self.asked

    @property
    def of_search(self) -> float:
        return self.search / self.asked


def load(pairs: Iterable[Pair]) -> tuple[Person, dict[Pair, int]]:
    """Write distractors and pairs into the database, all read by the whole group. Returns who asks, and the ids of the pairs."""
    random = Random(14)  # noqa: S311 - the same every time
    if not Department.objects.exists():
        import_organisations(by=None, content=GROUP.read_bytes())
    people = seed_people(60, random)
    seed_contributions(people, DISTRACTORS, 0, random)
    ids = {pair: _written(pair, random.choice(people)).pk for pair in pairs}
    refresh()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people[0], ids


def _written(pair: Pair, author: Person) -> Contribution:
    now, organisation = timezone.now(), author.department.organisation
    idea = Idea.objects.create(
        kind=Kind.IDEA, status=Status.SUBMITTED, audience=Audience.GROUP, title=pair.title, problem=pair.problem, author=author,
        department=author.department, home_organisation=organisation, owner_organisation=organisation, submitted_at=now,
        promised_on=promise_day(organisation, timezone.localdate(now)),
    )  # fmt: skip
    reindex_texts(idea)
    return idea


def ask_similar(person: Person, q: str) -> list[int]:
    return [row.pk for row in similar_for(person, q)]


def ask_search(person: Person, q: str) -> list[int]:
    """The first of the search page: what was found, then what is nearest."""
    found = listing(person, read_filters(None, {"q": q}, ()), None)
    return [row.pk for row in (*found.page.rows, *found.nearest)][:SHOWN]


def ask(person: Person, ids: dict[Pair, int]) -> list[Asked]:
    return [_asked(person, pair, pk) for pair, pk in ids.items()]


def _asked(person: Person, pair: Pair, pk: int) -> Asked:
    alike, found = ask_similar(person, pair.q), ask_search(person, pair.q)
    missed = pk not in alike and alike
    instead = Contribution.objects.get(pk=alike[0]).title if missed else ""
    in_similar, in_search = (rows.index(pk) + 1 if pk in rows else None for rows in (alike, found))
    return Asked(pair, in_similar, in_search, instead)


def recall(asked: Iterable[Asked]) -> list[Recall]:
    """Per kind, in the order of the kinds."""
    rows = list(asked)
    return [
        Recall(kind, len(own), sum(row.similar is not None for row in own), sum(row.search is not None for row in own))
        for kind in PairKind
        if (own := [row for row in rows if row.pair.kind == kind])
    ]
