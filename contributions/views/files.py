"""Files on a contribution: attached, sent to whoever may see them, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from contributions.actions.files import MOST_FILES, attach, detach
from contributions.models import Attachment, Contribution
from contributions.queries.files import files_of
from lib.access import find
from lib.htmx import redirect, wants_part
from lib.text import number
from lib.uploads.documents import DOCUMENTS
from lib.uploads.guard import stopped_files
from lib.uploads.images import THUMBNAIL_TYPE
from lib.uploads.refusal import MOST_BYTES
from organisation.models import Person

FIELDS = ("files", "photo")
ACCEPTED = ("image/jpeg", "image/png", "image/webp", "image/gif", *DOCUMENTS)
"""Named one by one: a phone that keeps HEIC then hands over a JPEG by itself."""
SAID = "said_of_files"


@require_POST
def files(request: HttpRequest, pk: int) -> HttpResponse:
    """Attach. The script gets the list as it then is, or what was wrong as plain text; a plain form goes back to where it stood."""
    person, about = edited(request, pk)
    said = list(attached(request, person, about))
    if not request.FILES and not said:
        said = [_("Choose a file first.")]
    if wants_part(request):
        return HttpResponse("\n".join(said), content_type="text/plain; charset=utf-8", status=422) if said else listed(request, about)
    remember(request, about, said)
    return redirect(request, edit_address(about))


@require_POST
def remove(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    person, about = edited(request, pk)
    detach(by=person, contribution=about, file=file)
    return listed(request, about) if wants_part(request) else redirect(request, edit_address(about))


@require_safe
def file(request: HttpRequest, pk: int, file: int) -> HttpResponse | FileResponse:
    row = seen_file(request, pk, file)
    return sent(request, row.file, row.name, row.media_type)


@require_safe
def thumbnail(request: HttpRequest, pk: int, file: int) -> HttpResponse | FileResponse:
    row = seen_file(request, pk, file)
    return sent(request, row.thumbnail, f"{row.pk}.webp", THUMBNAIL_TYPE)


def edited(request: HttpRequest, pk: int) -> tuple[Person, Contribution]:
    person = request.user
    assert isinstance(person, Person)
    rows = Contribution.objects.with_place().prefetch_related("participants")
    return person, find(person, rows, see="contributions.see", do="contributions.edit", pk=pk)


def seen_file(request: HttpRequest, pk: int, file: int) -> Attachment:
    person = request.user
    assert isinstance(person, Person)
    rows = Attachment.objects.select_related("contribution__department").prefetch_related("contribution__participants")
    return find(person, rows.filter(contribution=pk), see="contributions.see_file", pk=file)


def sent(request: HttpRequest, content: FieldFile, name: str, media_type: str) -> FileResponse:
    """To be saved, never to be opened here: whatever it holds runs nowhere. A picture on a page is shown all the same."""
    try:
        opened = content.open("rb")
    except (FileNotFoundError, ValueError) as error:  # a picture has a thumbnail, a document none
        raise Http404 from error
    request.META.pop("HTTP_ACCEPT_ENCODING", None)  # packed tightly already
    response = FileResponse(opened, as_attachment=True, filename=name, content_type=media_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def edit_address(about: Contribution) -> str:
    return f"{reverse(f'{about.kind}_edit', args=(about.pk,))}#files"


def listed(request: HttpRequest, about: Contribution) -> HttpResponse:
    return render(request, "contributions/_attached.html", {"attaching": attaching(request, about)})


# What the forms of an idea and of a challenge hold of files


def take_files(request: HttpRequest, about: Contribution) -> bool:
    """Attach what came along with a form, and take away what its button names. Whether something is to be said of it where the form stands."""
    person = request.user
    assert isinstance(person, Person)
    gone = number(request.POST.get("remove_file"))
    if gone is not None:
        detach(by=person, contribution=about, file=gone)
    said = list(attached(request, person, about))
    remember(request, about, said)
    return bool(said)


def attached(request: HttpRequest, person: Person, about: Contribution) -> Iterator[str]:
    """Attach every file of the request: what is to be said of those that could not be."""
    for upload in (upload for field in FIELDS for upload in request.FILES.getlist(field)):
        try:
            assert upload.file is not None
            attach(by=person, contribution=about, file=upload.file, name=upload.name or "")
        except ValidationError as refusal:
            yield f"{upload.name}: {' '.join(refusal.messages)}"
    yield from stopped_files(request)


def remember(request: HttpRequest, about: Contribution, said: list[str]) -> None:
    if said:
        request.session[SAID] = {"about": about.pk, "said": said}


@dataclass(frozen=True)
class Attaching:
    """What `contributions/_file_fields.html` shows. `contribution` is None while there is no draft yet: the files then come with the form."""

    contribution: Contribution | None
    files: list[dict[str, Any]]
    said: list[str]

    accepted = ",".join(ACCEPTED)
    most = MOST_FILES
    most_bytes = MOST_BYTES
    megabytes = MOST_BYTES // 1024**2

    @property
    def left(self) -> int:
        return MOST_FILES - len(self.files)


def attaching(request: HttpRequest, about: Contribution | None) -> Attaching:
    """One query, where there is a contribution. What was refused before is said once."""
    if about is None:
        came = request.method == "POST" and bool(request.FILES)
        again = [_("Choose the file once more. It comes along when you go on or save.")] if came else []
        return Attaching(None, [], [*again, *stopped_files(request)])
    kept = request.session.get(SAID)
    said = request.session.pop(SAID)["said"] if kept and kept["about"] == about.pk else []
    return Attaching(about, files_of(about), said)
