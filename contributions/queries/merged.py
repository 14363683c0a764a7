"""What is merged into what, and how many people support it all: each of them once."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import Count, Q

from contributions.enums import SupportKind
from contributions.models import Support

BENEATH = """
WITH RECURSIVE beneath (root, id, depth) AS (
    SELECT root, root, 0 FROM unnest(%s::bigint[]) root
    UNION ALL
    SELECT beneath.root, lower.id, beneath.depth + 1 FROM contributions_contribution lower JOIN beneath ON lower.merged_into_id = beneath.id
) CYCLE id SET is_ring USING path
SELECT id, root FROM beneath WHERE NOT is_ring ORDER BY depth, id
"""
ABOVE = """
WITH RECURSIVE above (id, depth) AS (
    SELECT merged_into_id, 1 FROM contributions_contribution WHERE id = %s
    UNION ALL
    SELECT higher.merged_into_id, above.depth + 1 FROM contributions_contribution higher JOIN above ON higher.id = above.id
) CYCLE id SET is_ring USING path
SELECT id FROM above WHERE id IS NOT NULL AND NOT is_ring ORDER BY depth
"""


def beneath(pk: int) -> list[int]:
    """Ids of it and of everything merged into it, through any number of merges; itself first."""
    return trees(pk)[pk]


def trees(*pks: int) -> dict[int, list[int]]:
    """The same for each of them, by its id."""
    found: dict[int, list[int]] = {pk: [] for pk in pks}
    for lower, root in _rows(BENEATH, list(pks)):
        found[root].append(lower)
    return found


def above(pk: int) -> list[int]:
    """Ids of what it is merged into, and of what that is merged into; the nearest first."""
    return [row[0] for row in _rows(ABOVE, pk)]


def _rows(query: str, parameter: int | list[int]) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [parameter])
        rows: list[tuple[int, ...]] = cursor.fetchall()
    return rows


def support_counts(pks: Collection[int]) -> dict[str, int]:
    """The counters of these taken together, by column: people once each, and people once each of every kind."""
    of_kind = {f"{kind}_count": Count("person", distinct=True, filter=Q(kind=kind)) for kind in SupportKind.values}
    rows = Support.objects.filter(contribution__in=pks)
    return rows.aggregate(support_count=Count("person", distinct=True), **of_kind)
