"""What a text is about: directions of words, of texts, and what they find that no word would."""

from __future__ import annotations

import pytest

from contributions.enums import Audience
from contributions.lifecycle import reindex_texts
from contributions.management.commands.make_meanings import lines
from contributions.models import Contribution, SearchRow
from contributions.search import similar
from contributions.search.meanings import Direction, directions, meaning
from organisation.models import Person
from tests.contributions.world import World
from tests.factories import IdeaFactory, PersonFactory

ASKED, OTHER_WORDS = "frukost för tonåringar", ("Mackor på fritidsgården för unga", "Många har inte ätit när de kommer.")


def likeness(one: Direction | None, other: Direction | None) -> float:
    assert one is not None
    assert other is not None
    return sum(a * b for a, b in zip(one, other, strict=True))


def idea(author: Person, title: str, problem: str, audience: Audience = Audience.GROUP) -> Contribution:
    row = IdeaFactory.create(author=author, title=title, problem=problem, proposal="", benefit="", audience=audience)
    reindex_texts(row)
    return Contribution.objects.get(pk=row.pk)


def found(person: Person, text: str) -> list[str]:
    return [row.title for row in similar(Contribution.objects.visible_to(person).sent(), text)]


def test_the_directions_are_of_the_words_that_stand_in_the_sources() -> None:
    """Where this fails: manage.py make_meanings, then manage.py reindex."""
    assert sorted(directions()) == sorted({word for line in lines() for item in line for word in item})


def test_texts_of_one_field_point_alike_though_they_share_no_word() -> None:
    near, far = meaning(*OTHER_WORDS), meaning("Fjärrvärmen läcker i kulverten")
    assert likeness(meaning(ASKED), near) > 0.5 > likeness(meaning(ASKED), far)


def test_a_text_points_as_long_as_any_other_and_nowhere_without_a_known_word() -> None:
    assert likeness(meaning("Halt vid entrén", "Ingen sandar."), meaning("Halt vid entrén", "Ingen sandar.")) == pytest.approx(1)
    assert meaning("Xyzzy", "qwrt 1234") is None


@pytest.mark.django_db
def test_what_is_about_the_same_is_found_without_a_word_in_common() -> None:
    person = PersonFactory.create()
    idea(person, *OTHER_WORDS)
    for title in ("Fjärrvärmen läcker", "Skrivaren står still", "Det är mörkt på gångvägen"):
        idea(person, title, "Det händer varje vecka.")
    assert found(person, ASKED)[0] == OTHER_WORDS[0]
    assert found(person, "frukst för tonåringar")[0] == OTHER_WORDS[0]


def test_what_one_may_not_see_is_not_found_by_its_meaning_either(world: World) -> None:
    idea(world.people["author"], *OTHER_WORDS, audience=Audience.DEPARTMENT)
    assert found(world.person("same_department"), ASKED) == [OTHER_WORDS[0]]
    assert found(world.person("other_organisation"), ASKED) == []


@pytest.mark.django_db
def test_a_direction_is_read_as_it_was_written_and_none_is_none() -> None:
    person = PersonFactory.create()
    with_one, without = idea(person, *OTHER_WORDS), idea(person, "Xyzzy", "qwrt")
    row = SearchRow.objects.get(pk=with_one.pk)
    assert row.meaning == pytest.approx(meaning(row.title, row.body), abs=0.0001)
    assert SearchRow.objects.get(pk=without.pk).meaning is None
