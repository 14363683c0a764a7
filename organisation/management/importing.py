"""What the import commands share: reading the file, and saying what was found."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organisation.imports import Report

LINES = 200


class ImportCommand(BaseCommand):
    """Says what would change with --dry-run; otherwise writes all of the file or, when a row has a problem, nothing."""

    def run_import(self, content: bytes, *, dry_run: bool) -> Report:
        raise NotImplementedError

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.csv", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *, file: Path, dry_run: bool, **options: Any) -> None:
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(_("%(file)s cannot be read: %(why)s.") % {"file": file, "why": error.strerror}) from error
        report = self.run_import(content, dry_run=dry_run)
        if report.problems:
            for problem in report.problems:
                self.stderr.write(str(problem))
            n = len(report.problems)
            sentence = ngettext("%(n)d problem in %(file)s. Nothing was changed.", "%(n)d problems in %(file)s. Nothing was changed.", n)
            raise CommandError(sentence % {"n": n, "file": file.name})
        self.tell(report, dry_run=dry_run)

    def tell(self, report: Report, *, dry_run: bool) -> None:
        for note in report.notes:
            self.stdout.write(str(note))
        if dry_run:
            for change in report.changes[:LINES]:
                self.stdout.write(str(change))
            if len(report.changes) > LINES:
                self.stdout.write(_("… and %d more.") % (len(report.changes) - LINES))
        n = len(report.changes)
        sentence = ngettext("%(n)d change.", "%(n)d changes.", n)
        if dry_run:
            sentence = ngettext("%(n)d change would be made.", "%(n)d changes would be made.", n)
        sorts = ", ".join(f"{sort.label.lower()} {count}" for sort, count in Counter(change.sort for change in report.changes).items())
        self.stdout.write(sentence % {"n": n} + (f" ({sorts})" if sorts else ""))
