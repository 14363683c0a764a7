"""manage.py bench: how many queries, bytes and milliseconds the main pages take, on the data that is there."""

from __future__ import annotations

import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from itertools import chain
from random import Random
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse

from contributions.enums import Audience, Kind
from contributions.models import Contribution
from contributions.queries.lists import Listing, listing, read_filters
from contributions.search import SIMILAR_LENGTH
from contributions.views.lists import similar_for
from kiruna_innovation.seeding import words
from organisation.enums import Role
from organisation.models import Person, RoleAssignment

HEAD = f"{'page':<22}{'queries':>8}{'KB':>8}{'p50 ms':>9}{'p95 ms':>9}"


class QueryCounter:
    """Counts what goes to the database while it is on."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        self.queries += 1
        return execute(sql, params, many, context)


class Command(BaseCommand):
    help = "Measures the list, a page with many comments, start and triage as they are served, in this process."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rounds", type=int, default=30)

    def handle(self, *_args: Any, **options: Any) -> None:
        coordinator = (
            RoleAssignment.objects.in_force().filter(role=Role.COORDINATOR, organisation__isnull=False).select_related("person").first()
        )
        staff = Person.objects.active().exclude(roles__isnull=False).order_by("pk").first()
        if coordinator is None or staff is None:
            raise CommandError("There is nobody here to measure with. Run manage.py seed first.")
        self.stdout.write(f"{Contribution.objects.count()} contributions\n{HEAD}")
        for name, person, address in pages(staff, coordinator.person):
            self.stdout.write(measured(name, person, address, options["rounds"]))
        self.stdout.write(f"\n{'searching':<30}{'asked':>8}{'p50 ms':>9}{'p95 ms':>9}")
        for way, ask in (("similar", similar_for), ("search", first_page)):
            times = {name: asked(staff, ask, questions) for name, questions in QUESTIONS.items()}
            for name, each in {**times, "all of them": list(chain(*times.values()))}.items():
                self.stdout.write(f"{f'{way}, {name}':<30}{len(each):>8}{statistics.median(each):>9.1f}{p95_of(each):>9.1f}")


def pages(staff: Person, coordinator: Person) -> list[tuple[str, Person, str]]:
    talked = Contribution.objects.filter(audience=Audience.GROUP).order_by("-comment_count")
    idea, challenge = talked.filter(kind=Kind.IDEA).first(), talked.filter(kind=Kind.CHALLENGE).first()
    shown = [(f"{row.kind}, {row.comment_count} comments", staff, row.get_absolute_url()) for row in (idea, challenge) if row]
    return [
        ("start", staff, reverse("start")),
        ("ideas", staff, reverse("ideas")),
        ("ideas, a word", staff, reverse("ideas") + "?q=nyckelskåp"),
        ("challenges", staff, reverse("challenges")),
        *shown,
        ("similar", staff, reverse("similar") + "?q=larmet+fungerar+inte+i+kyla"),
        ("search", staff, reverse("search") + "?q=larmet+kyla"),
        ("triage", coordinator, reverse("triage")),
        ("directory", staff, reverse("network")),
        ("promises", staff, reverse("promises")),
    ]


def questions_by_sort() -> Mapping[str, list[str]]:
    """Many different questions of each sort, in the words of the seed."""
    random = Random(7)  # noqa: S311
    things, places = words.WORDS["things"], words.WORDS["places"]
    compounds = [
        f"{head} {tail}"
        for head in ("snö", "cykel", "nyckel", "vatten", "skol")
        for tail in ("röjning", "skåp", "mätare", "gård", "garage")
    ]
    return {
        "a common word": things[:25],
        "a rare word": things[-25:],
        "a slip": [thing[:3] + thing[4:] for thing in things if len(thing) > 7][:50],
        "a compound": [*compounds, *(compound.replace(" ", "") for compound in compounds)],
        "two words": [f"{random.choice(things)} {random.choice(places).split()[-1]}" for _ in range(50)],
        "a sentence": [words.story(random)[0] for _ in range(50)],
        "2,000 characters": [" ".join(words.story(random)[1] for _ in range(12))[:SIMILAR_LENGTH] for _ in range(30)],
    }


QUESTIONS = questions_by_sort()


def first_page(person: Person, q: str) -> Listing:
    return listing(person, read_filters(None, {"q": q}, ()), None)


def asked(person: Person, ask: Callable[[Person, str], Any], questions: list[str]) -> list[float]:
    """Milliseconds for each question, once asked to warm up."""
    ask(person, questions[0])
    times = []
    for q in questions:
        started = time.perf_counter()
        ask(person, q)
        times.append(1000 * (time.perf_counter() - started))
    return times


def p95_of(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def measured(name: str, person: Person, address: str, rounds: int) -> str:
    client = Client(SERVER_NAME="localhost")
    client.force_login(person, backend="organisation.backends.PersonBackend")
    client.get(address)
    counter, times = QueryCounter(), []
    with connection.execute_wrapper(counter):
        response = client.get(address)
    if response.status_code != 200:
        raise CommandError(f"{address} answered {response.status_code}.")
    for _ in range(rounds):
        started = time.perf_counter()
        client.get(address)
        times.append(1000 * (time.perf_counter() - started))
    p50, p95 = statistics.median(times), p95_of(times)
    return f"{name:<22}{counter.queries:>8}{len(response.content) / 1024:>8.1f}{p50:>9.1f}{p95:>9.1f}"
