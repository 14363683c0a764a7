"""Why a file is not taken in, in the reader's language."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_BYTES = 10 * 1024 * 1024
"""Of one file, as it comes."""


class Refused(ValidationError):
    """The file is not taken in. Its message says why, and what to do."""


def too_large() -> Refused:
    return Refused(_("The file is larger than %(size)s MB. Choose a smaller one.") % {"size": MOST_BYTES // 1024**2}, code="too_large")


def empty() -> Refused:
    return Refused(_("The file is empty."), code="empty")


def unknown_sort() -> Refused:
    return Refused(
        _(
            "Files of this kind cannot be attached. Choose a picture (JPEG, PNG, WebP, GIF), a PDF, text or CSV, or a .docx, .xlsx, .pptx, .odt or .ods."
        ),
        code="unknown_sort",
    )


def old_office() -> Refused:
    return Refused(_("This is an older format. Save it as .docx, .xlsx or .pptx, or as a PDF, and attach that."), code="old_office")


def heic() -> Refused:
    return Refused(
        _(
            "HEIC pictures cannot be shown to everybody. Choose “Most compatible” under Camera, Formats in the phone's settings, or send a screenshot."
        ),
        code="heic",
    )


def not_what_it_says() -> Refused:
    return Refused(_("What the file holds is not what its name says. Save it anew in the program it comes from."), code="not_what_it_says")


def damaged() -> Refused:
    return Refused(_("The file cannot be read. It may be damaged. Try to save it anew."), code="damaged")


def too_many_pixels(most: int) -> Refused:
    said = _("The picture has too many pixels: at most %(number)d million fit. Make it smaller and try again.")
    return Refused(said % {"number": most // 10**6}, code="too_many_pixels")


def macros() -> Refused:
    return Refused(_("The document holds macros or controls, which can do harm. Save it without them, or as a PDF."), code="macros")


def unsafe_archive() -> Refused:
    return Refused(_("The document is packed in a way that is not safe to open. Save it anew, or as a PDF."), code="unsafe_archive")
