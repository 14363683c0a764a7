import base64
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random
from typing import Any, ClassVar

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Coalesce
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from lib.keyset import Page, bounded_count, page


class Row(models.Model):  # noqa: DJ008
    """A table of the tests' own, in a registry of its own."""

    objects: ClassVar[models.Manager["Row"]] = models.Manager()
    at = models.DateTimeField()
    day = models.DateField(null=True)
    number = models.IntegerField()
    name = models.CharField(max_length=40, db_collation="C")

    class Meta:
        app_label = "lib"
        apps = Apps()


START = dt.datetime(2026, 11, 23, 8, 0, tzinfo=dt.UTC)
NAMES = ["", "a", "Å", "öl", "x" * 40, '"', "日本", "%"]
ORDERS = [
    ("-at", "-id"),
    ("at", "pk"),
    ("day", "pk"),
    ("-day", "pk"),
    ("day", "-number", "pk"),
    ("number", "-day", "pk"),
    ("name", "id"),
    ("-name", "number", "-id"),
    ("-number", "-at", "-pk"),
    ("due", "id"),
]


@pytest.fixture
def rows(db: None) -> Iterator[models.QuerySet[Any]]:
    """57 rows with many ties."""
    with connection.schema_editor() as editor:
        editor.create_model(Row)
    random = Random(7)
    Row.objects.bulk_create(
        Row(
            at=START + dt.timedelta(microseconds=random.randrange(6)),
            day=random.choice([None, dt.date(2026, 1, 1), dt.date(2026, 1, 2)]),
            number=random.randrange(-2, 3),
            name=random.choice(NAMES),
        )
        for _ in range(57)
    )
    yield Row.objects.annotate(due=Coalesce("day", dt.date(9999, 1, 1)))
    with connection.schema_editor() as editor:
        editor.delete_model(Row)


def walk(queryset: models.QuerySet[Row], order: Sequence[str], size: int) -> list[Page[Row]]:
    pages = [page(queryset, order=order, size=size)]
    while pages[-1].next:
        pages.append(page(queryset, order=order, after=pages[-1].next, size=size))
    return pages


@pytest.mark.parametrize("size", [1, 10, 19, 57, 100])
@pytest.mark.parametrize("order", ORDERS)
def test_pages_hold_every_row_once_in_order_both_ways(rows: models.QuerySet[Row], order: Sequence[str], size: int) -> None:
    pages = walk(rows, order, size)
    assert [row.pk for part in pages for row in part.rows] == list(rows.order_by(*order).values_list("pk", flat=True))
    assert all(len(part.rows) == size for part in pages[:-1])
    assert pages[0].previous is None
    for before, part in pairwise(pages):
        assert page(rows, order=order, after=part.previous, size=size) == before


@pytest.mark.parametrize("order", ORDERS)
def test_one_query_a_page(rows: models.QuerySet[Row], order: Sequence[str], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    first = page(rows, order=order)
    with django_assert_num_queries(1):
        second = page(rows, order=order, after=first.next)
    with django_assert_num_queries(1):
        page(rows, order=order, after=second.previous)
    with django_assert_num_queries(1):
        page(rows, order=order, after="%")


def test_rows_that_come_and_go_do_not_move_the_page(rows: models.QuerySet[Row]) -> None:
    first = page(rows, order=("id",), size=10)
    expected = page(rows, order=("id",), size=10, after=first.next).rows
    Row.objects.filter(pk__in=[row.pk for row in first.rows]).delete()
    assert page(rows, order=("id",), size=10, after=first.next).rows == expected


def test_a_page_whose_rows_are_gone_is_the_first(rows: models.QuerySet[Row]) -> None:
    first = page(rows, order=("id",), size=50)
    Row.objects.filter(pk__gt=first.rows[-1].pk).delete()
    assert page(rows, order=("id",), size=50, after=first.next) == page(rows, order=("id",), size=50)


def test_back_past_the_beginning_is_the_whole_first_page(rows: models.QuerySet[Row]) -> None:
    first, second = walk(rows, ("id",), 10)[:2]
    Row.objects.filter(pk__in=[row.pk for row in first.rows[:4]]).delete()
    again = page(rows, order=("id",), size=10, after=second.previous)
    assert again.rows == [*first.rows[4:], *second.rows[:4]]
    assert again.previous is None


def test_nothing_gives_an_empty_page(rows: models.QuerySet[Row]) -> None:
    assert page(rows.none(), order=("id",)) == Page([])
    assert page(rows.filter(number=99), order=("id",), after=cursor(0, 5)) == Page([])


def cursor(*content: object) -> str:
    return raw(json.dumps(content).encode())


def raw(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


MOMENT = START.isoformat()
BAD = [
    "",
    "x",
    "å",
    "\0",
    "=" * 9,
    "x" * 100_000,
    cursor(),
    cursor(0),
    cursor(2, MOMENT, "a", 1),
    cursor(0, MOMENT, "a"),
    cursor(0, MOMENT, "a", 1, 1),
    cursor(0, MOMENT, "a", 2**63),
    cursor(0, MOMENT, "a", -(2**70)),
    cursor(0, MOMENT, "a", True),
    cursor(0, MOMENT, "a", 1.5),
    cursor(0, MOMENT, "a", "1"),
    cursor(0, MOMENT, "a", None),
    cursor(0, MOMENT, "a\0", 1),
    cursor(0, MOMENT, 1, 1),
    cursor(0, MOMENT, ["a"], 1),
    cursor(0, "2026-11-23T08:00:00", "a", 1),
    cursor(0, "2026-11-23", "a", 1),
    cursor(0, "0001-01-01T00:00:00+14:00", "a", 1),
    cursor(0, "9999-12-31T23:59:59-14:00", "a", 1),
    cursor(0, 1, "a", 1),
    cursor(0, None, "a", 1),
    raw(b'[0,"' + MOMENT.encode() + b'","\\ud800",1]'),
    raw(b"[" * 1_000),
    raw(b"9" * 1_400),
    raw(b"[NaN,Infinity,1,1]"),
    raw(b'{"0":1}'),
    raw(b"\xff\xfe"),
    raw(b"null"),
]


@pytest.mark.parametrize("bad", BAD)
def test_a_bad_cursor_is_the_first_page(rows: models.QuerySet[Row], bad: str) -> None:
    order = ("-at", "name", "id")
    assert page(rows, order=order, after=bad) == page(rows, order=order)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.one_of(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists).map(cursor)))
@example(cursor(0, MOMENT, "a", 2**63 - 1))
@example(cursor(0, "0001-01-01T00:00:00+00:00", "a", 1))
@example(cursor(0, "9999-12-31T23:59:59.999999+00:00", "a", 1))
def test_no_cursor_is_an_error(rows: models.QuerySet[Row], text: str) -> None:
    assert page(rows, order=("at", "name", "id"), after=text).rows


def test_an_order_that_cannot_be_paged_by_is_refused(rows: models.QuerySet[Row]) -> None:
    first = page(rows.annotate(half=F("number") / 2.0), order=("half", "id"))
    assert page(rows.annotate(half=F("number") / 2.0), order=("half", "id"), after=first.next) == first


@pytest.mark.parametrize("order", [("at", "id"), ("-at", "-id"), ("at", "-id"), ("-number", "id")])
def test_postgresql_takes_the_page_from_an_index(rows: models.QuerySet[Row], order: Sequence[str]) -> None:
    columns = ", ".join(f'"{name.removeprefix("-")}"{" DESC" if name.startswith("-") else ""}' for name in order)
    with connection.cursor() as sql:
        sql.execute(f"CREATE INDEX ON lib_row ({columns}); SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        with CapturePlan() as plan:
            page(rows, order=order, after=page(rows, order=order, size=5).next, size=5)
    assert "Sort" not in plan.text
    assert "Index Cond" in plan.text


class CapturePlan:
    """The plan PostgreSQL makes for the last query sent."""

    text = ""

    def __enter__(self) -> "CapturePlan":
        self._hook = connection.execute_wrapper(self._explain)
        self._hook.__enter__()
        return self

    def __exit__(self, *args: object) -> None:
        self._hook.__exit__(None, None, None)

    def _explain(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        with connection.connection.cursor() as cursor:
            self.text = "\n".join(line for (line,) in cursor.execute(f"EXPLAIN {sql}", params).fetchall())
        return execute(sql, params, many, context)


@pytest.mark.parametrize(("limit", "expected"), [(56, (56, True)), (57, (57, False)), (1_000, (57, False))])
def test_bounded_count(
    rows: models.QuerySet[Row], limit: int, expected: tuple[int, bool], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(1) as queries:
        assert bounded_count(rows.order_by("name"), limit) == expected
    assert f"LIMIT {limit + 1}" in queries.captured_queries[0]["sql"]
    assert "ORDER BY" not in queries.captured_queries[0]["sql"]
