"""The questions asked of the search rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import exp
from typing import Any, cast

from django.db.models import BigIntegerField, FloatField, IntegerField, Value
from django.db.models.expressions import Combinable, RawSQL
from django.db.models.functions import Cast

from contributions.models import Contribution, ContributionQuerySet
from contributions.search.asking import All, Asked, Wanted, ask
from contributions.search.words import SIMILAR_LENGTH, STOP_WORDS
from lib.text import clean_text

RANKED_WORDS = 6
RANKED_ROWS = 500
READ_ROWS = 4_000
LEAST_ALIKE = 0.14
SIMILAR_SHOWN = 5
SCALE = 1_000_000
K1, B, USUAL_LENGTH = 1.2, 0.75, 120.0
SURE, LIKELY, RELATED = (1.3, 0.9), (1.0, 0.7), (1.1, 0.6)
"""What a word counts for in the title and elsewhere: found as it is, likely, only about the same."""

TOGETHER = 0.5
"""How much more it says that several of the words stand in the same text: the power of their share of what was asked."""

UTMOST = 1.4
"""More than anything counts for, so that a score stays below 1."""

# Read out of its store once, not once for every question asked of it.
# `share` is the length's part in BM25: a word among few says more than one among many.
_VECTOR = f"""
SELECT row.vector || ''::tsvector AS vector,
    least(1, {1 + K1} / (1 + {K1} * ({1 - B} + {B} * length(row.vector) / {USUAL_LENGTH}))) AS share
FROM contributions_searchrow row WHERE row.contribution_id = contributions_contribution.id OFFSET 0
"""  # noqa: S608 - constants


class WithWords(RawSQL):
    """The ids of the search rows that answer a query, the newest `most` of them (all: None), always by way of the index of words."""

    def __init__(self, query: str, most: int | None = None) -> None:
        super().__init__("SELECT contributions_with_words(%s::tsquery, %s)", (query, most), BigIntegerField())


def any_of(alternatives: Iterable[All], weight: str = "") -> str:
    """The alternatives as PostgreSQL writes a query; `weight` A asks in the title alone."""
    return "|".join(dict.fromkeys(f"({_all_of(one, weight)})" for one in alternatives))


def _all_of(needs: All, weight: str) -> str:
    return "&".join(f"({'|'.join(_lexeme(one, weight) for one in choices)})" for choices in needs)


def _lexeme(one: str, weight: str) -> str:
    mark = f"{'*' if one.endswith('*') else ''}{weight}"
    return f"'{one.removesuffix('*')}'{':' if mark else ''}{mark}"


def search(queryset: ContributionQuerySet, asked: Asked, *, most: int | None = None) -> ContributionQuerySet:
    """Those in which every word stands, in some form or under a word for the same thing; among the newest `most` of all that do."""
    if not asked:
        return queryset.none()
    return queryset.filter(pk__in=WithWords(_every_word(asked), most))


def _every_word(asked: Asked) -> str:
    return "&".join(f"({any_of(one.everything)})" for one in asked.wanted)


def newest(queryset: ContributionQuerySet, asked: Asked, most: int) -> list[int]:
    """The ids of the newest that fit, with one query."""
    return list(search(queryset, asked, most=READ_ROWS).order_by("-pk").values_list("pk", flat=True)[:most])


def best(queryset: ContributionQuerySet, asked: Asked, found: Sequence[int]) -> ContributionQuerySet:
    """Those of `found`, newest first, with `rank`, a whole number that says how well each fits.

    Of more than five hundred only the newest five hundred are ranked, by the six rarest words: each rank costs a reading of the row.
    """
    if not asked:
        return cast("ContributionQuerySet", queryset.none().annotate(rank=Value(0)))
    rank = Cast(_score(_rarest(asked)) * SCALE, IntegerField())
    return cast("ContributionQuerySet", queryset.filter(pk__in=found[:RANKED_ROWS]).annotate(rank=rank))


def similar(queryset: ContributionQuerySet[Any], text: str, limit: int = SIMILAR_SHOWN) -> list[Contribution]:
    """Those that share most of the six rarest words, best first; `score` is between 0 and 1. Two queries.

    One word somewhere in a long text is too little to count as alike.
    """
    return alike(queryset, ask(clean_text(text[:SIMILAR_LENGTH]), beginnings=False), limit)


def alike(queryset: ContributionQuerySet[Any], asked: Asked, limit: int = SIMILAR_SHOWN) -> list[Contribution]:
    """The same for what has been asked already, with one query."""
    if all(one.word in STOP_WORDS for one in asked.wanted):
        return []
    wanted = _rarest(asked)
    sharing = queryset.filter(pk__in=WithWords(_sharing(wanted, asked.most), READ_ROWS)).order_by("-pk").values("pk")[:RANKED_ROWS]
    ranked = queryset.filter(pk__in=sharing).annotate(score=_score(wanted)).order_by("-score", "-pk")[:limit]
    return [row for row in ranked if row.score >= LEAST_ALIKE]


def _rarest(asked: Asked) -> list[Wanted]:
    return sorted(asked.wanted, key=lambda one: -one.weight)[:RANKED_WORDS]


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


def _score(wanted: Sequence[Wanted]) -> Combinable:
    """Between 0 and 1: the weights of the words that stand in it, graded by how surely and where, of what they could be at most."""
    weights = sum(one.weight for one in wanted)
    cases = [_case(sorted(_grades(one), reverse=True), weights * UTMOST) for one in wanted]
    each = ", ".join(f"{sql} AS word{at}" for at, (sql, _params) in enumerate(cases))
    total = " + ".join(f"word{at}" for at in range(len(cases)))
    share = " + ".join(f"sign(word{at}) * {one.weight / weights:.6f}" for at, one in enumerate(wanted))
    sql = f"(SELECT ({total}) * power({share}, {TOGETHER}) FROM (SELECT {each} FROM ({_VECTOR}) AS words) AS said)"  # noqa: S608 - what is asked goes in as parameters
    return RawSQL(sql, [param for _sql, params in cases for param in params], FloatField())  # noqa: S611 - and here


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
    return f"CASE {' '.join(whens)} ELSE 0.0::float8 END", [param for worth, query, _in_title in grades for param in (query, worth / most)]
