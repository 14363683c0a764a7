"""The words that the whole group may see, with how many contributions use each: what slips are mended with, and what is rare.

Only text with the audience `group` that is sent and not hidden is taken up. A word has a witness, one such contribution; it is suggested
only while the witness is still read by all and still has the word, so hiding, masking and taking back work at once. `refresh` counts
anew and finds other witnesses. The numbers of the concepts stand in the list too, for how common each is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from django.db import connection, transaction

from contributions.enums import Audience, Status
from contributions.models import Contribution
from contributions.search.stems import stem, uninflected

SHORTEST_SLIP = 4
LONGEST_LISTED = 40
_LOCK = 20_140_014
BATCH = 2_000

_READ_BY_ALL = f"c.audience = '{Audience.GROUP}' AND c.status <> '{Status.DRAFT}' AND c.hidden_at IS NULL"
_LISTED = "lexeme !~ '^[=~]' AND length(lexeme) BETWEEN 2 AND 40"
_ADD = """
INSERT INTO contributions_searchword (word, stem, keys, used_in, witness_id) VALUES (%s, %s, %s, %s, %s) ON CONFLICT (word) DO NOTHING
"""
_UNKNOWN = f"""
SELECT lexeme FROM contributions_searchrow s JOIN contributions_contribution c ON c.id = s.contribution_id, unnest(s.vector)
WHERE s.contribution_id = %s AND {_READ_BY_ALL} AND {_LISTED}
AND NOT EXISTS (SELECT FROM contributions_searchword w WHERE w.word = lexeme) ORDER BY lexeme
"""  # noqa: S608 - constants
_COUNT = f"""
CREATE TEMPORARY TABLE said ON COMMIT DROP AS
SELECT lexeme AS word, count(*) AS used_in, max(s.contribution_id) AS witness_id
FROM contributions_searchrow s JOIN contributions_contribution c ON c.id = s.contribution_id, unnest(s.vector)
WHERE {_READ_BY_ALL} AND {_LISTED} GROUP BY lexeme
"""  # noqa: S608
_FORGET = "DELETE FROM contributions_searchword w WHERE NOT EXISTS (SELECT FROM said WHERE said.word = w.word)"
_FORGET_OF = """
DELETE FROM contributions_searchword w WHERE witness_id = %s AND NOT EXISTS (
    SELECT FROM contributions_searchrow s WHERE s.contribution_id = w.witness_id AND s.vector @@ ('''' || w.word || '''')::tsquery)
"""
_RECOUNT = """
UPDATE contributions_searchword w SET used_in = said.used_in, witness_id = said.witness_id FROM said
WHERE said.word = w.word AND (said.used_in, said.witness_id) <> (w.used_in, w.witness_id)
"""
_NEW = "SELECT word, used_in, witness_id FROM said WHERE NOT EXISTS (SELECT FROM contributions_searchword w WHERE w.word = said.word) ORDER BY word"
_LOOK_UP = f"""
SELECT '', '', coalesce(max(used_in), 0) FROM contributions_searchword
UNION ALL
SELECT '', stem, sum(used_in) FROM contributions_searchword WHERE stem = ANY(%(stems)s) GROUP BY stem
UNION ALL
SELECT w.word, w.stem, w.used_in
FROM contributions_searchword w
JOIN contributions_contribution c ON c.id = w.witness_id
JOIN contributions_searchrow s ON s.contribution_id = w.witness_id
WHERE {_READ_BY_ALL} AND s.vector @@ ('''' || w.word || '''')::tsquery AND w.keys && coalesce((
    SELECT array_agg(DISTINCT slip.key) FROM unnest(%(slip_stems)s::text[], %(slip_keys)s::text[]) AS slip (stem, key)
    WHERE NOT EXISTS (SELECT FROM contributions_searchword known WHERE known.stem = slip.stem)), '{{}}')
"""  # noqa: S608


@dataclass(frozen=True)
class Known:
    """What the word list says: how many use each stem asked for, the words near those that may be slips, and the most that use one word."""

    used_in: Mapping[str, int] = field(default_factory=dict)
    near: Mapping[str, int] = field(default_factory=dict)
    most: int = 0


def look_up(stems: Collection[str], slips: Iterable[str]) -> Known:
    """One query. Words that may be slips are looked into only where their stem is unknown."""
    keys = [(stem(word), key) for word in slips for key in keys_of(word)]
    given = {"stems": list(stems), "slip_stems": [one for one, _key in keys], "slip_keys": [key for _one, key in keys]}
    with connection.cursor() as cursor:
        cursor.execute(_LOOK_UP, given)
        rows = cursor.fetchall()
    used_in = {stem: int(number) for word, stem, number in rows if stem and not word}
    return Known(used_in, {word: number for word, _stem, number in rows if word}, int(rows[0][2]) if rows else 0)


@lru_cache(maxsize=20_000)
def keys_of(word: str) -> tuple[str, ...]:
    """The word and its bare form, whole and with each letter taken away: two words a slip apart share one. None for what is no word."""
    if not word.isalpha():
        return ()
    forms = {form for form in (word, uninflected(word)) if len(form) >= SHORTEST_SLIP}
    return tuple(sorted(forms | {form[:at] + form[at + 1 :] for form in forms for at in range(len(form))}))


def learn(contribution: Contribution) -> None:
    """Take up the new words of one contribution where the whole group may read it. Costs one query where there are none."""
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN, [contribution.pk])
        words = [word for (word,) in cursor.fetchall()]
        if words:
            cursor.executemany(_ADD, [(word, stem(word), list(keys_of(word)), 1, contribution.pk) for word in words])


def forget(contribution: Contribution) -> None:
    """Let go of the words it was the witness of and no longer has, at once. Those that others have too come back by `refresh`."""
    with connection.cursor() as cursor:
        cursor.execute(_FORGET_OF, [contribution.pk])


@transaction.atomic
def refresh(*, anew: bool = False) -> int:
    """Count every word, forget those that nobody may see any more. Returns how many there are. Two at once are one.

    `anew` writes every word again, as when stems are made another way.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if cursor.fetchone() != (True,):
            return 0
        cursor.execute(_COUNT)
        if anew:
            cursor.execute("DELETE FROM contributions_searchword")
        cursor.execute(_FORGET)
        cursor.execute(_RECOUNT)
        cursor.execute(_NEW)
        rows = [(word, stem(word), list(keys_of(word)), used_in, witness) for word, used_in, witness in cursor.fetchall()]
        cursor.executemany(_ADD, rows)
        cursor.execute("DROP TABLE said")
        cursor.execute("SELECT count(*) FROM contributions_searchword")
        return int(cursor.fetchone()[0])
