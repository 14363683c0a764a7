"""The edits of what has been sent: kept, shown word by word, put back, masked."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.messages import get_messages

from challenges.actions.understanding import edit as edit_challenge
from contributions.actions import moderation
from contributions.actions.texts import restore, save_texts
from contributions.enums import Audience, Kind, Status, TouchedGroup
from contributions.lifecycle import StaleVersion, advance
from contributions.models import Contribution, Revision
from ideas.models import Idea
from tests.contributions.test_talk import client_of
from tests.contributions.world import World

FIRST, SECOND = "Trappan är hal varje morgon. Ingen sandar före klockan sju.", "Trappan är hal varje morgon. Ingen sandar före klockan sex."


def edit(world: World, about: Contribution, **values: Any) -> Contribution:
    standing = Contribution.objects.get(pk=about.pk)
    return save_texts(by=world.person("author"), contribution=standing, version=standing.version, values=values)


def page(world: World, about: Contribution, role: str = "author", query: str = "") -> str:
    answer = client_of(world.person(role)).get(f"/contributions/{about.pk}/history/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def words(html: str) -> str:
    """The text of the page, with what was taken away and added marked, and what only a screen reader hears left out."""
    html = re.sub(r'<span class="sr">[^<]*</span>', "", html)
    html = re.sub(r"<del>(.*?)</del>", r"-\1-", re.sub(r"<ins>(.*?)</ins>", r"+\1+", html, flags=re.DOTALL), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", html))


def test_an_edit_of_what_is_sent_keeps_only_what_it_changed(world: World) -> None:
    about = world.contribution(problem=FIRST)
    edit(world, about, title=about.title, problem=SECOND, proposal="Sanda klockan fem.", touched={world.beside.pk}, touched_groups=[])
    kept = Revision.objects.get()
    assert (kept.contribution_id, kept.version, kept.by, kept.texts) == (
        about.pk, 1, world.person("author"), {"problem": FIRST, "proposal": "Sanda trappan klockan sex.", "touched": []},
    )  # fmt: skip
    edit(world, about, problem=SECOND)
    assert Revision.objects.count() == 1


def test_drafts_write_none(world: World) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT)
    edit(world, draft, title="Något annat", problem=FIRST)
    assert not Revision.objects.exists()


def test_what_is_understood_is_kept_too(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE)
    for version, understanding in ((1, ("Ingen vet vem som sandar.", [("Varför?", "Därför.")])), (2, ("Ingen äger trappan.", []))):
        edit_challenge(by=world.person("lead"), challenge=about, version=version, texts={}, understanding=understanding)
    assert list(Revision.objects.order_by("version").values_list("texts", flat=True)) == [
        {"root_problem": "", "whys": []}, {"root_problem": "Ingen vet vem som sandar.", "whys": [["Varför?", "Därför."]]},
    ]  # fmt: skip
    assert "Ingen -vet vem som sandar-+äger trappan+." in words(page(world, about))
    assert "-Varför? Därför.-" in words(page(world, about))


def test_the_page_shows_each_edit_word_by_word_the_latest_first(world: World) -> None:
    about = world.contribution(problem=FIRST, title="Hala trappor")
    edit(world, about, problem=SECOND)
    edit(world, about, title="Hala steg", touched_groups=[TouchedGroup.PUPILS])
    said = words(page(world, about, "same_department"))
    assert "Hala -trappor-+steg+" in said
    assert "sandar före klockan -sju-+sex+." in said
    assert "+Elever och barn+" in said
    assert said.index("Hala -trappor-") < said.index("-sju-")
    assert "Lägg tillbaka" not in said
    assert f'href="/contributions/{about.pk}/history/"' in client_of(world.person("author")).get(f"/ideas/{about.pk}/").content.decode()


def test_what_people_write_is_only_text(world: World) -> None:
    about = world.contribution(problem="<script>alert(1)</script> och <ins>lugn</ins> text som står kvar.")
    edit(world, about, problem="<img src=x onerror=alert(2)> och <ins>lugn</ins> text som står kvar.")
    html = page(world, about)
    assert ("<script>alert" in html, "<img src=x" in html, "<ins>lugn" in html, "&lt;ins&gt;lugn" in html) == (False, False, False, True)


def test_only_who_may_see_it_finds_its_history(world: World) -> None:
    about = world.contribution(problem=FIRST, audience=Audience.DEPARTMENT)
    edit(world, about, problem=SECOND)
    url = f"/contributions/{about.pk}/history/"
    answers = {
        role: client_of(world.person(role)).get(url).status_code for role in ("author", "same_department", "other_department", "admin")
    }
    assert answers == {"author": 200, "same_department": 200, "other_department": 404, "admin": 404}
    moderation.hide(by=world.person("organisation_coordinator"), contribution=about, reason="Ett namn.")
    assert client_of(world.person("same_department")).get(url).status_code == 404
    assert client_of(world.person("organisation_coordinator")).get(url).status_code == 200


def test_masking_reaches_earlier_texts(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, problem="Nils Larsson halkade på trappan i går kväll.")
    understanding = ("Nils Larsson fick ingen hjälp.", [("Varför halkade Nils Larsson?", "Det var halt.")])
    edit(world, about, problem=FIRST)
    for version, understood in ((2, understanding), (3, ("Ingen sandar.", []))):
        edit_challenge(by=world.person("lead"), challenge=about, version=version, texts={}, understanding=understood)
    assert "Nils" in page(world, about)
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="Nils Larsson")
    assert "Nils" not in page(world, about)
    assert Revision.objects.get(version=3).texts["whys"] == [["Varför halkade […]?", "Det var halt."]]


def test_an_older_text_is_put_back_as_a_new_edit(world: World) -> None:
    about = world.contribution(problem=FIRST, title="Hala trappor")
    edit(world, about, problem=SECOND)
    edit(world, about, title="Hala steg")
    restore(by=world.person("author"), revision=Revision.objects.get(version=1), version=3)
    row = Contribution.objects.get(pk=about.pk)
    assert (row.problem, row.title, row.version) == (FIRST, "Hala steg", 4)
    assert Revision.objects.get(version=3).texts == {"problem": SECOND}
    with pytest.raises(StaleVersion):
        restore(by=world.person("author"), revision=Revision.objects.get(version=2), version=3)


def test_saving_can_be_undone_by_the_toast(world: World) -> None:
    about, client = world.contribution(problem=FIRST, title="Hala trappor"), client_of(world.person("author"))
    proposal = Idea.objects.get(pk=about.pk).proposal
    answer = client.post(f"/ideas/{about.pk}/edit/", {"title": "Hala trappor", "problem": SECOND, "proposal": proposal, "version": 1})
    (message,) = get_messages(answer.wsgi_request)
    assert message.extra_tags == f"/contributions/{about.pk}/history/1/?version=2"
    undone = client.post(message.extra_tags)
    assert (undone.status_code, undone["Location"]) == (303, f"/ideas/{about.pk}/")
    assert Contribution.objects.get(pk=about.pk).problem == FIRST


@pytest.mark.parametrize("version", ["1", "", "x", "9" * 30, "\x00"])
def test_what_was_changed_meanwhile_is_shown_before_it_is_put_back(world: World, version: str) -> None:
    about, client = world.contribution(problem=FIRST), client_of(world.person("author"))
    edit(world, about, problem=SECOND)
    answer = client.post(f"/contributions/{about.pk}/history/1/", {"version": version})
    said = answer.content.decode()
    assert (answer.status_code, "klockan -sex-+sju+." in words(said), 'name="version" value="2"' in said) == (409, True, True)
    assert Contribution.objects.get(pk=about.pk).problem == SECOND
    assert client.post(f"/contributions/{about.pk}/history/1/", {"version": "2"}).status_code == 303


def test_who_may_put_back(world: World) -> None:
    about = world.contribution(problem=FIRST)
    edit(world, about, problem=SECOND)
    url = f"/contributions/{about.pk}/history/1/"
    answers = {
        role: client_of(world.person(role)).post(url, {"version": "2"}).status_code for role in ("same_department", "group_coordinator")
    }
    assert answers == {"same_department": 403, "group_coordinator": 403}
    assert client_of(world.person("author")).get(url).status_code == 405
    assert client_of(world.person("author")).post(f"/contributions/{about.pk}/history/7/", {"version": "2"}).status_code == 404
    advance(by=world.person("organisation_coordinator"), contribution=about, step="explore", values={"reason": "Ja."})
    advance(by=world.person("organisation_coordinator"), contribution=about, step="plan", values={"reason": "Ja."})
    assert client_of(world.person("author")).post(url, {"version": "4"}).status_code == 403
    assert "Lägg tillbaka" not in page(world, about)


def test_history_outlives_a_change_of_kind(world: World) -> None:
    about = world.contribution(problem=FIRST)
    edit(world, about, proposal="Sanda klockan fem.", problem=SECOND)
    advance(by=world.person("organisation_coordinator"), contribution=about, step="convert", values={"reason": "x"})
    assert "Sanda -trappan -klockan -sex-+fem+." in words(page(world, about))
    restore(by=world.person("author"), revision=Revision.objects.get(), version=3)
    assert Contribution.objects.get(pk=about.pk).problem == FIRST


@pytest.mark.parametrize("number", [1, 3, 25])
def test_the_page_costs_the_same_however_many(world: World, number: int, django_assert_num_queries: Any) -> None:
    about = world.contribution(problem=FIRST)
    about.touched.add(world.above)
    for place in range(number):
        edit(world, about, problem=f"{FIRST} Dag {place}.", touched={world.beside.pk} if place % 2 else set())
    client = client_of(world.person("author"))
    with django_assert_num_queries(10):
        said = client.get(f"/contributions/{about.pk}/history/").content.decode()
    assert said.count('id="version-') == min(number, 20)
    if number == 25:
        assert page(world, about, query="?before=6").count('id="version-') == 5
