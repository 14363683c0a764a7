"""The edits of a contribution's texts, the latest first, each with what it changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contributions.enums import TouchedGroup
from contributions.models import Contribution, Revision
from lib.differences import Piece, differences, shortened
from organisation.models import Department

EDITS_SHOWN = 20
LABELS: Mapping[str, str | Promise] = {
    "title": _("Heading"),
    "problem": _("The problem"),
    "proposal": _("The proposal"),
    "benefit": _("The benefit"),
    "touched_groups": _("Who is touched?"),
    "touched": _("Departments and units"),
    "root_problem": _("The real problem"),
    "whys": _("The chain of whys"),
}


@dataclass(frozen=True)
class Changed:
    """One column that an edit changed, as words before and after."""

    column: str
    before: str
    after: str

    @property
    def label(self) -> str:
        return str(LABELS.get(self.column, self.column))

    @property
    def pieces(self) -> list[Piece]:
        return shortened(differences(self.before, self.after))


@dataclass(frozen=True)
class Edit:
    revision: Revision
    changed: list[Changed] = field(default_factory=list)


def history(contribution: Contribution, standing: Mapping[str, Any], before: int | None = None) -> tuple[list[Edit], int | None]:
    """A page of edits, and the version to ask for the next page with. `standing` is what stands now, by column.

    Two queries, three where departments were changed. What an edit left is what the next edit of that column found.
    """
    revisions = list(Revision.objects.filter(contribution=contribution).select_related("by__department__organisation"))
    after, edits = dict(standing), []
    names = departments_in(standing, *(revision.texts for revision in revisions))
    for revision in revisions:
        changed = [Changed(name, words(name, old, names), words(name, after.get(name, ""), names)) for name, old in revision.texts.items()]
        after |= revision.texts
        if before is None or revision.version < before:
            edits.append(Edit(revision, changed))
        if len(edits) > EDITS_SHOWN:
            return edits[:EDITS_SHOWN], edits[EDITS_SHOWN - 1].revision.version
    return edits, None


def departments_in(*texts: Mapping[str, Any]) -> dict[int, str]:
    """Names of all departments that these name."""
    ids = {pk for columns in texts for pk in columns.get("touched", ())}
    return dict(Department.objects.filter(pk__in=ids).values_list("pk", "name")) if ids else {}


def words(column: str, value: Any, departments: Mapping[int, str]) -> str:
    """A column's value as text that can be compared: a choice or a why on each line."""
    match column:
        case "touched_groups":
            return "\n".join(str(group.label) for group in TouchedGroup if group in (value or ()))
        case "touched":
            return "\n".join(departments.get(pk, "") for pk in sorted(value or ()))
        case "whys":
            return "\n".join(f"{question} {answer}" for question, answer in value or ())
    return str(value)
