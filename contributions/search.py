"""Finding contributions: the search rows, and the questions asked of them.

Swedish stems and the plain forms stand together in one vector.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import cast

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, FloatField, IntegerField, Value
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from contributions.models import Contribution, ContributionQuerySet
from lib.markdown import plain_text
from lib.text import clean_text

QUERY_LENGTH = 200
SIMILAR_LENGTH = 2_000
RANKED_WORDS = 6
RANKED_ROWS = 1_000
SHORTEST_PREFIX = 3
SHORTEST_STEM_PREFIX = 4
SHORTEST_DEFINITE = 5
LEAST_ALIKE = 0.06
_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 60

# Words that PostgreSQL's Swedish dictionary passes over.
STOP_WORDS = frozenset(
    """
    alla allt att av blev bli blir blivit de dem den denna deras dess dessa det detta dig din dina ditt du där då efter ej eller en er era
    ert ett från för ha hade han hans har henne hennes hon honom hur här i icke ingen inom inte jag ju kan kunde man med mellan men mig min
    mina mitt mot mycket ni nu när någon något några och om oss på samma sedan sig sin sina sitta själv skulle som så sådan sådana sådant
    till under upp ut utan vad var vara varför varit varje vars vart vem vi vid vilka vilkas vilken vilket vår våra vårt än är åt över
    """.split()  # noqa: SIM905 - read as prose
)

_UPSERT = """
INSERT INTO contributions_searchrow (contribution_id, title, body, vector)
VALUES (%(pk)s, %(title)s, %(body)s,
    setweight(to_tsvector('swedish', %(title)s), 'A') || setweight(to_tsvector('simple', %(title)s), 'B')
    || setweight(to_tsvector('swedish', %(body)s), 'C') || setweight(to_tsvector('simple', %(body)s), 'D'))
ON CONFLICT (contribution_id) DO UPDATE SET title = excluded.title, body = excluded.body, vector = excluded.vector
"""

# What the planner has counted of the vectors says how common a stem is. One that it has not listed is rarer than all it has.
_RAREST = """
SELECT stem.lexeme
FROM unnest(to_tsvector('swedish', %(text)s)) AS stem
LEFT JOIN (
    SELECT unnest(most_common_elems::text::text[]) AS lexeme, unnest(most_common_elem_freqs) AS share
    FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = 'contributions_searchrow' AND attname = 'vector'
) AS common USING (lexeme)
WHERE length(stem.lexeme) >= %(shortest)s
ORDER BY coalesce(common.share, 0), length(stem.lexeme) DESC, stem.lexeme
LIMIT %(limit)s
"""


def index(contribution: Contribution, texts: Iterable[str]) -> None:
    """Write the search row of one contribution, from its title, its problem and the child's texts."""
    body = "\n".join(plain_text(text) for text in (contribution.problem, *texts) if text)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT, {"pk": contribution.pk, "title": contribution.title, "body": body})


@dataclass(frozen=True)
class Question:
    """What somebody asks for, as one clean line of at most 200 characters."""

    text: str = ""
    was_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.text)


NOTHING = Question()


def question(typed: str) -> Question:
    line = " ".join(clean_text(typed[: 2 * QUERY_LENGTH]).split())
    return Question(line[:QUERY_LENGTH].rstrip(), len(line) > QUERY_LENGTH)


def words_of(text: str) -> list[str]:
    """The words that say something, in order, once each; all of them when none does."""
    words = list(dict.fromkeys(word[:_LONGEST_WORD] for word in _WORD.findall(text.lower())))
    return [word for word in words if word not in STOP_WORDS] or words


def search(queryset: ContributionQuerySet, q: str) -> ContributionQuerySet:
    """Those in which every word stands, as a Swedish stem or as the beginning of a word."""
    words = words_of(q)
    return queryset.filter(search_row__vector=reduce(and_, map(_stem_or_beginning, words))) if words else queryset.none()


def best(queryset: ContributionQuerySet, q: str) -> ContributionQuerySet:
    """The same with `rank`, a whole number that says how well it fits.

    Of more than a thousand only the newest thousand are ranked, by the six longest words: each rank costs a reading of the row.
    """
    words = words_of(q)
    if not words:
        return cast("ContributionQuerySet", queryset.none().annotate(rank=Value(0)))
    weighed = reduce(or_, map(_stem_or_beginning, sorted(words, key=len)[-RANKED_WORDS:]))
    newest = search(queryset, q).order_by("-pk").values("pk")[:RANKED_ROWS]
    rank = Cast(_rank(weighed) * 1_000_000, IntegerField())
    return cast("ContributionQuerySet", queryset.filter(pk__in=newest).annotate(rank=rank))


def similar(queryset: ContributionQuerySet, q: str, limit: int = 5) -> ContributionQuerySet:
    """Those that share any of the six rarest words, best first; `score` is between 0 and 1.

    One word somewhere in a long text is too little to count as alike.
    """
    stems = _rarest_stems(q)
    if not stems:
        return queryset.none()
    asked = reduce(or_, map(_stem, stems))
    sharing = queryset.filter(search_row__vector=asked).order_by("-pk").values("pk")[:RANKED_ROWS]
    ranked = Contribution.objects.filter(pk__in=sharing).annotate(score=Cast(_rank(asked), FloatField()))
    alike = ranked.filter(score__gte=LEAST_ALIKE / len(stems))
    return cast("ContributionQuerySet", alike.order_by("-score", "-pk")[:limit])


def _rank(query: Combinable) -> SearchRank:
    """How well it fits, the title weighing most; divided by the logarithm of the length, then brought between 0 and 1."""
    return SearchRank(F("search_row__vector"), query, weights=[0.1, 0.2, 0.6, 1.0], normalization=1 | 32)


def _stem_or_beginning(word: str) -> Combinable:
    beginning = f"{word}:*" if len(word) >= SHORTEST_PREFIX else word
    stems = [SearchQuery(form, config="swedish", search_type="raw") for form in dict.fromkeys((word, _indefinite(word)))]
    return reduce(or_, [*stems, SearchQuery(beginning, config="simple", search_type="raw")])


def _indefinite(word: str) -> str:
    """halkan → halka, nyckeln → nyckel, taket → tak: endings that the dictionary's stemmer leaves on."""
    if len(word) < SHORTEST_DEFINITE:
        return word
    return word[:-2] if word.endswith("et") else word.removesuffix("n")


def _stem(stem: str) -> Combinable:
    """The stem, and the compounds that begin with it where it is long enough to mean something."""
    return SearchQuery(f"{stem}:*" if len(stem) >= SHORTEST_STEM_PREFIX else stem, config="simple", search_type="raw")


def _rarest_stems(text: str) -> list[str]:
    words = " ".join(map(_indefinite, _WORD.findall(clean_text(text[:SIMILAR_LENGTH]).lower())))
    with connection.cursor() as cursor:
        cursor.execute(_RAREST, {"text": words, "shortest": SHORTEST_PREFIX, "limit": RANKED_WORDS})
        return [stem for (stem,) in cursor.fetchall()]
