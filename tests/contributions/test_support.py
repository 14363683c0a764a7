"""Support with meaning: with what somebody helps, where the need is the same, and counters that are true however it is pressed."""

from __future__ import annotations

import os
import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connections, transaction

from contributions.actions import comments, talk
from contributions.actions.moderation import hide_comment, unhide_comment
from contributions.enums import HelpKind, SupportKind
from contributions.models import Comment, Contribution, Support
from contributions.queries.page import for_page
from contributions.queries.threads import SHOWN
from notifications.messages import render
from notifications.models import Notice
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import World

GOOD, HELP, NEED = SupportKind.GOOD, SupportKind.HELP, SupportKind.NEED
THOROUGH = os.environ.get("THOROUGH") == "1"


def on_page(world: World, role: str, about: Contribution) -> Any:
    return for_page(Contribution.objects.all(), world.person(role)).get(pk=about.pk)


def test_what_a_help_is_stands_as_last_written(world: World) -> None:
    about, person = world.contribution(), world.person("same_department")
    talk.support(by=person, contribution=about, kind=HELP)
    talk.support(by=person, contribution=about, kind=HELP, note="En timme på fredag.", help_with=["hours", "competence"])
    talk.support(by=person, contribution=about, kind=HELP)
    help_ = Support.objects.get()
    assert (help_.note, help_.help_with, help_.department) == ("En timme på fredag.", ["competence", "hours"], world.home)
    talk.support(by=person, contribution=about, kind=HELP, note="", help_with=[])
    help_.refresh_from_db()
    assert (help_.note, help_.help_with) == ("", [])


def test_only_help_is_with_something(world: World) -> None:
    about, person = world.contribution(), world.person("same_department")
    talk.support(by=person, contribution=about, kind=NEED, help_with=["hours"])
    assert Support.objects.get().help_with == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Support.objects.update(help_with=["hours"])


def test_the_author_reads_who_helps_and_with_what(world: World) -> None:
    about, person = world.contribution(), world.person("other_organisation")
    talk.support(by=person, contribution=about, kind=HELP, note="Vi har en lokal.", help_with=["place", "hours"])
    author = world.person("author")
    ((_notice, fact),) = render(author, Notice.objects.filter(recipient=author))
    assert fact.quote == "Timmar, En plats att testa på. Vi har en lokal."
    page = client_of(author).get(about.get_absolute_url()).content.decode()
    assert "Timmar, En plats att testa på<br>”Vi har en lokal.”" in page


def test_departments_with_the_same_need_are_shown_by_organisation_with_numbers_of_people(world: World) -> None:
    about = world.contribution()
    people = [world.works(world.beside), world.works(world.abroad), world.works(world.beside)]
    for person in people:
        talk.support(by=person, contribution=about, kind=NEED)
    talk.support(by=world.works(world.above), contribution=about, kind=GOOD)
    expected = [
        {"id": place.pk, "name": place.name, "mark": place.organisation.mark, "number": number}
        for place, number in ((world.beside, 2), (world.abroad, 1))
    ]
    assert on_page(world, "author", about).needing == expected
    people[0].department = world.home
    people[0].save(update_fields=["department"])
    assert on_page(world, "author", about).needing == expected  # the need stays where it was said
    Support.objects.update(department=None)  # as rows from before were
    assert [place["id"] for place in on_page(world, "author", about).needing] == [world.home.pk, world.beside.pk, world.abroad.pk]


def test_the_page_asks_with_what_only_whoever_wants_to_help(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("same_department"))
    assert 'name="help_with"' not in client.get(about.get_absolute_url()).content.decode()
    client.post(f"/contributions/{about.pk}/support/", {"kind": "help"})
    page = client.get(about.get_absolute_url()).content.decode()
    assert page.count('name="help_with"') == len(HelpKind)
    client.post(f"/contributions/{about.pk}/support/", {"kind": "help", "note": "Torsdagar.", "help_with": ["hours", "place"]})
    page = client.get(about.get_absolute_url()).content.decode()
    assert (page.count(" checked"), 'value="Torsdagar."' in page) == (2, True)


@pytest.mark.parametrize(
    "fields",
    [{"note": "Kvar " * 80}, {"note": "Kvar", "help_with": ["money"]}, {"note": "Kvar", "help_with": ["\x00"]}],
    ids=["long", "unknown", "NUL"],
)
def test_what_cannot_be_saved_of_a_help_is_said_beside_the_field_with_what_was_typed(world: World, fields: dict[str, Any]) -> None:
    about = world.contribution()
    answer = client_of(world.person("same_department")).post(f"/contributions/{about.pk}/support/", {"kind": "help", **fields})
    page = answer.content.decode()
    assert (answer.status_code, "ds-error-summary" in page, "Kvar" in page, Support.objects.count()) == (422, True, True, 0)


# The same at the same moment


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_five_hundred_clicks_by_one_person_at_once_are_one_support() -> None:
    world = World()
    about, person = world.contribution(), world.person("same_department")

    def click(_number: int) -> None:
        try:
            talk.support(by=person, contribution=about, kind=GOOD)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=25) as pool:
        assert len(list(pool.map(click, range(500)))) == 500
    row = Contribution.objects.get(pk=about.pk)
    assert (about.supports.count(), row.good_count, row.support_count) == (1, 1, 1)
    assert Notice.objects.filter(recipient=world.people["author"]).count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_counters_equal_rows_after_mixed_acts_of_several_people_at_once() -> None:
    """10,000 acts when thorough."""
    world, acts_each = World(), (10_000 if THOROUGH else 320) // 4
    rows = [world.contribution(), world.contribution()]
    roles = ("same_department", "other_organisation", "lead", "organisation_coordinator")
    actors = [Actor(world, role) for role in roles]
    done = at_once(*[partial(actor.act, rows, acts_each) for actor in actors])
    assert [outcome for outcome in done if isinstance(outcome, Exception)] == []
    assert set().union(*done) == set(Actor.ACTS)
    for about in rows:
        row, supports = Contribution.objects.get(pk=about.pk), Support.objects.filter(contribution=about)
        assert row.comment_count == about.comments.filter(SHOWN).count() > 0
        assert about.comments.exclude(SHOWN).exists()
        assert row.support_count == len(set(supports.values_list("person_id", flat=True))) > 0
        assert [row.good_count, row.help_count, row.need_count] == [supports.filter(kind=kind).count() for kind in (GOOD, HELP, NEED)]


class Actor:
    """Somebody who does this and that; `done` are the acts that went through."""

    ACTS = ("say", "edit", "delete", "restore", "hide", "unhide", "support")

    def __init__(self, world: World, role: str) -> None:
        self.dice, self.person = random.Random(role), world.person(role)
        self.taken: list[tuple[Comment, str]] = []
        self.done: set[str] = set()

    def act(self, rows: list[Contribution], turns: int) -> set[str]:
        for _turn in range(turns):
            name = self.dice.choice(self.ACTS)
            try:
                getattr(self, name)(self.dice.choice(rows))
            except (PermissionDenied, ValidationError, IndexError, comments.ChangedMeanwhile, comments.TooLate):
                continue  # refused, as it should be: nothing there, gone or changed meanwhile, or not theirs to do
            self.done.add(name)
        return self.done

    def say(self, about: Contribution) -> None:
        parent = self.dice.choice([None, *about.comments.order_by("-pk")[:9]])
        internal = self.dice.random() < 0.1
        talk.comment(by=self.person, contribution=about, body="Hej.", token=uuid.uuid4(), parent=parent, internal=internal)

    def mine(self, about: Contribution) -> Comment:
        return self.dice.choice(about.comments.filter(author=self.person, deleted_at=None).order_by("-pk")[:20])

    def edit(self, about: Contribution) -> None:
        comment = self.mine(about)
        comments.edit(by=self.person, comment=comment, body=f"Nr {self.dice.random()}", version=comments.version_of(comment))

    def delete(self, about: Contribution) -> None:
        comment = self.mine(about)
        self.taken.append((comment, comments.delete(by=self.person, comment=comment)))

    def restore(self, _about: Contribution) -> None:
        comment, words = self.taken.pop()
        comments.restore(by=self.person, comment=comment, taken=words)

    def hide(self, about: Contribution) -> None:
        hide_comment(by=self.person, comment=self.dice.choice(about.comments.order_by("-pk")[:20]), reason="Namn.")

    def unhide(self, about: Contribution) -> None:
        unhide_comment(by=self.person, comment=self.dice.choice(about.comments.exclude(hidden_at=None).order_by("-pk")[:20]))

    def support(self, about: Contribution) -> None:
        talk.support(by=self.person, contribution=about, kind=self.dice.choice(list(SupportKind)), on=self.dice.random() < 0.6)
