"""A file as it comes, and what is kept of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import IO, Self

from lib.uploads import refusal
from lib.uploads.documents import DOCUMENTS, OLD_OFFICE
from lib.uploads.images import EXTENSIONS, HEIC_EXTENSIONS, is_heic, redraw
from lib.uploads.names import clean_name, extension_of, with_extension

PICTURES = frozenset(extension for extensions in EXTENSIONS.values() for extension in extensions)
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Kept:
    """What is kept of a file. `thumbnail`, `width` and `height` are a picture's."""

    name: str
    media_type: str
    file: IO[bytes]
    size: int
    sha256: str
    thumbnail: IO[bytes] | None = None
    width: int | None = None
    height: int | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_why: object) -> None:
        self.file.close()
        if self.thumbnail is not None:
            self.thumbnail.close()


def examine(file: IO[bytes], raw_name: str) -> Kept:
    """What the file holds and what its name says have to agree. Raises Refused, with what to tell whoever chose it."""
    name = clean_name(raw_name)
    extension = extension_of(name).lower()
    size = file.seek(0, 2)
    file.seek(0)
    start = file.read(16)
    if size == 0:
        raise refusal.empty()
    if size > refusal.MOST_BYTES:
        raise refusal.too_large()
    if extension in HEIC_EXTENSIONS or is_heic(start):
        raise refusal.heic()
    if extension in PICTURES:
        return _picture(file, name, extension)
    if extension in DOCUMENTS:
        return _document(file, name, extension, size)
    raise refusal.old_office() if extension in OLD_OFFICE else refusal.unknown_sort()


def _picture(file: IO[bytes], name: str, extension: str) -> Kept:
    picture = redraw(file, extension)
    if extension not in picture.extensions:
        name = with_extension(name, picture.extensions[0])
    sha256, size = _digest(picture.file)
    return Kept(
        name, picture.media_type, picture.file, size, sha256, thumbnail=picture.thumbnail, width=picture.width, height=picture.height
    )


def _document(file: IO[bytes], name: str, extension: str, size: int) -> Kept:
    document = DOCUMENTS[extension]
    document.check(file)
    return Kept(name, document.media_type, file, size, _digest(file)[0])


def _digest(file: IO[bytes]) -> tuple[str, int]:
    """SHA-256 and length. The file stands at its beginning afterwards."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    size = file.tell()
    file.seek(0)
    return digest.hexdigest(), size
