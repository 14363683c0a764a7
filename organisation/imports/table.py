"""A CSV file as rows of clean cells, and what an import says about it."""

from __future__ import annotations

import csv
import difflib
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lib.text import clean_text

MOST_BYTES = 5_000_000


@dataclass(frozen=True)
class Problem:
    """What has to be mended before anything is written; `row` is the row as a spreadsheet numbers it, None for the whole file."""

    row: int | None
    text: str

    def __str__(self) -> str:
        return _("Row %(row)d: %(text)s") % {"row": self.row, "text": self.text} if self.row else self.text


class ChangeSort(models.TextChoices):
    NEW = "new", gettext_lazy("New")
    RENAMED = "renamed", gettext_lazy("New name")
    MOVED = "moved", gettext_lazy("Moved")
    CHANGED = "changed", gettext_lazy("Changed")


@dataclass(frozen=True)
class Change:
    """One thing an import does."""

    row: int
    sort: ChangeSort
    subject: str
    before: str
    after: str

    def __str__(self) -> str:
        values = {"row": self.row, "sort": self.sort.label, "subject": self.subject, "before": self.before, "after": self.after}
        if self.sort == ChangeSort.NEW:
            return _("Row %(row)d: %(sort)s: %(subject)s, %(after)s") % values
        return _("Row %(row)d: %(sort)s: %(subject)s: “%(before)s” becomes “%(after)s”") % values


@dataclass
class Report:
    """What an import found. With a problem, nothing is written."""

    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def refuse(self, row: Row | None, text: str) -> None:
        self.problems.append(Problem(row.number if row else None, text))

    def in_order(self) -> Report:
        self.problems.sort(key=lambda problem: problem.row or 0)
        self.changes.sort(key=lambda change: change.row)
        return self


@dataclass(frozen=True)
class Column:
    name: str
    longest: int
    filled: bool = True
    """Whether every row needs a value."""
    may_lack: bool = False
    """Whether the file may be without it."""


@dataclass(frozen=True)
class Row:
    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")


def read(content: bytes, columns: Sequence[Column], report: Report) -> list[Row]:
    """The rows of a UTF-8 file with commas or semicolons; problems go to the report."""
    text = _decoded(content, report)
    if text is None:
        return []
    records = _records(text, report)
    if not records:
        if not report.problems:
            report.refuse(None, _("The file is empty. The first row must name the columns: %s.") % _named(columns))
        return []
    header = [cell.strip().casefold() for cell in records[0][1]]
    if not _header_fits(header, columns, report):
        return []
    rows = [row for number, record in records[1:] if (row := _row(number, record, header, columns, report))]
    report.rows = len(rows)
    if not rows and not report.problems:
        report.refuse(None, _("There are no rows beneath the column names."))
    return rows


def _decoded(content: bytes, report: Report) -> str | None:
    if len(content) > MOST_BYTES:
        report.refuse(None, _("The file is larger than 5 MB. Divide it into several."))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = content.count(b"\n", 0, error.start) + 1
        text = _("The file is not in UTF-8. Save it as “CSV UTF-8” and try again.")
        report.problems.append(Problem(number, text))
        return None


def _records(text: str, report: Report) -> list[tuple[int, list[str]]]:
    """Numbered records, blank ones left out."""
    first = text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",", strict=True)
    records: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, record in enumerate(reader, start=1):
            if any(cell.strip() for cell in record):
                records.append((number, record))
    except csv.Error:
        sentence = _("The row cannot be read. Is a quotation mark missing, or is the row far too long?")
        report.problems.append(Problem(number + 1, sentence))
    return records


def _header_fits(header: list[str], columns: Sequence[Column], report: Report) -> bool:
    known = [column.name for column in columns]
    missing = [column.name for column in columns if column.name not in header and not column.may_lack]
    wrong = [name for name in header if name not in known]
    twice = {name for name in header if header.count(name) > 1 and name in known}
    if missing:
        report.problems.append(Problem(1, _("These columns are missing: %s.") % ", ".join(missing)))
    for name in wrong:
        report.problems.append(Problem(1, _("“%s” is not a column of this import.") % shown(name) + did_you_mean(name, missing or known)))
    for name in sorted(twice):
        report.problems.append(Problem(1, _("The column “%s” stands there twice.") % name))
    return not (missing or wrong or twice)


def _row(number: int, record: list[str], header: list[str], columns: Sequence[Column], report: Report) -> Row | None:
    if len(record) != len(header):
        widths = {"found": len(record), "expected": len(header)}
        report.problems.append(Problem(number, _("The row has %(found)d columns; it should have %(expected)d.") % widths))
        return None
    raw = dict(zip(header, record, strict=True))
    row = Row(number, {name: " ".join(clean_text(cell).split()) for name, cell in raw.items()})
    for column in columns:
        if "\0" in raw.get(column.name, ""):
            report.refuse(row, _("The column “%s” holds characters that cannot be read.") % column.name)
        elif column.filled and not row[column.name]:
            report.refuse(row, _("The column “%s” is empty.") % column.name)
        elif len(row[column.name]) > column.longest:
            values = {"column": column.name, "longest": column.longest}
            report.refuse(row, _("The column “%(column)s” is too long. At most %(longest)d characters fit.") % values)
    return row


def did_you_mean(name: str, candidates: Iterable[str]) -> str:
    """A sentence with the nearest candidate, to be put after another; empty when nothing is near."""
    near = nearest(name, candidates)
    return " " + _("Did you mean %s?") % near if near else ""


def nearest(name: str, candidates: Iterable[str], cutoff: float = 0.6) -> str | None:
    by_key = {fold(candidate): candidate for candidate in candidates}
    found = difflib.get_close_matches(fold(shown(name)), by_key, n=1, cutoff=cutoff)
    return by_key[found[0]] if found else None


def shown(text: str) -> str:
    """As much of it as belongs in a sentence."""
    return text if len(text) <= 60 else f"{text[:60]}…"


def fold(text: str) -> str:
    """Letter by letter in lower case, as PostgreSQL's lower() of the unique constraints does it."""
    return "".join(letter.lower()[0] for letter in text)


def _named(columns: Sequence[Column]) -> str:
    return ", ".join(column.name for column in columns)
