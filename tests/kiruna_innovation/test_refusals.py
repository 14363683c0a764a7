"""What is refused says so, and shows what was written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape

from contributions.enums import Kind, Status
from tests.contributions.test_talk import client_of
from tests.contributions.world import World

WORDS = "Jag tror att <dörren> fryser fast."


@pytest.fixture
def world(db: None) -> World:
    return World()


def test_what_was_written_for_a_stage_that_closed_meanwhile_is_shown(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.TESTING)
    typed = {"question": WORDS, "answer": "Ett\r\nTvå", "version": "3", "password": "inte det här"}
    answer = client_of(world.person("lead")).post(f"/challenges/{about.pk}/whys/", typed)
    page = answer.content.decode()
    assert (answer.status_code, escape(WORDS) in page, "Ett\nTvå" in page, "inte det här" in page) == (403, True, True, False)
    assert "Det kunde inte sparas" in page


def test_what_was_written_to_what_is_no_longer_there_is_shown(world: World) -> None:
    answer = client_of(world.person("lead")).post("/contributions/987654/comments/", {"body": WORDS})
    assert (answer.status_code, escape(WORDS) in answer.content.decode()) == (404, True)


def test_a_page_that_is_only_looked_at_has_nothing_to_give_back(world: World) -> None:
    answer = client_of(world.person("other_department")).get("/organisation/")
    assert (answer.status_code, "Det här får du inte göra" in answer.content.decode(), "unsent" in answer.content.decode()) == (
        403,
        True,
        False,
    )


@pytest.mark.parametrize("body", [b"--x\r\n", b""])
def test_a_form_that_cannot_be_read_is_no_error_of_ours(world: World, body: bytes) -> None:
    client: Any = Client(enforce_csrf_checks=False)
    client.force_login(world.person("lead"), backend="organisation.backends.PersonBackend")
    answer = client.generic("POST", "/contributions/987654/comments/", body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code in (400, 404)
