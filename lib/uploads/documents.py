"""The documents that may be attached, by extension, with what each has to hold."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import IO

from lib.uploads import refusal
from lib.uploads.archives import SHAPES, check_archive

CHUNK = 64 * 1024
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKUP = re.compile(r"\s*(?:<[!?]?[a-z]|#!|%!PS)", re.IGNORECASE)


@dataclass(frozen=True)
class Document:
    """A sort of document. `check` raises Refused for a file that is not of it."""

    media_type: str
    check: Callable[[IO[bytes]], None]


def check_pdf(file: IO[bytes]) -> None:
    """Begins as one and has its end. What it may run is run by nobody here: it is only ever saved, never shown."""
    size = file.seek(0, 2)
    file.seek(0)
    if not re.match(rb"%PDF-[12]\.\d", file.read(8)):
        raise refusal.not_what_it_says()
    file.seek(max(0, size - 4096))
    if b"%%EOF" not in file.read():
        raise refusal.damaged()


def check_text(file: IO[bytes]) -> None:
    """Text of any ordinary encoding, and not markup or a script that calls itself text."""
    file.seek(0)
    start = file.read(4)
    encoding = "utf-16" if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        _check_characters(file, encoding)
    except UnicodeDecodeError as error:
        if encoding == "utf-16":
            raise refusal.not_what_it_says() from error
        _check_characters(file, "latin-1")


def _check_characters(file: IO[bytes], encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    at_start = True
    while chunk := file.read(CHUNK):
        text = decoder.decode(chunk)
        if _CONTROLS.search(text) or (at_start and _MARKUP.match(text)):
            raise refusal.not_what_it_says()
        at_start = False
    decoder.decode(b"", final=True)


_OFFICE = "application/vnd.openxmlformats-officedocument"
_MEDIA_TYPES = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".pptx": f"{_OFFICE}.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
}
DOCUMENTS = {
    ".pdf": Document("application/pdf", check_pdf),
    ".txt": Document("text/plain", check_text),
    ".csv": Document("text/csv", check_text),
    **{extension: Document(_MEDIA_TYPES[extension], partial(check_archive, shape=shape)) for extension, shape in SHAPES.items()},
}
OLD_OFFICE = frozenset({".doc", ".xls", ".ppt", ".rtf", ".odp", ".pages", ".numbers", ".key"})
