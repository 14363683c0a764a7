"""The chain of whys that people build together, a link at a time."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from challenges.actions import chain
from challenges.actions.understanding import understand
from challenges.enums import Shift
from challenges.models import Why
from contributions.enums import Audience, Kind, Status
from contributions.models import Contribution, Revision
from contributions.statuses import STATUSES
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import ROLES, World

UNDERSTOOD = {Status.REPORTED, Status.UNDERSTANDING, Status.OPEN_FOR_IDEAS, Status.ACTION_PLAN, Status.NEEDS_AUTHOR}


def links(about: Contribution) -> list[tuple[str, str]]:
    return list(Why.objects.filter(contribution=about).values_list("question", "answer"))


def test_whoever_may_comment_may_add_while_it_is_being_understood(world: World) -> None:
    for status in STATUSES[Kind.CHALLENGE]:
        about = world.contribution(Kind.CHALLENGE, status, audience=Audience.DEPARTMENT)
        able = {role for role in ROLES if world.person(role).has_perm("challenges.ask_why", about)}
        commenters = {role for role in ROLES if world.person(role).has_perm("contributions.comment", about)}
        assert able == (commenters if status in UNDERSTOOD else set()), status
    with pytest.raises(PermissionDenied):
        chain.add(by=world.person("same_department"), challenge=world.contribution(), question="Varför?", answer="Därför.")


def test_a_link_says_who_wrote_it_and_keeps_it_when_another_is_added_or_moved(world: World) -> None:
    about, client = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), client_of(world.person("same_department"))
    answer = client.post(f"/challenges/{about.pk}/whys/", {"question": "Varför halt?", "answer": "Det fryser."})
    assert (answer.status_code, answer["Location"]) == (303, f"/challenges/{about.pk}/understanding/#why")
    chain.add(by=world.person("lead"), challenge=about, question="Varför fryser det?", answer="Taket droppar.")
    assert chain.shift(by=world.person("lead"), challenge=about, why=("Varför fryser det?", "Taket droppar."), to=Shift.UP)
    rows = list(Why.objects.filter(contribution=about).values_list("question", "by"))
    assert rows == [("Varför fryser det?", world.people["lead"].pk), ("Varför halt?", world.people["same_department"].pk)]
    page = client.get(f"/challenges/{about.pk}/understanding/").content.decode()
    assert world.people["same_department"].full_name in page


def test_an_edit_keeps_the_writer_of_what_it_leaves(world: World) -> None:
    about, lead = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), world.person("lead")
    chain.add(by=world.person("author"), challenge=about, question="Varför halt?", answer="Det fryser.")
    new = [("Varför halt?", "Det fryser på natten."), ("Varför nu?", "Det är mars.")]
    understand(by=lead, challenge=about, version=None, root_problem="", whys=new)
    assert list(Why.objects.values_list("by", flat=True)) == [world.people["author"].pk, lead.pk]


def test_only_those_who_lead_order_and_take_away_and_what_stood_is_kept(world: World) -> None:
    about, lead = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), client_of(world.person("lead"))
    pairs = [("Varför ett?", "Därför."), ("Varför två?", "Därför."), ("Varför tre?", "Därför.")]
    for question, answer in pairs:
        chain.add(by=world.person("author"), challenge=about, question=question, answer=answer)
    url = f"/challenges/{about.pk}/whys/shift/"
    middle = {"question": pairs[1][0], "answer": pairs[1][1]}
    assert client_of(world.person("same_department")).post(url, {**middle, "to": "away"}).status_code == 403
    assert lead.post(url, {**middle, "to": "sideways"}).status_code == 404
    lead.post(url, {**middle, "to": "down"})
    assert links(about) == [pairs[0], pairs[2], pairs[1]]
    lead.post(url, {**middle, "to": "away"})
    assert (lead.post(url, {**middle, "to": "away"}).status_code, links(about)) == (303, [pairs[0], pairs[2]])
    assert Revision.objects.filter(contribution=about).first().texts == {"whys": [list(pairs[0]), list(pairs[2]), list(pairs[1])]}  # type: ignore[union-attr]


def test_ten_fit_and_the_same_twice_is_once(world: World) -> None:
    about, by = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), world.person("same_department")
    for number in range(10):
        chain.add(by=by, challenge=about, question=f"Varför {number}?", answer="Därför.")
    chain.add(by=by, challenge=about, question="Varför 9?", answer="Därför.")
    with pytest.raises(ValidationError) as refusal:
        chain.add(by=by, challenge=about, question="Varför 10?", answer="Därför.")
    assert list(refusal.value.message_dict) == ["question"]
    answer = client_of(by).post(f"/challenges/{about.pk}/whys/", {"question": "Varför 10?", "answer": "Därför."})
    page = answer.content.decode()
    assert (answer.status_code, 'value="Varför 10?"' in page, len(links(about))) == (422, True, 10)


@pytest.mark.parametrize(("question", "answer"), [("", "Därför."), ("Varför?", ""), ("x" * 201, "y"), ("Varför?", "y" * 501), ("\0", "\0")])
def test_half_a_link_is_answered_beside_the_field(world: World, question: str, answer: str) -> None:
    about, client = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), client_of(world.person("same_department"))
    assert client.post(f"/challenges/{about.pk}/whys/", {"question": question, "answer": answer}).status_code == 422
    assert links(about) == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_are_both_kept() -> None:
    world = World()
    about = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING)
    one, other = world.person("author"), world.person("same_department")
    at_once(
        lambda: chain.add(by=one, challenge=about, question="Varför halt?", answer="Det fryser."),
        lambda: chain.add(by=other, challenge=about, question="Varför sent?", answer="Plogen kommer sist."),
    )
    assert sorted(links(about)) == [("Varför halt?", "Det fryser."), ("Varför sent?", "Plogen kommer sist.")]
    assert Revision.objects.count() == 2
