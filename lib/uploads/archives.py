"""Office documents: zip archives of a known shape, read through once to see that they are whole and stay small."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO

from lib.uploads import refusal

MOST_MEMBERS = 3000
MOST_UNPACKED = 150 * 1024 * 1024
MOST_TIMES_LARGER = 150
MOST_DIRECTORY = 1024 * 1024
CHUNK = 64 * 1024
_END, _END_LENGTH, _LARGE_END = b"PK\x05\x06", 22, b"PK\x06\x07"
_MACROS = re.compile(r"(?:^|/)(?:vbaproject|vbadata|activex)[^/]*(?:/|$)|^(?:basic|scripts)/", re.IGNORECASE)
_STRANGE_PATH = re.compile(r"(?:^|[/\\])\.\.(?:[/\\]|$)|^[/\\]|^[A-Za-z]:|\\|[\x00-\x1f]")
_BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, OSError, EOFError, ValueError, NotImplementedError, RuntimeError, LookupError)


@dataclass(frozen=True)
class Shape:
    """What the archive of a format holds: a member, and words that another member says of it."""

    main: str
    described_in: str
    says: bytes


def check_archive(file: IO[bytes], shape: Shape) -> None:
    """Raises Refused for anything but a whole, plain archive of this shape without macros."""
    _check_ends(file)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive, file)
            _check_shape(archive, shape)
            for member in archive.infolist():
                _read_through(archive, member)
    except _BROKEN as error:
        raise refusal.damaged() from error


def _check_ends(file: IO[bytes]) -> None:
    """It begins and ends as an archive and nothing else, and its directory is small enough to be read at all."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_LENGTH - 20))
    tail = file.read()
    file.seek(0)
    end = tail[-_END_LENGTH:]
    if file.read(4) != b"PK\x03\x04":
        raise refusal.not_what_it_says()
    if len(end) < _END_LENGTH or not end.startswith(_END):
        raise refusal.damaged()
    members, directory = struct.unpack("<HI", end[10:16])
    if tail.startswith(_LARGE_END) or members > MOST_MEMBERS or directory > MOST_DIRECTORY:
        raise refusal.unsafe_archive()


def _check_members(archive: zipfile.ZipFile, file: IO[bytes]) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    names = [member.filename for member in members]
    if any(_MACROS.search(name) for name in names):
        raise refusal.macros()
    if (
        not members
        or len(members) > MOST_MEMBERS
        or len({name.casefold() for name in names}) < len(names)
        or any(_STRANGE_PATH.search(member.orig_filename) for member in members)
        or any(member.flag_bits & 1 or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members)
        or min(member.header_offset for member in members) > 0
        or unpacked > min(MOST_UNPACKED, max(MOST_TIMES_LARGER * file.seek(0, 2), CHUNK))
    ):
        raise refusal.unsafe_archive()


def _check_shape(archive: zipfile.ZipFile, shape: Shape) -> None:
    names = set(archive.namelist())
    if shape.main not in names or shape.described_in not in names:
        raise refusal.not_what_it_says()
    with archive.open(shape.described_in) as described:
        words = described.read(MOST_DIRECTORY)
    if b"macroEnabled" in words:
        raise refusal.macros()
    if shape.says not in words:
        raise refusal.not_what_it_says()


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """The archive's own word on a member's size is held against what comes out: a lie is a broken checksum."""
    with archive.open(member) as content:
        while content.read(CHUNK):
            pass


def _office(main: str, says: str) -> Shape:
    return Shape(main, "[Content_Types].xml", f"application/vnd.openxmlformats-officedocument.{says}.main+xml".encode())


def _open_document(media_type: str) -> Shape:
    return Shape("content.xml", "mimetype", media_type.encode())


SHAPES = {
    ".docx": _office("word/document.xml", "wordprocessingml.document"),
    ".xlsx": _office("xl/workbook.xml", "spreadsheetml.sheet"),
    ".pptx": _office("ppt/presentation.xml", "presentationml.presentation"),
    ".odt": _open_document("application/vnd.oasis.opendocument.text"),
    ".ods": _open_document("application/vnd.oasis.opendocument.spreadsheet"),
}
