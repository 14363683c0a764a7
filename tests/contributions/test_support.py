"""Support with meaning: with what somebody helps, where the need is the same, and counters that are true however it is pressed."""

from __future__ import annotations

import os
import random
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connections, transaction

from contributions.actions import comments, talk
from contributions.actions.moderation import hide_comment, unhide_comment
from contributions.enums import HelpKind, SupportKind
from contributions.models import Contribution, Support
from contributions.queries.page import for_page
from contributions.queries.threads import SHOWN
from notifications.messages import render
from notifications.models import Notice
from tests.contributions.test_talk import client_of, say
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
    (_notice, fact), = render(author, Notice.objects.filter(recipient=author))
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
    "fields", [{"note": "Kvar " * 80}, {"note": "Kvar", "help_with": ["money"]}, {"note": "Kvar", "help_with": ["\x00"]}], ids=["long", "unknown", "NUL"]
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
    done = at_once(*[_acting(world, role, rows, acts_each) for role in roles])
    assert [outcome for outcome in done if isinstance(outcome, Exception)] == []
    assert set().union(*done) == {"say", "edit", "delete", "restore", "hide", "unhide", "support"}
    for about in rows:
        row, supports = Contribution.objects.get(pk=about.pk), Support.objects.filter(contribution=about)
        assert row.comment_count == about.comments.filter(SHOWN).count() > 0
        assert about.comments.exclude(SHOWN).exists()
        assert row.support_count == len(set(supports.values_list("person_id", flat=True))) > 0
        assert [row.good_count, row.help_count, row.need_count] == [supports.filter(kind=kind).count() for kind in (GOOD, HELP, NEED)]


def _acting(world: World, role: str, rows: list[Contribution], turns: int) -> Callable[[], set[str]]:
    """What one person does; the acts that went through."""
    dice, person, taken = random.Random(role), world.person(role), {}

    def turn(about: Contribution) -> str:
        answerable = about.comments.filter(hidden_at=None, deleted_at=None, is_internal=False).order_by("-pk")[:20]
        mine = about.comments.filter(author=person, hidden_at=None).order_by("-pk")[:20]
        internal = role == "organisation_coordinator" and dice.random() < 0.3
        match dice.choice(("say", "say", "edit", "delete", "restore", "hide", "unhide", "support", "support")):
            case "say":
                parent = dice.choice([None, *answerable])
                talk.comment(by=person, contribution=about, body="Hej.", token=uuid.uuid4(), parent=parent, internal=internal)
                return "say"
            case "edit" if mine:
                comment = dice.choice(mine)
                comments.edit(by=person, comment=comment, body=f"Nr {dice.random()}", version=comments.version_of(comment))
                return "edit"
            case "delete" if mine:
                comment = dice.choice(mine)
                taken[comment] = comments.delete(by=person, comment=comment)
                return "delete"
            case "restore" if taken:
                comment, words = taken.popitem()
                comments.restore(by=person, comment=comment, taken=words)
                return "restore"
            case "hide" if answerable:
                hide_comment(by=person, comment=dice.choice(answerable), reason="Namn.")
                return "hide"
            case "unhide":
                unhide_comment(by=person, comment=dice.choice(about.comments.all()[:20]))
                return "unhide"
        talk.support(by=person, contribution=about, kind=dice.choice(list(SupportKind)), on=dice.random() < 0.6)
        return "support"

    def act() -> set[str]:
        went_through = set()
        for _turn in range(turns):
            try:
                went_through.add(turn(dice.choice(rows)))
            except (PermissionDenied, ValidationError, IndexError, comments.ChangedMeanwhile, comments.TooLate):
                continue  # refused, as it should be: closed, gone or changed meanwhile, or not theirs to do
        return went_through

    return act
