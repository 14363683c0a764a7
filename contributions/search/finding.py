"""The questions asked of the search rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import exp
from typing import Any, cast

from django.db import connection
from django.db.models import F, FloatField, IntegerField, Value, Window
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cast, Greatest, RowNumber

from contributions.models import Contribution, ContributionQuerySet
from contributions.search.asking import All, Asked, Wanted, ask
from contributions.search.words import SIMILAR_LENGTH, STOP_WORDS
from lib.text import clean_text
from lib.vectors import as_vector

NEEDED_WORDS = 8
RANKED_WORDS = 6
RANKED_ROWS = 400
NEAREST_ROWS = 200
READ_ROWS = 5_000
LEAST_ALIKE, LEAST_ABOUT = 0.14, 0.5
SIMILAR_SHOWN = 5
SCALE = 1_000_000
K1, B, USUAL_LENGTH = 1.2, 0.75, 120.0
SURE, LIKELY, RELATED = (1.3, 0.9), (1.0, 0.7), (1.1, 0.6)
"""What a word counts for in the title and elsewhere: found as it is, likely, only about the same."""

FUSION = 1
"""How little the very first places weigh beyond those after them (k of reciprocal rank fusion; Cormack, Clarke and Büttcher 2009)."""

UTMOST = 1.4
"""More than anything counts for, so that a score stays below 1."""

# Read out of its store once, not once for every question asked of it.
# `share` is the length's part in BM25: a word among few says more than one among many.
_VECTOR = f"""
SELECT row.vector || ''::tsvector AS vector,
    least(1, {1 + K1} / (1 + {K1} * ({1 - B} + {B} * length(row.vector) / {USUAL_LENGTH}))) AS share
FROM contributions_searchrow row WHERE row.contribution_id = contributions_contribution.id OFFSET 0
"""  # noqa: S608 - constants

_HAVING = "SELECT contributions_having(%s::tsquery, %s)"
_NEAREST = f"SELECT contribution_id FROM contributions_searchrow ORDER BY meaning <=> %s::vector LIMIT {NEAREST_ROWS}"  # noqa: S608

_ABOUT = """
coalesce((SELECT greatest(0, 1 - (row.meaning <=> %s::vector)) FROM contributions_searchrow row
WHERE row.contribution_id = contributions_contribution.id), 0)
"""


def any_of(alternatives: Iterable[All], weight: str = "") -> str:
    """The alternatives as PostgreSQL writes a query; `weight` A asks in the title alone."""
    return "|".join(dict.fromkeys(f"({_all_of(one, weight)})" for one in alternatives))


def _all_of(needs: All, weight: str) -> str:
    return "&".join(f"({'|'.join(_lexeme(one, weight) for one in choices)})" for choices in needs)


def _lexeme(one: str, weight: str) -> str:
    mark = f"{'*' if one.endswith('*') else ''}{weight}"
    return f"'{one.removesuffix('*')}'{':' if mark else ''}{mark}"


def found_by(asked: Asked) -> list[int]:
    """Ids of those in which every word stands, in some form or under a word for the same thing, the newest first. One query.

    Of many words the eight rarest are enough. Who asks may not see all of these.
    """
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT array({_HAVING})", [_every_word(asked), None])
        found: list[int] = cursor.fetchone()[0]
    return found


def search(queryset: ContributionQuerySet, found: list[int]) -> ContributionQuerySet:
    """Those of the queryset that were found."""
    return queryset.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [found]))


def _having(query: str, most: int) -> Combinable:
    """Ids of those whose vector answers the query, the newest first, at most so many. Who asks may not see all of them."""
    return RawSQL(_HAVING, [query, most])  # noqa: S611 - a constant and parameters


def _every_word(asked: Asked) -> str:
    return "&".join(f"({any_of(one.everything)})" for one in _rarest(asked, NEEDED_WORDS))


def best(queryset: ContributionQuerySet, asked: Asked, found: list[int]) -> ContributionQuerySet:
    """The same with `rank`, a whole number that says how well it fits.

    Of many only the newest 400 are ranked, by the six rarest words: each rank costs a reading of the row.
    """
    if not asked:
        return cast("ContributionQuerySet", queryset.none().annotate(rank=Value(0)))
    rank = Cast(_words(_rarest(asked)) * SCALE, IntegerField())
    return cast("ContributionQuerySet", search(queryset, found[:RANKED_ROWS]).annotate(rank=rank))


def similar(queryset: ContributionQuerySet[Any], text: str, limit: int = SIMILAR_SHOWN) -> list[Contribution]:
    """Those that share most of the six rarest words, or are about the same, best first; `score` is between 0 and 1. Two queries.

    One word somewhere in a long text is too little to count as alike.
    """
    return alike(queryset, ask(clean_text(text[:SIMILAR_LENGTH]), beginnings=False), limit)


def alike(queryset: ContributionQuerySet[Any], asked: Asked, limit: int = SIMILAR_SHOWN) -> list[Contribution]:
    """The same for what has been asked already, with one query."""
    if all(one.word in STOP_WORDS for one in asked.wanted):
        return []
    wanted = _rarest(asked)
    placed = queryset.filter(pk__in=_near(wanted, asked)).annotate(by_words=_words(wanted), by_meaning=_about(asked))
    fused = _one_over_place("by_words") + _one_over_place("by_meaning")
    ranked = placed.annotate(score=Greatest("by_words", "by_meaning")).order_by(fused.desc(), "-pk")[:limit]
    return [row for row in ranked if row.by_words >= LEAST_ALIKE or row.by_meaning >= LEAST_ABOUT]


def _near(wanted: Sequence[Wanted], asked: Asked) -> Combinable:
    """Ids of the newest that share words with what was asked, and of those that are most about the same. Who asks may not see all of them."""
    sharing = _sharing(wanted, asked.most)
    if not asked.direction:
        return _having(sharing, RANKED_ROWS)
    return RawSQL(f"({_HAVING}) UNION ({_NEAREST})", [sharing, RANKED_ROWS, as_vector(asked.direction)])  # noqa: S611 - constants and parameters


def _one_over_place(name: str) -> Combinable:
    """Reciprocal rank fusion: two orders are one by the sum of 1 / (k + place)."""
    return Value(1.0) / (FUSION + Window(RowNumber(), order_by=[F(name).desc(), F("pk").desc()]))


def _rarest(asked: Asked, most: int = RANKED_WORDS) -> list[Wanted]:
    return sorted(asked.wanted, key=lambda one: -one.weight)[:most]


def _sharing(wanted: Sequence[Wanted], most: int) -> str:
    """Any of the words, the rarest first, until about as many rows would be read as can be; what is about the same likewise."""
    ways = [(one.used_in, any_of((*one.sure, *one.likely))) for one in wanted]
    ways += [(int(most * exp(-weight)), any_of((((lexeme,),),))) for one in wanted for lexeme, weight in one.related.items()]
    chosen: list[str] = []
    rows = 0
    for used_in, query in sorted(ways):
        rows += used_in
        if chosen and rows > READ_ROWS:
            break
        chosen.append(f"({query})")
    return "|".join(dict.fromkeys(chosen))


def _words(wanted: Sequence[Wanted]) -> Combinable:
    """Between 0 and 1: the weights of the words that stand in it, graded by how surely and where, of what they could be at most."""
    most = sum(one.weight for one in wanted) * UTMOST
    cases = [_case(sorted(_grades(one), reverse=True), most) for one in wanted]
    sql = f"(SELECT {' + '.join(sql for sql, _params in cases)} FROM ({_VECTOR}) AS words)"  # noqa: S608 - what is asked goes in as parameters
    return RawSQL(sql, [param for _sql, params in cases for param in params], FloatField())  # noqa: S611 - and here


def _about(asked: Asked) -> Combinable:
    """Between 0 and 1: how far it points the same way as what was asked."""
    return RawSQL(_ABOUT, [as_vector(asked.direction)], FloatField()) if asked.direction else Value(0.0)  # noqa: S611


Grade = tuple[float, str, bool]


def _grades(one: Wanted) -> Iterator[Grade]:
    """What the word counts for, the query that says so, and whether that holds however long the text is."""
    for level, (in_title, elsewhere) in ((one.sure, SURE), (one.likely, LIKELY)):
        yield in_title * one.weight, any_of(level, "A"), True
        yield elsewhere * one.weight, any_of(level), False
    for lexeme, weight in one.related.items():
        yield RELATED[0] * weight, any_of((((lexeme,),),), "A"), True
        yield RELATED[1] * weight, any_of((((lexeme,),),)), False


def _case(grades: Sequence[Grade], most: float) -> tuple[str, list[Any]]:
    whens = (f"WHEN words.vector @@ %s::tsquery THEN %s{'' if in_title else ' * words.share'}" for _worth, _query, in_title in grades)
    return f"CASE {' '.join(whens)} ELSE 0 END", [param for worth, query, _in_title in grades for param in (query, worth / most)]
