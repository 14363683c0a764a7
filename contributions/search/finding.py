"""The questions asked of the search rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from operator import add
from typing import Any, cast

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, FloatField, IntegerField, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from contributions.models import Contribution, ContributionQuerySet
from contributions.search.asking import All, Asked, Wanted, ask
from contributions.search.words import SIMILAR_LENGTH, STOP_WORDS
from lib.text import clean_text

RANKED_WORDS = 6
RANKED_ROWS = 1_000
LEAST_ALIKE = 0.14
SIMILAR_SHOWN = 5
SCALE = 1_000_000
GRADES = ((1.5, 1.0), (1.0, 0.7), (0.5, 0.35))
"""What a word counts for in the title and elsewhere: found as it is, likely, under a word for the same thing."""


class Lexemes(SearchQuery):
    """A query of lexemes as they stand in the index: nothing is stemmed or parsed."""

    def __init__(self, text: str) -> None:
        super().__init__(text, search_type="raw")
        self.text = text

    def as_sql(self, compiler: Any, connection: Any, **_more: Any) -> tuple[str, list[str]]:  # type: ignore[override]
        return "%s::tsquery", [self.text]


def any_of(alternatives: Iterable[All], weight: str = "") -> str:
    """The alternatives as PostgreSQL writes a query; `weight` A asks in the title alone."""
    return "|".join(dict.fromkeys(f"({_all_of(one, weight)})" for one in alternatives))


def _all_of(needs: All, weight: str) -> str:
    return "&".join(f"({'|'.join(_lexeme(one, weight) for one in choices)})" for choices in needs)


def _lexeme(one: str, weight: str) -> str:
    mark = f"{'*' if one.endswith('*') else ''}{weight}"
    return f"'{one.removesuffix('*')}'{':' if mark else ''}{mark}"


def search(queryset: ContributionQuerySet, asked: Asked) -> ContributionQuerySet:
    """Those in which every word stands, in some form or under a word for the same thing."""
    if not asked:
        return queryset.none()
    return queryset.filter(search_row__vector=Lexemes("&".join(f"({any_of(_everything(one))})" for one in asked.wanted)))


def best(queryset: ContributionQuerySet, asked: Asked) -> ContributionQuerySet:
    """The same with `rank`, a whole number that says how well it fits.

    Of more than a thousand only the newest thousand are ranked, by the six rarest words: each rank costs a reading of the row.
    """
    if not asked:
        return cast("ContributionQuerySet", queryset.none().annotate(rank=Value(0)))
    newest = search(queryset, asked).order_by("-pk").values("pk")[:RANKED_ROWS]
    rank = Cast(_score(_rarest(asked)) * SCALE, IntegerField())
    return cast("ContributionQuerySet", queryset.filter(pk__in=newest).annotate(rank=rank))


def similar(queryset: ContributionQuerySet, text: str, limit: int = SIMILAR_SHOWN) -> ContributionQuerySet:
    """Those that share most of the six rarest words, best first; `score` is between 0 and 1.

    One word somewhere in a long text is too little to count as alike.
    """
    asked = ask(clean_text(text[:SIMILAR_LENGTH]), beginnings=False)
    return alike(queryset, asked, limit)


def alike(queryset: ContributionQuerySet, asked: Asked, limit: int = SIMILAR_SHOWN) -> ContributionQuerySet:
    if all(one.word in STOP_WORDS for one in asked.wanted):
        return queryset.none()
    wanted = _rarest(asked)
    sharing = queryset.filter(search_row__vector=Lexemes(_sharing(wanted))).order_by("-pk").values("pk")[:RANKED_ROWS]
    ranked = Contribution.objects.filter(pk__in=sharing).annotate(score=Cast(_score(wanted), FloatField()))
    return cast("ContributionQuerySet", ranked.filter(score__gte=LEAST_ALIKE).order_by("-score", "-pk")[:limit])


def _rarest(asked: Asked) -> list[Wanted]:
    return sorted(asked.wanted, key=lambda one: -one.weight)[:RANKED_WORDS]


def _everything(one: Wanted) -> tuple[All, ...]:
    return tuple(alternative for level in one.levels for alternative in level)


def _sharing(wanted: Sequence[Wanted]) -> str:
    return "|".join(f"({any_of(_everything(one))})" for one in wanted)


def _score(wanted: Sequence[Wanted]) -> Combinable:
    """Between 0 and 1: the weights of the words that stand in it, graded by how surely and where, of what they could be at most."""
    most = sum(one.weight for one in wanted) * GRADES[0][0]
    return reduce(add, [_graded(one, most) for one in wanted])


def _graded(one: Wanted, most: float) -> Combinable:
    grades = []
    for level, (in_title, elsewhere) in zip(one.levels, GRADES, strict=True):
        if level:
            grades += [(in_title, any_of(level, "A")), (elsewhere, any_of(level))]
    grades.sort(key=lambda grade: -grade[0])
    cases = [When(search_row__vector=Lexemes(query), then=Value(grade * one.weight / most)) for grade, query in grades]
    return Case(*cases, default=Value(0.0), output_field=FloatField())
