"""Files on a contribution: who attaches, who sees, what becomes of them, and how much a person may bring in a day."""

from __future__ import annotations

import datetime
import gc
import io
import os
import re
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as current
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client, TestCase
from django.utils import timezone
from PIL import Image

from contributions.actions import files, moderation
from contributions.actions.files import FILES_A_DAY, MEGABYTE, MOST_FILES, attach, detach
from contributions.enums import Audience, Kind, Opening, Status
from contributions.lifecycle import advance
from contributions.models import Attachment, Contribution
from contributions.statuses import OPENS, STATUSES
from ideas.actions import share_with_ambassador
from notifications.models import Notice
from tests.contributions.corpus import PDF, PDF_WITH_SCRIPT, Sample, kept, picture, refused, with_exif
from tests.contributions.test_talk import client_of, told
from tests.contributions.world import ROLES, World


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


def stored(store: Path) -> set[str]:
    return {str(path.relative_to(store)) for path in store.rglob("*") if path.is_file()} if store.exists() else set()


def add(world: World, about: Contribution, content: bytes | None = None, name: str = "trappa.png", role: str = "author") -> Attachment:
    return attach(by=world.person(role), contribution=about, file=io.BytesIO(content or picture()), name=name)


def upload(name: str = "trappa.png", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, picture() if content is None else content)


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


# Attaching and taking away


def test_a_picture_is_kept_beneath_a_random_name_with_its_thumbnail(world: World, store: Path) -> None:
    about = world.contribution(Kind.IDEA, Status.DRAFT)
    row = add(world, about, with_exif(6, gps=True), "../Trappan vid åtta.jpg")
    assert (row.name, row.media_type, row.width, row.height, row.by, row.contribution_id) == (
        "Trappan vid åtta.jpg", "image/jpeg", 48, 64, world.people["author"], about.pk,
    )  # fmt: skip
    assert stored(store) == {row.file.name, row.thumbnail.name}
    assert all(re.fullmatch(r"attachments/([0-9a-f]{2})/\1[0-9a-f]{30}", name) for name in stored(store))
    assert row.size == (store / str(row.file.name)).stat().st_size
    assert {oct(path.stat().st_mode & 0o777) for path in store.rglob("*") if path.is_file()} == {"0o640"}
    fresh = Contribution.objects.get(pk=about.pk)
    assert (fresh.version, fresh.edited_at is not None, fresh.last_activity_at > about.last_activity_at) == (about.version, True, True)


def test_the_same_file_twice_is_one_row(world: World, store: Path) -> None:
    about = world.contribution()
    first, second = add(world, about, name="a.png"), add(world, about, name="b.png")
    assert (first.pk, Attachment.objects.count(), len(stored(store))) == (second.pk, 1, 2)
    add(world, world.contribution())
    assert (Attachment.objects.count(), len(stored(store))) == (2, 4)


def test_five_fit(world: World, store: Path) -> None:
    about = world.contribution()
    for number in range(MOST_FILES):
        add(world, about, f"Rad {number}".encode(), f"{number}.txt")
    with pytest.raises(ValidationError) as refusal:
        add(world, about, b"Sex", "6.txt")
    assert (refusal.value.code, Attachment.objects.count(), len(stored(store))) == ("full", 5, 5)
    assert add(world, about, b"Rad 3", "igen.txt").name == "3.txt"


@pytest.mark.parametrize("kind", Kind)
def test_the_author_and_leads_attach_while_the_status_leaves_editing_open(world: World, kind: Kind, store: Path) -> None:
    may = {}
    for status in STATUSES[kind]:
        about = world.contribution(kind, status)
        for role in ROLES:
            try:
                add(world, about, role=role)
            except PermissionDenied:
                continue
            may[status, role] = True
    edit = {status for status in STATUSES[kind] if Opening.EDIT in OPENS[status]}
    assert set(may) == {(status, role) for status in edit for role in ("author", "lead")} - {(Status.DRAFT, "lead")}


def test_what_is_taken_away_is_gone_from_the_store_once_it_is_certain(
    world: World, store: Path, django_capture_on_commit_callbacks: Any
) -> None:
    about = world.contribution()
    row, other = add(world, about), add(world, about, PDF, "beslut.pdf")
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        detach(by=world.person("author"), contribution=about, file=row.pk)
    assert (Attachment.objects.get().pk, len(stored(store))) == (other.pk, 3)
    for callback in callbacks:
        callback()
    assert stored(store) == {other.file.name}
    detach(by=world.person("author"), contribution=about, file=row.pk)


def test_a_file_of_another_contribution_is_not_taken_away(world: World) -> None:
    mine, other = world.contribution(), world.contribution()
    row = add(world, other)
    detach(by=world.person("author"), contribution=mine, file=row.pk)
    with pytest.raises(PermissionDenied):
        detach(by=world.person("same_department"), contribution=other, file=row.pk)
    assert Attachment.objects.get() == row


def test_nothing_is_left_in_the_store_when_the_row_comes_to_nothing(world: World, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_contribution: Contribution) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(files, "_touch", fail)
    with pytest.raises(RuntimeError, match="power"), transaction.atomic():
        add(world, world.contribution())
    assert (Attachment.objects.count(), stored(store)) == (0, set())


def test_what_no_row_points_at_is_swept_once_it_is_a_day_old(world: World, store: Path) -> None:
    row = add(world, world.contribution())
    kept_names = {str(row.file.name), str(row.thumbnail.name)}
    old, new = store / "attachments/ab/orphan", store / "attachments/ab/uploading"
    old.parent.mkdir(parents=True, exist_ok=True)
    for path in (old, new):
        path.write_bytes(b"left behind")
    long_ago = (timezone.now() - datetime.timedelta(hours=25)).timestamp()
    for path in (old, *(store / name for name in kept_names)):
        os.utime(path, (long_ago, long_ago))
    assert (files.sweep(), stored(store)) == (1, kept_names | {"attachments/ab/uploading"})
    assert files.sweep() == 0


def test_sweeping_a_store_that_is_not_there_yet_is_no_error(store: Path) -> None:
    assert (store.exists(), files.sweep()) == (False, 0)


def test_a_full_disk_is_said(world: World, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "blocked"
    with pytest.raises(ValidationError) as refusal:
        add(world, world.contribution())
    assert (refusal.value.code, Attachment.objects.count()) == ("not_stored", 0)


# The day's limit


def brought(world: World, number: int, size: int, at: datetime.datetime | None = None) -> None:
    about = world.contribution(Kind.IDEA)
    Attachment.objects.bulk_create(
        Attachment(
            contribution=about, by=world.people["author"], name="x", media_type="text/plain", size=size, sha256=uuid.uuid4().hex, file="x",
            created_at=at or timezone.now(),
        )
        for _ in range(number)
    )  # fmt: skip


@pytest.mark.parametrize(("number", "size"), [(FILES_A_DAY, 1), (20, 10 * MEGABYTE)])
def test_a_day_has_its_limit_for_one_person(world: World, number: int, size: int) -> None:
    brought(world, number, size)
    about = world.contribution()
    with pytest.raises(ValidationError) as refusal:
        add(world, about)
    assert refusal.value.code == "quota"
    assert "50 filer eller 200 MB" in str(refusal.value.messages)
    add(world, about, role="lead")


def test_the_limit_is_the_days(world: World) -> None:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    brought(world, FILES_A_DAY, 1, midnight - datetime.timedelta(seconds=1))
    add(world, world.contribution())


# Being sent


def test_who_sees_a_file_is_who_sees_the_contribution(world: World) -> None:
    """In every status, audience and hiding, for every role, a picture, its thumbnail and a document alike."""
    cases: list[tuple[Kind, Status, dict[str, Any]]] = [
        (Kind.IDEA, Status.DRAFT, {}),
        (Kind.IDEA, Status.DRAFT, {"audience": Audience.AMBASSADOR}),
        (Kind.IDEA, Status.SUBMITTED, {"audience": Audience.DEPARTMENT}),
        (Kind.CHALLENGE, Status.REPORTED, {"audience": Audience.ORGANISATION}),
        (Kind.IDEA, Status.SUBMITTED, {"hidden_at": timezone.now()}),
    ]
    for kind, status, more in cases:
        about = world.contribution(kind, status, **more)
        shown, paper = add(world, about), add(world, about, PDF, "beslut.pdf")
        addresses = [f"{shown.pk}/", f"{shown.pk}/thumbnail/", f"{paper.pk}/"]
        for role in ROLES:
            person = world.person(role)
            sees = person.has_perm("contributions.see", about)
            answers = [client_of(person).get(f"/contributions/{about.pk}/files/{address}") for address in addresses]
            found = [answer.status_code for answer in answers]
            [list(answer) for answer in answers]
            assert found == ([302] * 3 if not person.is_active else [200] * 3 if sees else [404] * 3), (status, more, role)


def test_a_file_is_asked_for_through_its_own_contribution(world: World) -> None:
    mine, closed = world.contribution(), world.contribution(audience=Audience.DEPARTMENT)
    row = add(world, closed)
    client = client_of(world.person("other_organisation"))
    for pk in (mine.pk, closed.pk, 0, 10**12):
        for address in (f"/contributions/{pk}/files/{row.pk}/", f"/contributions/{pk}/files/{row.pk}/thumbnail/"):
            assert client.get(address).status_code == 404
    assert client_of(world.person("author")).get(f"/contributions/{mine.pk}/files/{row.pk}/").status_code == 404


def test_seeing_ends_with_the_next_request(world: World) -> None:
    about = world.contribution()
    row = add(world, about)
    client, address = client_of(world.person("same_department")), f"/contributions/{about.pk}/files/{row.pk}/"
    assert body(client.get(address))
    moderation.hide(by=world.person("organisation_coordinator"), contribution=about, reason="x")
    assert client.get(address).status_code == 404
    moderation.unhide(by=world.person("organisation_coordinator"), contribution=about)
    assert body(client.get(address))
    advance(by=world.person("author"), contribution=about, step="withdraw")
    assert [client.get(address).status_code, client_of(world.person("organisation_coordinator")).get(address).status_code] == [404, 404]
    share_with_ambassador(by=world.person("author"), draft=about, ambassador=world.person("named_ambassador"))
    assert body(client_of(world.person("named_ambassador")).get(address))


@pytest.mark.parametrize("sample", kept(), ids=lambda sample: sample.called)
def test_every_file_is_sent_to_be_saved_and_never_to_be_opened(world: World, sample: Sample) -> None:
    about = world.contribution()
    row = add(world, about, sample.content, sample.name)
    for part in ("", "thumbnail/") if row.is_image else ("",):
        answer = client_of(world.person("same_department")).get(f"/contributions/{about.pk}/files/{row.pk}/{part}")
        content = body(answer)
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert {
            name: answer[name] for name in ("X-Content-Type-Options", "Content-Security-Policy", "Cache-Control", "X-Frame-Options")
        } == {
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
            "X-Frame-Options": "DENY",
        }
        assert answer["Content-Type"] in (row.media_type, "image/webp")
        assert not re.search("html|svg|xml$|javascript", answer["Content-Type"])
        assert "Content-Encoding" not in answer
        assert int(answer["Content-Length"]) == len(content)
    if row.is_image:
        with Image.open(io.BytesIO(content)) as image:
            assert dict(image.getexif()) == {}


def test_the_name_is_sent_in_swedish_letters(world: World) -> None:
    about = world.contribution()
    row = add(world, about, PDF_WITH_SCRIPT, 'Åre "å" ä;ö.pdf')
    answer = client_of(world.person("author")).get(f"/contributions/{about.pk}/files/{row.pk}/")
    assert body(answer) == PDF_WITH_SCRIPT
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%C3%85re%20-%C3%A5-%20%C3%A4%3B%C3%B6.pdf"


def test_a_document_has_no_thumbnail_and_a_lost_file_is_not_found(world: World, store: Path) -> None:
    about = world.contribution()
    paper, lost = add(world, about, PDF, "a.pdf"), add(world, about)
    (store / str(lost.file.name)).unlink()
    client = client_of(world.person("author"))
    found = [client.get(f"/contributions/{about.pk}/files/{part}").status_code for part in (f"{paper.pk}/thumbnail/", f"{lost.pk}/")]
    assert found == [404, 404]


def test_the_store_is_not_served(world: World) -> None:
    row = add(world, world.contribution())
    client = client_of(world.person("author"))
    assert [client.get(f"/{prefix}{row.file.name}").status_code for prefix in ("", "media/", "files/", "static/")] == [404] * 4
    assert not Path(current.MEDIA_ROOT).is_relative_to(current.STATIC_ROOT)


# On the page


def test_the_page_shows_pictures_and_documents(world: World) -> None:
    for kind in Kind:
        about = world.contribution(kind)
        shown, paper = add(world, about, name="Trappan.png"), add(world, about, PDF, "Beslut.pdf")
        page = client_of(world.person("other_organisation")).get(about.get_absolute_url()).content.decode()
        address = f"/contributions/{about.pk}/files"
        assert f'<img src="{address}/{shown.pk}/thumbnail/" alt="Trappan.png" width="64" height="48"' in page
        assert f'href="{address}/{shown.pk}/"' in page
        assert f'href="{address}/{paper.pk}/"' in page
        assert ("<span>Beslut.pdf</span>" in page, "1\u00a0KB" in page, f'"{address}/{paper.pk}/thumbnail/"' in page) == (True, True, False)


@pytest.mark.parametrize("number", [1, 3])
def test_files_cost_the_page_nothing(world: World, number: int, django_assert_num_queries: Any) -> None:
    about = world.contribution()
    for place in range(number):
        add(world, about, f"Rad {place}".encode(), f"{place}.txt")
    client = client_of(world.person("same_department"))
    with django_assert_num_queries(10):
        client.get(about.get_absolute_url())


def test_masking_reaches_the_names_of_files(world: World) -> None:
    about = world.contribution(title="Trappan")
    for name in ("Märta Lindgren.txt", "foto_märta_lindgren_2026.txt", "MÄRTA-LINDGREN.txt", "Lindgrenska.txt"):
        add(world, about, name.encode(), name)
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="Märta Lindgren")
    assert [row.name for row in Attachment.objects.all()] == ["[…].txt", "foto_[…]_2026.txt", "[…].txt", "Lindgrenska.txt"]


# By address, with and without script


def test_the_script_gets_the_list_or_what_was_wrong(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("author"))
    good = client.post(f"/contributions/{about.pk}/files/", {"files": upload()}, headers={"HX-Request": "true"})
    assert (good.status_code, "trappa.png" in good.content.decode(), "<html" in good.content.decode()) == (200, True, False)
    bad = client.post(f"/contributions/{about.pk}/files/", {"files": upload("sida.html", b"<p>")}, headers={"HX-Request": "true"})
    assert (bad.status_code, bad["Content-Type"]) == (422, "text/plain; charset=utf-8")
    assert bad.content.decode().startswith("sida.html: Filer av det här slaget kan inte bifogas.")
    row = Attachment.objects.get()
    gone = client.post(f"/contributions/{about.pk}/files/{row.pk}/remove/", headers={"HX-Request": "true"})
    assert (gone.status_code, gone.content.decode().strip(), Attachment.objects.count()) == (200, "", 0)


@pytest.mark.parametrize("kind", Kind)
def test_a_plain_form_goes_back_and_says_it_beside_the_field(world: World, kind: Kind) -> None:
    about, client = world.contribution(kind), client_of(world.person("author"))
    came = client.post(f"/contributions/{about.pk}/files/", {"files": [upload(), upload("sida.svg", b"<svg>")]})
    edit = f"/{'ideas' if kind == Kind.IDEA else 'challenges'}/{about.pk}/edit/"
    assert (came.status_code, came["Location"]) == (303, f"{edit}#files")
    page = client.get(edit).content.decode()
    said = re.search(r'id="files-error"[^>]*>(.*?)</p>', page)
    assert said
    assert said[1].startswith("sida.svg: Filer av det här slaget")
    assert "trappa.png" in page
    assert "files-error" not in client.get(edit).content.decode()


@pytest.mark.parametrize("sample", [*refused(), *kept()], ids=lambda sample: sample.called)
def test_no_file_is_ever_an_error_of_ours(world: World, sample: Sample) -> None:
    about, client = world.contribution(), client_of(world.person("author"))
    client.raise_request_exception = False
    answer = client.post(
        f"/contributions/{about.pk}/files/", {"files": SimpleUploadedFile("x", sample.content)}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 422
    came = client.post(
        f"/contributions/{about.pk}/files/",
        multipart(sample.name.encode("utf-8", "replace"), sample.content),
        content_type="multipart/form-data; boundary=edge",
        headers={"HX-Request": "true"},
    )
    too_long = len(sample.name.encode()) > 1000  # for a line of such a request: refused before it is read
    assert came.status_code == (400 if too_long else 422 if sample.refused else 200)
    assert Attachment.objects.count() == (0 if sample.refused or too_long else 1)


def multipart(name: bytes, content: bytes, field: bytes = b"files") -> bytes:
    """As an attacker writes it: the name as it is but for what would end the line."""
    name = name.replace(b"\r", b"").replace(b"\n", b"").replace(b'"', b"%22")
    head = b'--edge\r\nContent-Disposition: form-data; name="' + field + b'"; filename="' + name + b'"\r\nContent-Type: text/html\r\n\r\n'
    return head + content + b"\r\n--edge--\r\n"


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"--edge",
        b"--edge\r\n",
        b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n',
        multipart(b"a.png", picture())[:-60],
        b'--edge\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!\r\n--edge--\r\n',
        b"GET / HTTP/1.1\r\n\r\n",
    ],
)
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # what Django leaves of an upload that broke off is closed when it is collected
@pytest.mark.parametrize("claimed", [None, "99999999999", "3", "-1", "x"])
def test_a_request_that_lies_is_no_error_of_ours(world: World, broken: bytes, claimed: str | None) -> None:
    about, client = world.contribution(), client_of(world.person("author"))
    client.raise_request_exception = False
    lies: dict[str, Any] = {"CONTENT_LENGTH": claimed, "wsgi.input": io.BytesIO(broken)} if claimed else {}
    answer = client.generic("POST", f"/contributions/{about.pk}/files/", broken, "multipart/form-data; boundary=edge", **lies)
    gc.collect()
    assert (answer.status_code in (303, 400), Attachment.objects.count()) == (True, 0)


def test_somebody_not_signed_in_leaves_nothing_on_the_disk(world: World, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    about = world.contribution()
    answer = Client().post(f"/contributions/{about.pk}/files/", {"files": upload(content=b"x" * 3_000_000)})
    assert (answer.status_code, list(tmp_path.iterdir())) == (302, [])


def test_a_coordinator_takes_a_file_away_for_good_and_the_author_is_told(world: World, store: Path) -> None:
    about = world.contribution()
    row, other = add(world, about), add(world, about, PDF, "rutin.pdf")
    Notice.objects.all().delete()
    page, address = f"/contributions/{about.pk}/moderate/", f"/contributions/{about.pk}/files/{row.pk}/take-away/"
    coordinator = client_of(world.person("organisation_coordinator"))
    assert address in coordinator.get(page).content.decode()
    with TestCase.captureOnCommitCallbacks(execute=True):
        answer = coordinator.post(address)
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert list(Attachment.objects.values_list("pk", flat=True)) == [other.pk]
    assert (store / str(row.file.name)).exists() is False
    assert (store / str(other.file.name)).exists() is True
    assert list(about.trail.values_list("step", "by")) == [("file_taken_away", world.people["organisation_coordinator"].pk)]
    assert told() == {("file_taken_away", about.author_id)}
    coordinator.post(address)
    assert about.trail.count() == 1


@pytest.mark.parametrize(("role", "status"), [("author", 403), ("same_department", 403), ("other_organisation", 404)])
def test_nobody_else_takes_a_file_away_so(world: World, role: str, status: int) -> None:
    about = world.contribution(audience=Audience.DEPARTMENT)
    row = add(world, about)
    assert client_of(world.person(role)).post(f"/contributions/{about.pk}/files/{row.pk}/take-away/").status_code == status
    assert Attachment.objects.filter(pk=row.pk).exists()
