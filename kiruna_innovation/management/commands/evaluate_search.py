"""manage.py evaluate_search: how often the search finds, among the first five, what an employee means. Writes nothing that stays."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from kiruna_innovation.evaluation.measure import DISTRACTORS, Asked, ask, load, recall
from kiruna_innovation.evaluation.pairs import pairs


class Command(BaseCommand):
    help = "Asks every pair of the evaluation set among 2,000 distractors and prints recall@5, in a transaction that is rolled back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--failures", action="store_true", help="list the pairs that were not found, but for those held out")

    def handle(self, *_args: Any, **options: Any) -> None:
        with transaction.atomic():
            asked = ask(*load(pairs()))
            transaction.set_rollback(True)
        self.stdout.write(f"recall@5 among {DISTRACTORS} distractors\n{'kind':<14}{'half':<10}{'pairs':>6}{'similar':>9}{'search':>9}")
        self._table("all", asked)
        self._table("open", [row for row in asked if not row.pair.held_out])
        self._table("held out", [row for row in asked if row.pair.held_out])
        if options["failures"]:
            self._failures(row for row in asked if not row.pair.held_out)

    def _table(self, half: str, asked: Iterable[Asked]) -> None:
        for row in recall(asked):
            self.stdout.write(f"{row.kind:<14}{half:<10}{row.asked:>6}{row.of_similar:>9.1%}{row.of_search:>9.1%}")

    def _failures(self, asked: Iterable[Asked]) -> None:
        for row in asked:
            if row.similar is None or row.search is None:
                places = f"similar {row.similar or '-'}, search {row.search or '-'}"
                self.stdout.write(
                    f"{row.pair.kind}: {row.pair.q} → {row.pair.title} ({places}) {row.instead and f'instead: {row.instead}'}"
                )
