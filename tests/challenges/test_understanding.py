"""Writing down what has been understood: who may, what is kept, and two who write at once."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from challenges.actions import understanding as actions
from challenges.models import Challenge, Why
from contributions.enums import Audience, Kind, Status
from contributions.lifecycle import StaleVersion, advance
from contributions.models import Contribution, SearchRow
from contributions.statuses import STATUSES
from tests.contributions.test_talk import client_of
from tests.contributions.world import ROLES, World

CHAIN = [("Varför sent?", "Nyckeln är på kontoret."), ("Varför där?", "Rutinen är gammal.")]


def form(
    version: int = 1, root: str = "Nyckeln följer fel person.", whys: list[tuple[str, str]] | None = None, **more: Any
) -> dict[str, str]:
    rows = CHAIN if whys is None else whys
    fields = {"version": str(version), "root_problem": root, "whys-TOTAL_FORMS": str(len(rows)), "whys-INITIAL_FORMS": "0"}
    for place, (question, answer) in enumerate(rows):
        fields |= {f"whys-{place}-question": question, f"whys-{place}-answer": answer}
    return fields | more


def chain(about: Contribution) -> list[tuple[str, str]]:
    return list(Why.objects.filter(contribution=about).values_list("question", "answer"))


def test_who_may_by_role_and_status(world: World) -> None:
    leads = {"lead", "department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}
    still_open = {Status.REPORTED, Status.UNDERSTANDING, Status.OPEN_FOR_IDEAS, Status.ACTION_PLAN, Status.NEEDS_AUTHOR}
    for status in STATUSES[Kind.CHALLENGE]:
        about = world.contribution(Kind.CHALLENGE, status, audience=Audience.DEPARTMENT)
        able = {role for role in ROLES if world.person(role).has_perm("challenges.understand", about)}
        assert able == (leads if status in still_open else set()), status


def test_what_is_understood_is_stored_found_and_shown(world: World) -> None:
    about, client = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), client_of(world.person("organisation_coordinator"))
    answer = client.post(f"/challenges/{about.pk}/edit/", form())
    assert (answer.status_code, answer["Location"]) == (303, f"/challenges/{about.pk}/")
    row = Challenge.objects.get(pk=about.pk)
    assert (row.root_problem, row.version, chain(about)) == ("Nyckeln följer fel person.", 2, CHAIN)
    assert "Nyckeln följer fel person." in SearchRow.objects.get(pk=about.pk).body
    page = client.get(f"/challenges/{about.pk}/edit/").content.decode()
    assert all(text in page for pair in CHAIN for text in pair)


def test_a_why_is_changed_moved_and_taken_away(world: World) -> None:
    about, lead = world.contribution(Kind.CHALLENGE), world.person("lead")
    actions.understand(by=lead, challenge=about, version=1, root_problem="", whys=CHAIN)
    client = client_of(world.person("organisation_coordinator"))
    rows = [("", ""), ("Varför där?", "Rutinen är från 2009."), ("Varför kvar?", "Ingen äger den.")]
    assert client.post(f"/challenges/{about.pk}/edit/", form(version=2, whys=rows)).status_code == 303
    assert chain(about) == rows[1:]
    assert list(Why.objects.values_list("position", flat=True)) == [1, 2]


def test_saving_the_same_changes_nothing(world: World) -> None:
    about, lead = world.contribution(Kind.CHALLENGE), world.person("lead")
    for _time in range(2):
        actions.understand(by=lead, challenge=about, version=None, root_problem="x", whys=CHAIN)
    assert Contribution.objects.get(pk=about.pk).version == 2


def test_an_old_version_is_refused_whatever_is_written(world: World) -> None:
    about, lead = world.contribution(Kind.CHALLENGE), world.person("lead")
    actions.understand(by=lead, challenge=about, version=1, root_problem="Först.", whys=[])
    with pytest.raises(StaleVersion):
        actions.understand(by=lead, challenge=about, version=1, root_problem="Sen.", whys=[])
    client = client_of(world.person("organisation_coordinator"))
    answer = client.post(f"/challenges/{about.pk}/edit/", form(version=1, root="Sen."))
    page = answer.content.decode()
    assert (answer.status_code, "Först." in page, "Sen." in page, CHAIN[0][1] in page) == (409, True, True, True)
    assert 'name="version" value="2"' in page
    assert client.post(f"/challenges/{about.pk}/edit/", form(version=2, root="Sen.")).status_code == 303
    assert Challenge.objects.get(pk=about.pk).root_problem == "Sen."


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        (form(root="x" * 301), "id_root_problem"),
        (form(whys=[("Varför?", "")]), "id_whys-0-answer"),
        (form(whys=[("", "Därför.")]), "id_whys-0-question"),
        (form(whys=[("x" * 201, "Därför.")]), "id_whys-0-question"),
        (form(whys=[("Varför?", "å" * 1_000_000)]), "id_whys-0-answer"),
    ],
    ids=["long problem", "no answer", "no question", "long question", "1 MB"],
)
def test_bad_input_is_answered_beside_the_field(world: World, fields: dict[str, str], wrong: str) -> None:
    about, client = world.contribution(Kind.CHALLENGE), client_of(world.person("organisation_coordinator"))
    answer = client.post(f"/challenges/{about.pk}/edit/", fields)
    assert (answer.status_code, f'href="#{wrong}"' in answer.content.decode()) == (422, True)
    assert (Challenge.objects.get(pk=about.pk).version, chain(about)) == (1, [])


@pytest.mark.parametrize(
    "fields",
    [
        {"version": "1", "root_problem": "x"},
        form(**{"whys-TOTAL_FORMS": "x"}),  # type: ignore[arg-type]
        form(**{"whys-TOTAL_FORMS": "999999999"}),  # type: ignore[arg-type]
        form(**{"whys-INITIAL_FORMS": "\x00"}),  # type: ignore[arg-type]
        form(whys=[("Varför?", "Därför.")] * 11),
    ],
    ids=["no rows", "letters", "many", "NUL", "eleven"],
)
def test_a_broken_chain_is_never_an_error_page(world: World, fields: dict[str, str]) -> None:
    about, client = world.contribution(Kind.CHALLENGE), client_of(world.person("organisation_coordinator"))
    assert client.post(f"/challenges/{about.pk}/edit/", fields).status_code == 422
    assert chain(about) == []


def test_blanks_and_unseen_characters_are_nothing(world: World) -> None:
    about, client = world.contribution(Kind.CHALLENGE), client_of(world.person("organisation_coordinator"))
    assert client.post(f"/challenges/{about.pk}/edit/", form(root="\x00 \u200b", whys=[("\x00", "  ")])).status_code == 303
    assert (Challenge.objects.get(pk=about.pk).root_problem, chain(about)) == ("", [])


def test_the_author_changes_the_words_and_not_what_is_understood(world: World) -> None:
    about, client = world.contribution(Kind.CHALLENGE), client_of(world.person("author"))
    page = client.get(f"/challenges/{about.pk}/edit/").content.decode()
    assert ('name="title"' in page, 'name="root_problem"' in page) == (True, False)
    words = {"title": "Ny rubrik", "problem": "Det är halt varje morgon. Ingen sandar."}
    assert client.post(f"/challenges/{about.pk}/edit/", form() | words).status_code == 303
    row = Challenge.objects.get(pk=about.pk)
    assert (row.title, row.root_problem, chain(about)) == ("Ny rubrik", "", [])


def test_who_may_lead_writes_both_and_who_may_neither_is_turned_away(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, audience=Audience.DEPARTMENT)
    page = client_of(world.person("lead")).get(f"/challenges/{about.pk}/edit/").content.decode()
    assert ('name="title"' in page, 'name="root_problem"' in page) == (True, True)
    for role, status in (("same_department", 403), ("other_organisation", 404), ("admin", 404)):
        assert client_of(world.person(role)).post(f"/challenges/{about.pk}/edit/", form()).status_code == status
    with pytest.raises(PermissionDenied):
        actions.understand(by=world.person("same_department"), challenge=about, version=1, root_problem="x", whys=[])
    idea = world.contribution()
    assert client_of(world.person("lead")).get(f"/challenges/{idea.pk}/edit/")["Location"] == f"/ideas/{idea.pk}/"
    with pytest.raises(PermissionDenied):
        actions.understand(by=world.person("group_coordinator"), challenge=idea, version=1, root_problem="x", whys=[])


def test_what_was_typed_is_kept_when_it_is_no_challenge_any_longer(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE)
    client = client_of(world.person("organisation_coordinator"))
    advance(by=world.person("group_coordinator"), contribution=about, step="convert", values={"reason": "Det är en idé."})
    answer = client.post(f"/challenges/{about.pk}/edit/", form(root="Ingen sandar.", whys=[("Varför då?", "Ingen vet.")]))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert all(words in page for words in ("Ingen sandar.", "Varför då?", "Ingen vet.")), page


@pytest.mark.parametrize(
    "row",
    [{"position": 1}, {"position": 2, "question": ""}, {"position": 2, "answer": ""}],
    ids=["place taken", "no question", "no answer"],
)
def test_the_database_keeps_the_chain_whole(world: World, row: dict[str, Any]) -> None:
    about = world.contribution(Kind.CHALLENGE)
    Why.objects.create(contribution=about, position=1, question="Varför?", answer="Därför.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Why.objects.create(**{"contribution": about, "question": "Varför?", "answer": "Därför.", **row})
