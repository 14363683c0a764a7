"""The first of the upload handlers: it stops what is too much while it comes, before it lies anywhere.

What it has stopped is remembered on the request, so that the view can say so beside the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.utils.translation import gettext as _

from lib.uploads import refusal
from lib.uploads.names import clean_name

MOST_AT_ONCE = 5
LONGEST_REQUEST = 100 * 1024 * 1024
"""A request up to here is read to its end, the files that are too large passed over, so that the browser gets its answer. A longer one
is cut off."""

_REMEMBERED = "_stopped_files"


def stopped_files(request: HttpRequest) -> list[str]:
    """What to tell whoever sent the files that did not get in."""
    return list(getattr(request, _REMEMBERED, ()))


class SizeGuard(FileUploadHandler):
    """Files are taken from those who are signed in, at most five at once, each within its bound."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.number = 0
        self.length = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: Mapping[str, Any],  # noqa: N803 - Django's name
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        self.length = content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.number += 1
        if self.length > LONGEST_REQUEST:
            self._remember(f"{clean_name(self.file_name or '')}: {refusal.too_large().message}")
            raise StopUpload(connection_reset=True)
        if self.number == MOST_AT_ONCE + 1:
            self._remember(_("At most %(number)d files are taken at once. Those after are left out.") % {"number": MOST_AT_ONCE})

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Here rather than in `new_file`, where passing over one file would close the one before it."""
        user = getattr(self.request, "user", None)
        if self.number > MOST_AT_ONCE or not getattr(user, "is_authenticated", False):
            raise SkipFile
        if start + len(raw_data) > refusal.MOST_BYTES:
            self._remember(f"{clean_name(self.file_name or '')}: {refusal.too_large().message}")
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """What is taken in is the next handler's to keep."""

    def _remember(self, said: str) -> None:
        request = self.request
        if request is not None:
            setattr(request, _REMEMBERED, [*getattr(request, _REMEMBERED, ()), said])
