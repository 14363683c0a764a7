"""Taking words away wherever they stand in or around a contribution. Who may, and who is told, is `contributions.actions.moderation`.

Every table with words is listed with its columns, here or by its kind (`beside` and `around`). How its rows hang on a contribution is read
from its foreign keys. A column of words that is missing from the list fails tests/contributions/test_masking.py.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q

from contributions.actions.talk import write_mentions
from contributions.lifecycle import TEXT_FIELDS, reindex_texts, spec_of, specs
from contributions.models import (
    WANTED_LENGTH,
    AnswerDraft,
    Attachment,
    Comment,
    Contribution,
    MergeAnswer,
    MergeProposal,
    Report,
    Revision,
    Support,
    TrailEntry,
)
from contributions.queries.mentions import words_of
from contributions.search import forget

Masker = Callable[[str], str]
Columns = tuple[str, ...]

MASK = "[…]"
OWN_COLUMNS: Columns = ("title", "problem", "help_wanted", "set_aside")
TRAIL_TEXTS: Columns = (
    "text", "change", "decided_by", "ground", "registration_number",
    "learning_believed", "learning_tried", "learning_happened", "learning_next",
)  # fmt: skip
DRAFTED_TEXTS = {*TEXT_FIELDS, *TRAIL_TEXTS}
AROUND: Mapping[type[models.Model], Columns] = {
    TrailEntry: (*TRAIL_TEXTS, "before"),
    Support: ("note",),
    Report: ("reason",),
    Revision: ("texts",),
    Attachment: ("name",),
    MergeProposal: ("reason",),
    MergeAnswer: ("note",),
    AnswerDraft: ("values",),
}


def mask_everywhere(locked: Contribution, phrases: Sequence[str]) -> tuple[int, list[Comment]]:
    """Replace the phrases in all of it, and write the search row anew. How many rows were changed, and the comments among them."""
    masked = _masker(phrases)
    _open_trail(is_open=True)
    comments = _mask_comments(locked, masked)
    changed = len(comments) + _mask_contribution(locked, masked)
    changed += sum(_mask_rows(locked, model, columns, masked) for model, columns in around().items())
    _open_trail(is_open=False)
    if changed:
        reindex_texts(locked)
        forget(locked)
    return changed, comments


def around() -> dict[type[models.Model], Columns]:
    """Every table with words that hang on a contribution, and its columns; comments, whose markup goes with them, apart."""
    return {**AROUND, **{model: columns for spec in specs() for model, columns in (*spec.beside, *spec.around)}}


@cache
def ways_to_contribution(model: type[models.Model]) -> Columns:
    """The foreign keys that lead from a table to a contribution, as lookups: the answer to a proposal to merge hangs on either of two."""
    found: list[str] = []
    for column in model._meta.concrete_fields:
        to = column.related_model
        if not isinstance(column, models.ForeignKey) or not isinstance(to, type) or to is model:
            continue
        found += [column.name] if issubclass(to, Contribution) else [f"{column.name}__{rest}" for rest in ways_to_contribution(to)]
    return tuple(found)


def _masker(phrases: Iterable[str]) -> Masker:
    """Whole words, whatever their case, the genitive too, however they are spaced or, as in a file's name, joined."""
    longest_first = sorted(phrases, key=len, reverse=True)
    alternatives = "|".join(r"[\s_.\-]+".join(map(re.escape, phrase.split())) for phrase in longest_first)
    pattern = re.compile(rf"(?<![^\W_])(?:{alternatives})(?::?s)?(?![^\W_])", re.IGNORECASE)
    return lambda text: pattern.sub(MASK, text)


def _open_trail(*, is_open: bool) -> None:
    """Let this transaction, and no other, write on the lines of the trail."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('kiruna.masking', %s, true)", ["on" if is_open else "off"])


def _mask_contribution(locked: Contribution, masked: Masker) -> int:
    """Its own texts and its child's. The version moves on, so that no form read before can bring the words back."""
    spec = spec_of(locked.kind)
    child = spec.child.objects.get(pk=locked.pk)
    own, of_kind = _differing(locked, OWN_COLUMNS, masked), _differing(child, spec.searched, masked)
    if of_kind:
        spec.child.objects.filter(pk=locked.pk).update(**of_kind)
    for name, value in {**own, "version": locked.version + 1}.items():
        setattr(locked, name, value)
    locked.save(update_fields=[*own, "version"])
    return len(own) + len(of_kind)


def _mask_comments(locked: Contribution, masked: Masker) -> list[Comment]:
    """Those that were changed."""
    comments = [comment for comment in Comment.objects.filter(contribution=locked) if masked(comment.body) != comment.body]
    for comment in comments:
        body = masked(comment.body)
        words = words_of(locked, body, internal=comment.is_internal)
        Comment.objects.filter(pk=comment.pk).update(body=body, body_html=words.html)
        write_mentions(comment, words.people)
    return comments


def _mask_rows(locked: Contribution, model: type[models.Model], columns: Columns, masked: Masker) -> int:
    """How many rows were changed. They are held meanwhile, since those that hang on two are written under the other's lock as well."""
    hanging = Q()
    for way in ways_to_contribution(model):
        hanging |= Q(**{way: locked.pk})
    rows = model._default_manager.select_for_update(no_key=True, of=("self",)).filter(hanging)
    return sum(_mask_row(row, columns, masked) for row in rows)


def _mask_row(row: models.Model, columns: Columns, masked: Masker) -> int:
    """How many rows that was: one or none. Where two would become the same and may not, this one gets its number as well."""
    differing = _differing(row, columns, masked)
    if not differing:
        return 0
    try:
        with transaction.atomic():
            _write(row, differing)
    except IntegrityError:
        _write(row, {name: _told_apart(row, name, value) if isinstance(value, str) else value for name, value in differing.items()})
    return 1


def _write(row: models.Model, columns: Mapping[str, Any]) -> None:
    """A version that guards an edit moves on; a revision's says which texts it holds, and stays."""
    guards = {"version": F("version") + 1} if _is_guarded(type(row)) else {}
    type(row)._default_manager.filter(pk=row.pk).update(**columns, **guards)


def _is_guarded(model: type[models.Model]) -> bool:
    return any(column.name == "version" and column.has_default() for column in model._meta.concrete_fields)


def _told_apart(row: models.Model, name: str, text: str) -> str:
    number = f" {row.pk}"
    longest = _longest(row, name)
    return f"{text[: longest - len(number)] if longest else text}{number}"


def _differing(row: models.Model, columns: Iterable[str], masked: Masker) -> dict[str, Any]:
    """The columns that the mask changes, as they become; text never longer than its column."""
    result = {}
    for name in columns:
        value = getattr(row, name)
        replaced = _mask_value(name, value, masked)
        if replaced != value:
            result[name] = replaced[: _longest(row, name)] if isinstance(replaced, str) else replaced
    return result


def _longest(row: models.Model, name: str) -> int | None:
    return getattr(row._meta.get_field(name), "max_length", None)


def _mask_value(name: str, value: Any, masked: Masker) -> Any:
    """Text, words in a list, or what a column keeps as JSON, where only what is words is looked at: codes, days and ids stay."""
    if isinstance(value, dict):
        return KEPT_AS_JSON[name](value, masked)
    return [masked(word)[:WANTED_LENGTH] for word in value] if isinstance(value, list) else masked(value)


def _mask_set_aside(kinds: Mapping[str, Any], masked: Masker) -> dict[str, Any]:
    """The texts of the kind it is not at present."""
    return {
        kind: {column: masked(text) if column in spec_of(kind).searched else text for column, text in columns.items()}
        for kind, columns in kinds.items()
    }


def _mask_before(columns: Mapping[str, Any], masked: Masker) -> dict[str, Any]:
    """What a step changed, as it was. Statuses, days and ids stay, so that the step can still be understood."""
    words = {*OWN_COLUMNS, *(f"child.{column}" for spec in specs() for column in spec.searched)}
    return {name: _mask_value(name, value, masked) if name in words and value is not None else value for name, value in columns.items()}


def _mask_texts(columns: Mapping[str, Any], masked: Masker) -> dict[str, Any]:
    """What an edit replaced: texts, choices, and questions with their answers."""
    return {name: value if name == "touched_groups" else _mask_nested(value, masked) for name, value in columns.items()}


def _mask_draft(fields: Mapping[str, Any], masked: Masker) -> dict[str, Any]:
    return {name: masked(text) if name in DRAFTED_TEXTS else text for name, text in fields.items()}


KEPT_AS_JSON: Mapping[str, Callable[[Mapping[str, Any], Masker], dict[str, Any]]] = {
    "set_aside": _mask_set_aside,
    "before": _mask_before,
    "texts": _mask_texts,
    "values": _mask_draft,
}


def _mask_nested(value: Any, masked: Masker) -> Any:
    """Every text in it, however deep."""
    if isinstance(value, list):
        return [_mask_nested(part, masked) for part in value]
    return masked(value) if isinstance(value, str) else value
