"""What an uploader called a file, made fit to be shown and to be saved under on any machine."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from lib.text import drop_controls

LONGEST = 200
_DIRECTION_MARKS = re.compile("[\u200b-\u200f\u061c\u2028\u2029\u2060-\u2064\ufeff]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*]+')


def clean_name(raw: str) -> str:
    """Without path, control and direction characters, at most 200 characters long, its extension kept."""
    name = re.split(r"[/\\]", raw.replace("\0", ""))[-1]
    name = _DIRECTION_MARKS.sub("", drop_controls(" ".join(name.split())))
    name = _NOT_IN_NAMES.sub("-", unicodedata.normalize("NFC", name)).strip(" .")
    extension = extension_of(name)
    stem = name.removesuffix(extension).strip(" .") if extension else name
    stem = stem[: LONGEST - len(extension)].rstrip(" .") or _("file")
    return f"{stem}{extension}"


def extension_of(name: str) -> str:
    """Of a clean name, with its dot; "" for one that is not short letters and figures."""
    suffix = PurePosixPath(name).suffix
    return suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,8}", suffix) else ""


def with_extension(name: str, extension: str) -> str:
    """The name with another extension in the place of its own."""
    stem = name.removesuffix(extension_of(name))
    return f"{stem[: LONGEST - len(extension)]}{extension}"
