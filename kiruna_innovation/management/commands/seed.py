"""manage.py seed: realistic synthetic data, deterministic and COPY-fast, on which speed is measured."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from pathlib import Path
from random import Random
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kiruna_innovation.seeding.contributions import seed_contributions
from kiruna_innovation.seeding.people import seed_people
from organisation.imports.departments import import_organisations
from organisation.models import Department

GROUP = Path(settings.BASE_DIR) / "kiruna_innovation" / "demo" / "kiruna_group.csv"


class Command(BaseCommand):
    help = "Adds synthetic people, contributions and comments; the same seed gives the same data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--people", type=int, default=2300)
        parser.add_argument("--ideas", type=int, default=10_000)
        parser.add_argument("--comments", type=int, default=100_000)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["people"] < 20 or options["ideas"] < 1 or options["comments"] < 0:
            raise CommandError("At least 20 people and 1 idea, and no negative number of comments.")
        started, random = time.monotonic(), Random(options["seed"])  # noqa: S311
        with transaction.atomic():
            if not Department.objects.exists():
                import_organisations(by=None, content=GROUP.read_bytes())
            people = seed_people(options["people"], random)
            seed_contributions(people, options["ideas"], options["comments"], random)
        seconds = time.monotonic() - started
        self.stdout.write(
            f"{options['people']} people, {options['ideas']} contributions, {options['comments']} comments in {seconds:.1f} s"
        )
