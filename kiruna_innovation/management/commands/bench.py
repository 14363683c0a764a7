"""manage.py bench: how many queries, bytes and milliseconds the main pages take, on the data that is there."""

from __future__ import annotations

import statistics
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test import Client
from django.urls import reverse

from contributions.enums import Audience, Kind
from contributions.models import Contribution
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
    ]


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
    p50, p95 = statistics.median(times), statistics.quantiles(times, n=20)[-1]
    return f"{name:<22}{counter.queries:>8}{len(response.content) / 1024:>8.1f}{p50:>9.1f}{p95:>9.1f}"
