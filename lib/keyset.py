"""Pages by key: each begins after the last row of the one before, so page 500 costs what page 1 does, and nothing is counted."""

from __future__ import annotations

import base64
import datetime
import json
import operator
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import F, Func, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan, LessThan

M = TypeVar("M", bound=models.Model)

_LONGEST_CURSOR = 2_000
_BIGINT = 2**63


class Count(NamedTuple):
    """How many rows there are, at least; `more` when the counting stopped at the limit."""

    number: int
    more: bool


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows in order, and the cursors of the pages around them (None where there is nothing)."""

    rows: list[M]
    next: str | None = None
    previous: str | None = None

    @property
    def count(self) -> Count | None:
        """How many there are where this page is all there is: nothing needs to be counted."""
        return None if self.next or self.previous else Count(len(self.rows), more=False)


class _BadCursor(ValueError):
    """Not a cursor of ours, or one of another order."""


@dataclass(frozen=True)
class _Key:
    """One column of the order."""

    name: str
    descending: bool
    field: models.Field[Any, Any]

    @classmethod
    def of(cls, queryset: QuerySet[Any], term: str) -> _Key:
        name = term.removeprefix("-")
        return cls(name, term.startswith("-"), _field(queryset, name))

    @property
    def term(self) -> str:
        return f"-{self.name}" if self.descending else self.name

    def turned(self) -> _Key:
        return _Key(self.name, not self.descending, self.field)

    def value_of(self, row: models.Model) -> Any:
        value = reduce(getattr, self.name.split("__"), row)
        return value.isoformat() if isinstance(value, datetime.date) else value

    def read(self, value: Any) -> Any:
        """The value as it stands in a cursor, as the column's type."""
        if value is None and self.field.null:
            return None
        match self.field:
            case models.DateTimeField():
                moment = datetime.datetime.fromisoformat(value)
                if moment.tzinfo is None:
                    raise _BadCursor
                return moment.astimezone(datetime.UTC)
            case models.DateField():
                return datetime.date.fromisoformat(value)
            case models.IntegerField() if type(value) is int and -_BIGINT <= value < _BIGINT:
                return value
            case models.CharField() | models.TextField() if isinstance(value, str) and "\0" not in value:
                value.encode()  # half characters raise
                return value
            case _:
                raise _BadCursor

    def same(self, value: Any) -> Q:
        return Q(**{f"{self.name}__isnull": True}) if value is None else Q(**{self.name: value})

    def beyond(self, value: Any) -> Q:
        """Rows after the value in this column, where PostgreSQL puts NULL after everything."""
        if value is None:
            return Q(**{f"{self.name}__isnull": False}) if self.descending else Q(pk__in=())
        if self.descending:
            return Q(**{f"{self.name}__lt": value})
        return Q(**{f"{self.name}__gt": value}) | (Q(**{f"{self.name}__isnull": True}) if self.field.null else Q())

    def from_there_on(self, value: Any) -> Q:
        """The value itself and what is beyond it; one comparison where that says it all, for an index to begin at."""
        if value is None or (self.field.null and not self.descending):
            return self.same(value) | self.beyond(value)
        return Q(**{f"{self.name}__{'lte' if self.descending else 'gte'}": value})


def page(
    queryset: QuerySet[M], *, order: Sequence[str] = ("-last_activity_at", "-id"), after: str | None = None, size: int = 20
) -> Page[M]:
    """The page the cursor stands for, with one query; the first page when it is None or no cursor of ours.

    The order names columns, relations with `__` or annotations of dates, times, whole numbers or text, and ends with one that
    is unique. A way back that meets the beginning gives the first page, full; so does a page whose rows have gone meanwhile.
    """
    keys = [_Key.of(queryset, term) for term in order]
    try:
        back, values = _read(after, keys) if after else (False, None)
    except (ValueError, TypeError, OverflowError, RecursionError):
        back, values = False, None
    way = [key.turned() for key in keys] if back else keys
    narrowed = queryset if values is None else queryset.filter(_beyond(way, values))
    rows = list(narrowed.order_by(*(key.term for key in way))[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if values is not None and (not rows or (back and len(rows) < size)):
        return page(queryset, order=order, size=size)
    if back:
        rows.reverse()
    return Page(
        rows,
        next=_write(keys, rows[-1], back=False) if rows and (more or back) else None,
        previous=_write(keys, rows[0], back=True) if rows and (more if back else values is not None) else None,
    )


def bounded_count(queryset: QuerySet[Any], limit: int = 1_000) -> Count:
    """How many rows, counting no further than the limit, with one query."""
    found = queryset.order_by()[: limit + 1].count()
    return Count(min(found, limit), more=found > limit)


def _field(queryset: QuerySet[Any], name: str) -> models.Field[Any, Any]:
    if name in queryset.query.annotations:
        return queryset.query.annotations[name].output_field
    model, field = queryset.model, None
    for part in name.split("__"):
        field = model._meta.pk if part == "pk" else model._meta.get_field(part)
        model = getattr(field, "related_model", None) or model
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    if not isinstance(field, models.Field):
        raise FieldDoesNotExist(f"{queryset.model.__name__} has no column {name} to page by.")
    return field


def _beyond(keys: Sequence[_Key], values: Sequence[Any]) -> Any:
    """The condition for rows after the values, in a form that PostgreSQL answers from an index in the same order."""
    if len({key.descending for key in keys}) == 1 and not any(key.field.null for key in keys):
        compare = LessThan if keys[0].descending else GreaterThan
        return compare(_row(F(key.name) for key in keys), _row(Value(value, key.field) for key, value in zip(keys, values, strict=True)))
    steps = []
    for at, (key, value) in enumerate(zip(keys, values, strict=True)):
        ties = [before.same(tied) for before, tied in zip(keys[:at], values[:at], strict=True)]
        steps.append(reduce(operator.and_, [*ties, key.beyond(value)]))
    return keys[0].from_there_on(values[0]) & reduce(operator.or_, steps)


def _row(parts: Any) -> Func:
    return Func(*parts, function="ROW", output_field=models.BooleanField())


def _write(keys: Sequence[_Key], row: models.Model, *, back: bool) -> str:
    text = json.dumps([int(back), *(key.value_of(row) for key in keys)], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, keys: Sequence[_Key]) -> tuple[bool, list[Any]]:
    if len(cursor) > _LONGEST_CURSOR:
        raise _BadCursor
    content = json.loads(base64.b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    if not isinstance(content, list) or len(content) != len(keys) + 1 or content[0] not in (0, 1):
        raise _BadCursor
    return bool(content[0]), [key.read(value) for key, value in zip(keys, content[1:], strict=True)]
