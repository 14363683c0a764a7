"""What is merged into what, and how many people support it all: each of them once."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import Count, Q

from contributions.enums import SupportKind
from contributions.models import Support

BENEATH = """
WITH RECURSIVE beneath (id, depth) AS (
    SELECT unnest(%s::bigint[]), 0
    UNION ALL
    SELECT lower.id, beneath.depth + 1 FROM contributions_contribution lower JOIN beneath ON lower.merged_into_id = beneath.id
) CYCLE id SET is_ring USING path
SELECT id FROM beneath WHERE NOT is_ring ORDER BY depth, id
"""
ABOVE = """
WITH RECURSIVE above (id, depth) AS (
    SELECT merged_into_id, 1 FROM contributions_contribution WHERE id = %s
    UNION ALL
    SELECT higher.merged_into_id, above.depth + 1 FROM contributions_contribution higher JOIN above ON higher.id = above.id
) CYCLE id SET is_ring USING path
SELECT id FROM above WHERE id IS NOT NULL AND NOT is_ring ORDER BY depth
"""


def beneath(*pks: int) -> list[int]:
    """Ids of these and of everything merged into them, through any number of merges; themselves first."""
    return _ids(BENEATH, list(pks))


def above(pk: int) -> list[int]:
    """Ids of what it is merged into, and of what that is merged into; the nearest first."""
    return _ids(ABOVE, pk)


def _ids(query: str, pk: int | list[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [pk])
        return [row[0] for row in cursor.fetchall()]


def support_counts(pks: Collection[int]) -> dict[str, int]:
    """The counters of these taken together, by column: people once each, and people once each of every kind."""
    of_kind = {f"{kind}_count": Count("person", distinct=True, filter=Q(kind=kind)) for kind in SupportKind.values}
    rows = Support.objects.filter(contribution__in=pks)
    return rows.aggregate(support_count=Count("person", distinct=True), **of_kind)
