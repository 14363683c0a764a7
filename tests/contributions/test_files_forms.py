"""Files that come with the forms of sharing and editing, as a browser without script sends them."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from contributions.enums import Kind, Status
from contributions.models import Attachment, Contribution
from lib.uploads import guard, refusal
from tests.contributions.corpus import PDF, picture
from tests.contributions.test_talk import client_of
from tests.contributions.world import World

PROBLEM = "Trappan är hal varje morgon. Ingen sandar före sju."


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


@pytest.fixture
def browser(world: World) -> Client:
    return client_of(world.person("author"))


def first(**values: Any) -> dict[str, Any]:
    return {"token": str(uuid.uuid4()), "title": "Hal trappa", "problem": PROBLEM, **values}


def upload(name: str = "trappa.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content)


def said(page: str) -> str:
    found = re.search(r'id="files-error"[^>]*>(.*?)</p>', page, re.DOTALL)
    return found[1] if found else ""


def names() -> list[str]:
    return [row.name for row in Attachment.objects.all()]


def test_files_and_a_photo_come_with_the_first_screen(browser: Client) -> None:
    came = browser.post("/ideas/new/", first(files=[upload(), upload("beslut.pdf", PDF)], photo=upload("image.jpg", picture("JPEG"))))
    draft = Contribution.objects.get()
    assert (came.status_code, came["Location"]) == (303, f"/ideas/{draft.pk}/edit/?part=proposal")
    assert sorted(names()) == ["beslut.pdf", "image.jpg", "trappa.png"]
    assert all(name in browser.get(f"/ideas/{draft.pk}/edit/").content.decode() for name in names())


def test_the_same_form_twice_is_one_draft_with_one_file(browser: Client) -> None:
    token = str(uuid.uuid4())
    for _ in range(2):
        assert browser.post("/ideas/new/", first(token=token, files=upload())).status_code == 303
    assert (Contribution.objects.count(), names()) == (1, ["trappa.png"])


def test_a_file_that_is_refused_leaves_the_words_and_says_why_beside_the_field(browser: Client) -> None:
    came = browser.post("/ideas/new/", first(files=[upload("sida.html", b"<p>"), upload()]))
    draft = Contribution.objects.get()
    assert came["Location"] == f"/ideas/{draft.pk}/edit/#files"
    page = browser.get(f"/ideas/{draft.pk}/edit/").content.decode()
    assert said(page).startswith("sida.html: Filer av det här slaget kan inte bifogas.")
    assert re.search(r'id="id_files"[^>]*aria-describedby="files-help files-error"', page)
    assert (PROBLEM in page, names()) == (True, ["trappa.png"])


@pytest.mark.parametrize(("words", "missing"), [({"title": ""}, "fem tecken"), ({"title": "", "problem": ""}, "minst två meningar")])
def test_a_photo_makes_the_draft_before_the_words_are_there(browser: Client, words: dict[str, str], missing: str) -> None:
    came = browser.post("/ideas/new/", first(**words, photo=upload("image.jpg", picture("JPEG"))))
    draft = Contribution.objects.get()
    assert came["Location"] == f"/ideas/{draft.pk}/edit/?missing=1"
    page = browser.get(came["Location"]).content.decode()
    assert (missing in page, "image.jpg" in page, 'name="version" value="1"' in page) == (True, True, True)


def test_a_file_is_asked_for_again_where_no_draft_could_be_made(browser: Client) -> None:
    page = browser.post("/ideas/new/", first(problem="x" * 10_001, files=upload()))
    assert (page.status_code, said(page.content.decode())) == (
        422,
        "Välj filen en gång till. Den följer med när du går vidare eller sparar.",
    )
    assert not Attachment.objects.exists()


def test_a_draft_keeps_its_words_when_a_file_is_taken_away(world: World, browser: Client) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT)
    browser.post(f"/ideas/{draft.pk}/edit/", {"version": 1, "title": "Hal", "problem": "Kort.", "later": "1", "files": upload()})
    row = Attachment.objects.get()
    came = browser.post(f"/ideas/{draft.pk}/edit/", {"version": 2, "title": "Halt", "problem": "Kort.", "remove_file": row.pk})
    assert (came.status_code, came["Location"]) == (303, f"/ideas/{draft.pk}/edit/#files")
    assert (Contribution.objects.get(pk=draft.pk).title, names()) == ("Halt", [])
    again = browser.post(f"/ideas/{draft.pk}/edit/", {"version": 3, "title": "Halt", "problem": "Kort.", "remove_file": row.pk})
    assert again.status_code == 303


@pytest.mark.parametrize("kind", Kind)
def test_a_sent_contribution_is_edited_with_its_files(world: World, browser: Client, kind: Kind) -> None:
    about = world.contribution(kind)
    address = f"/{'ideas' if kind == Kind.IDEA else 'challenges'}/{about.pk}/edit/"
    words = {"version": 1, "title": about.title, "problem": PROBLEM, "proposal": "Sanda.", "benefit": ""}
    came = browser.post(address, {**words, "files": upload()})
    assert (came.status_code, came["Location"], names()) == (303, about.get_absolute_url(), ["trappa.png"])
    row = Attachment.objects.get()
    taken = browser.post(address, {**words, "version": 2, "problem": "Nya ord", "remove_file": row.pk})
    page = taken.content.decode()
    assert (taken.status_code, "Nya ord</textarea>" in page, 'name="version" value="2"' in page, names()) == (200, True, True, [])
    refused = browser.post(address, {**words, "version": 2, "title": "Annan rubrik", "files": upload("a.exe", b"MZ")})
    assert refused["Location"] == f"{address}#files"
    assert said(browser.get(address).content.decode()).startswith("a.exe: Filer av det här slaget")
    assert Contribution.objects.get(pk=about.pk).title == "Annan rubrik"


def test_what_was_changed_meanwhile_loses_no_file(world: World, browser: Client) -> None:
    about = world.contribution(version=4)
    came = browser.post(
        f"/ideas/{about.pk}/edit/", {"version": 1, "title": "Annan rubrik", "problem": PROBLEM, "proposal": "x", "files": upload()}
    )
    assert (came.status_code, names()) == (409, ["trappa.png"])


def test_those_who_only_understand_a_challenge_attach_nothing(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING)
    client = client_of(world.person("organisation_coordinator"))
    assert 'name="files"' not in client.get(f"/challenges/{about.pk}/edit/").content.decode()
    whys = {"whys-TOTAL_FORMS": 0, "whys-INITIAL_FORMS": 0}
    client.post(f"/challenges/{about.pk}/edit/", {"version": 1, "root_problem": "x", **whys, "files": upload()})
    assert names() == []


# What is too much


def test_a_file_that_is_too_large_is_passed_over_and_the_rest_kept(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusal, "MOST_BYTES", 200_000)
    files = [upload("film.mp4", b"x" * 900_000), upload(), upload("stor.pdf", PDF * 5_000), upload("beslut.pdf", PDF)]
    came = browser.post("/ideas/new/", first(files=files), follow=True)
    assert sorted(names()) == ["beslut.pdf", "trappa.png"]
    lines = said(came.content.decode()).split("<br>")
    assert [line.partition(":")[0] for line in lines] == ["film.mp4", "stor.pdf"]
    assert all("Filen är större än" in line for line in lines)


def test_a_sixth_file_at_once_is_left_out(browser: Client) -> None:
    files = [upload(f"{number}.txt", f"Rad {number}".encode()) for number in range(8)]
    page = browser.post("/ideas/new/", first(files=files), follow=True).content.decode()
    assert (len(names()), said(page)) == (5, "Högst 5 filer tas emot på en gång. De som kom efter är inte med.")


def test_a_request_that_is_too_long_is_cut_off_and_its_words_kept(browser: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "LONGEST_REQUEST", 100_000)
    page = browser.post("/ideas/new/", first(files=upload("film.mp4", b"x" * 300_000)), follow=True).content.decode()
    assert said(page).startswith("film.mp4: Filen är större än")
    assert (PROBLEM in page, names()) == (True, [])
