"""Naming people in a comment: who is offered while somebody writes @, and whom the words that were sent name.

Only people who may read the comment, now, are offered or named.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.urls import reverse

from contributions.models import Contribution
from contributions.rules import answerers_of, readers_of
from lib.markdown import Link, render
from lib.sort_keys import swedish_sort_key
from organisation.models import Person

MOST_OFFERED = 8
SHORTEST = 2
LONGEST = 60
MOST_NAMED = 20
_AT = re.compile(r"(?<![\w@.])@([^\W\d_][\w'’-]*)")
_ENDS = r"(?=s?(?!\w|[-'’]\w))"
"""A name ends here, the genitive's s aside."""


def may_be_named(contribution: Contribution, *, internal: bool) -> Q:
    """People who may read what is said."""
    return answerers_of(contribution) if internal else readers_of(contribution)


@dataclass(frozen=True)
class Offer:
    """Somebody who may be named, and what is written to name nobody else."""

    person: Person
    written: str


def offered(by: Person, contribution: Contribution, text: str, *, internal: bool = False) -> list[Offer]:
    """At most eight others whose names have words that begin so, in Swedish order. Two queries."""
    words = swedish_sort_key(text[:LONGEST]).split()
    if len("".join(words)) < SHORTEST:
        return []
    people = Person.objects.with_place().filter(may_be_named(contribution, internal=internal)).exclude(pk=by.pk)
    for word in words:
        people = people.filter(Q(sort_key__startswith=word) | Q(sort_key__contains=f" {word}"))
    found = list(people.order_by("sort_key", "pk")[:MOST_OFFERED])
    namesakes = list(Person.objects.active().filter(sort_key__in={person.sort_key for person in found}).select_related("department"))
    return [Offer(person, _written(person, namesakes)) for person in found]


def _written(person: Person, namesakes: Iterable[Person]) -> str:
    """The name; with the department where another has the name, with the work address where that is the same too."""
    others = [other for other in namesakes if other.pk != person.pk and other.sort_key == person.sort_key]
    if not others:
        return f"@{person.full_name}"
    alike = any(other.department.name == person.department.name for other in others)
    return f"@{person.full_name} ({person.email if alike else person.department.name})"


@dataclass
class Words:
    """What was written as HTML, with the people it names as links to their pages."""

    html: str
    people: set[int]


def words_of(contribution: Contribution, body: str, *, internal: bool = False) -> Words:
    """One query, and none where there is no @."""
    names = _Names(_people(contribution, body, internal=internal))
    return Words(render(body, names.find), names.found)


def _people(contribution: Contribution, body: str, *, internal: bool) -> list[Person]:
    """Everybody active whose given name begins as the word after some @, with `reads`: whether they may be named."""
    keys = [key for word in dict.fromkeys(_AT.findall(body)) if (key := swedish_sort_key(word))][:MOST_NAMED]
    called = Q(pk__in=[])
    for key in keys:
        called |= Q(sort_key__contains=f" {key} ") | Q(sort_key__endswith=f" {key}")
    if not keys:
        return []
    reads = ExpressionWrapper(may_be_named(contribution, internal=internal), output_field=BooleanField())
    return list(Person.objects.active().filter(called).select_related("department").annotate(reads=reads))


@dataclass
class _Names:
    """Finds the people in a text, and remembers them."""

    people: list[Person]
    found: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.patterns = [
            (person, re.compile(r"[ \u00a0]+".join(map(re.escape, person.full_name.split())) + _ENDS, re.IGNORECASE))
            for person in self.people
        ]

    def find(self, text: str) -> Iterator[Link]:
        for at in _AT.finditer(text) if self.people else ():
            person, end = self._at(text, at.start() + 1)
            if person:
                self.found.add(person.pk)
                yield Link(at.start(), end, reverse("person", args=(person.pk,)))

    def _at(self, text: str, start: int) -> tuple[Person | None, int]:
        """The one person the longest name that stands here can mean. A department or address after it decides, even against them all."""
        matches = [(match.end(), person) for person, pattern in self.patterns if (match := pattern.match(text, start))]
        end = max((end for end, _person in matches), default=start)
        namesakes = [person for length, person in matches if length == end]
        for mark in ("email", "department"):
            marked = [person for person in namesakes if _follows(text, end, str(getattr(person, mark)))]
            if marked:
                return _only(marked), end + len(f" ({getattr(marked[0], mark)})")
        return _only(namesakes), end


def _follows(text: str, end: int, mark: str) -> bool:
    return text[end : end + len(mark) + 3].casefold() == f" ({mark})".casefold()


def _only(people: Iterable[Person]) -> Person | None:
    """The one who reads, unless several do."""
    readers = [person for person in people if person.reads]  # type: ignore[attr-defined]
    return readers[0] if len(readers) == 1 else None
