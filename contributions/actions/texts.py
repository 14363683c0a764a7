"""Writing a contribution's own words, and the search row with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.lifecycle import StaleVersion, lock, reindex_texts, spec_of
from contributions.models import Contribution
from organisation.models import Person

SHORTEST_TITLE = 5
SHORTEST_PROBLEM = 20
COLUMNS = ("title", "problem", "touched_groups", "help_wanted")
DRAFT_COLUMNS = (*COLUMNS, "answers_id")


@transaction.atomic
def save_texts(*, by: Person, contribution: Contribution, version: int, values: Mapping[str, Any]) -> Contribution:
    """Write those of the values that differ from what stands; the row as it stands afterwards.

    Keys are columns of the contribution and of its kind, and `touched` (ids of departments); other keys are passed over.
    Raises StaleVersion when there is something to write and it was changed after this version was read, PermissionDenied when
    the person may not edit it.
    """
    locked = lock(contribution.pk)
    spec = spec_of(locked.kind)
    child = spec.child.objects.get(pk=locked.pk)
    own = _differing(locked, DRAFT_COLUMNS if locked.is_draft else COLUMNS, values)
    of_kind = _differing(child, spec.searched, values)
    touched = _touched(locked, values)
    if not own and not of_kind and touched is None:
        return locked
    if version != locked.version:
        raise StaleVersion(locked)
    if not by.has_perm("contributions.edit", locked):
        raise PermissionDenied
    if touched is not None:
        locked.touched.set(touched)
    if of_kind:
        spec.child.objects.filter(pk=locked.pk).update(**of_kind)
    _write(locked, own)
    for name, value in of_kind.items():
        setattr(child, name, value)
    reindex_texts(locked, child)
    return locked


def _differing(row: Contribution, names: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values and values[name] != getattr(row, name)}


def _touched(contribution: Contribution, values: Mapping[str, Any]) -> set[int] | None:
    """The departments chosen, when they are others than before."""
    if "touched" not in values:
        return None
    chosen = set(values["touched"])
    return None if chosen == set(contribution.touched.values_list("pk", flat=True)) else chosen


def _write(contribution: Contribution, columns: Mapping[str, Any]) -> None:
    """A draft moves to the top of its author's list; an edit of what is sent is no event for others."""
    now = timezone.now()
    written = {**columns, "version": contribution.version + 1, "edited_at": now}
    if contribution.is_draft:
        written["last_activity_at"] = now
    for name, value in written.items():
        setattr(contribution, name, value)
    contribution.save(update_fields=list(written))


def missing_words(*, title: str | None = None, problem: str | None = None) -> dict[str, str]:
    """What sending asks of these texts and they have not, by field; None is passed over."""
    missing = {}
    if title is not None and len(title) < SHORTEST_TITLE:
        missing["title"] = _("Write a heading of at least five characters, so that a colleague recognises it.")
    if problem is not None and len(problem) < SHORTEST_PROBLEM:
        missing["problem"] = _("Write at least two sentences, so that somebody who was not there understands what happens.")
    return missing
