"""Writing a contribution's own words, and the search row with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.lifecycle import StaleVersion, lock, reindex_texts, spec_of
from contributions.models import Contribution, Revision
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
    keep_revision(by, locked, {**_standing(locked, own), **_standing(child, of_kind), **_standing_touched(locked, touched)})
    if touched is not None:
        locked.touched.set(touched)
    if of_kind:
        spec.child.objects.filter(pk=locked.pk).update(**of_kind)
    _write(locked, own)
    for name, value in of_kind.items():
        setattr(child, name, value)
    reindex_texts(locked, child)
    return locked


def keep_revision(by: Person, locked: Contribution, texts: Mapping[str, Any]) -> None:
    """Keep the texts that are about to be replaced in what has been sent. Called under the lock, before the version moves on."""
    if not locked.is_draft:
        Revision.objects.create(contribution=locked, version=locked.version, by=by, texts=dict(texts))


def _standing(row: Contribution, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _standing_touched(contribution: Contribution, touched: set[int] | None) -> dict[str, Any]:
    return {} if touched is None else {"touched": sorted(contribution.touched.values_list("pk", flat=True))}


def standing_texts(contribution: Contribution) -> dict[str, Any]:
    """What stands of everything that edits may have changed, by column; of what only the other kind has, what is kept aside."""
    spec = spec_of(contribution.kind)
    aside = {name: value for columns in contribution.set_aside.values() for name, value in columns.items()}
    of_kind = spec.child.objects.filter(pk=contribution.pk).values(*spec.searched).get()
    beside = {
        str(model._meta.get_field("contribution").remote_field.related_name): list(  # type: ignore[union-attr]
            model._default_manager.filter(contribution=contribution).values_list(*columns)
        )
        for model, columns in spec.beside
    }
    touched = sorted(contribution.touched.values_list("pk", flat=True))
    return {**aside, **_standing(contribution, COLUMNS), **of_kind, **beside, "touched": touched}


@transaction.atomic
def restore(*, by: Person, revision: Revision, version: int) -> Contribution:
    """Put back the texts that an edit replaced, as a new edit. Raises what `save_texts` raises."""
    locked = lock(revision.contribution_id)
    texts = Revision.objects.get(pk=revision.pk).texts
    return save_texts(by=by, contribution=locked, version=version, values={name: texts[name] for name in restorable(locked, texts)})


def restorable(contribution: Contribution, texts: Iterable[str]) -> list[str]:
    """The columns of an earlier text that stand in the contribution's own texts now."""
    columns = {*COLUMNS, "touched", *spec_of(contribution.kind).edited}
    return [name for name in texts if name in columns]


def _differing(row: Contribution, names: Iterable[str], values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values and not _same(values[name], getattr(row, name))}


def _same(one: Any, other: Any) -> bool:
    """Choices are the same in whatever order they stand."""
    return one == other or (isinstance(one, list) and set(one) == set(other))


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
