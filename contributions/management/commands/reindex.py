"""`manage.py reindex`: rebuilds the search rows and the word list."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from contributions.enums import Kind
from contributions.lifecycle import reindex_texts, spec_of
from contributions.search import refresh

BATCH = 500


class Command(BaseCommand):
    help = "Writes the search row of every contribution and the word list anew, from the words as they stand."

    def handle(self, *args: Any, **options: Any) -> None:
        written = sum(map(self._reindex, Kind))
        words = refresh(anew=True)
        self.stdout.write(f"{written} search rows and {words} words are written.")

    def _reindex(self, kind: Kind) -> int:
        """A batch at a time, each in a transaction of its own, so that nobody waits for long."""
        rows, last, written = spec_of(kind).child.objects.order_by("pk"), 0, 0
        while True:
            with transaction.atomic():
                batch = list(rows.filter(pk__gt=last).select_for_update(no_key=True)[:BATCH])
                for row in batch:
                    reindex_texts(row, row)
            if not batch:
                return written
            last, written = batch[-1].pk, written + len(batch)
