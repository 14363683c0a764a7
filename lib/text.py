"""Text as people paste it, made clean, and the form fields that take it in."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

DIGITS = 19
"""A number of so many may be too great for the database."""

_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Controls but \t and \n, embeddings, overrides and isolates of direction, half characters.
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# Spaces of every kind, those without width too (U+2000 to U+200F).
_BLANK_AT_ENDS = " \t\n\u00a0\u00ad\u1680\u202f\u205f\u2060\u3000\ufeff" + "".join(map(chr, range(0x2000, 0x2010)))


def drop_controls(text: str) -> str:
    """Without characters that are never seen and may turn the text about."""
    return _UNWANTED.sub("", text)


def clean_text(text: str) -> str:
    """NFC, newlines as \\n, no control characters, no blanks at the ends (those without width included)."""
    text = drop_controls(_NEWLINES.sub("\n", text))
    return unicodedata.normalize("NFC", text).strip(_BLANK_AT_ENDS)


def number(text: str | None) -> int | None:
    """A whole number as an address or a form writes an id or a version; None for what can be none of ours."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < DIGITS else None


class TextField(forms.CharField):
    """Text of several lines, cleaned. Its length is counted after cleaning."""

    widget: Any = forms.Textarea(attrs={"rows": 5})
    default_error_messages = {
        "required": _("Write something here."),
        "blank": _("There are only blanks here. Write something."),
        "min_length": _("The text is %(show_value)d characters. Write at least %(limit_value)d."),
        "max_length": _("The text is %(show_value)d characters. At most %(limit_value)d fit."),
    }

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return self.empty_value
        return clean_text(str(value)) or self.empty_value

    def clean(self, value: Any) -> Any:
        if self.required and value and self.to_python(value) in self.empty_values:
            raise ValidationError(self.error_messages["blank"], code="blank")
        return super().clean(value)


class LineField(TextField):
    """Text of one line: whatever parts words becomes one space."""

    widget = forms.TextInput

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        return " ".join(text.split()) if text else text


class WordsField(LineField):
    """Words or short phrases on one line, parted by commas. A list: in the order written, each once whatever its case."""

    default_error_messages = {
        "too_many": _("Write at most %(limit_value)d, parted by commas. There are %(show_value)d now."),
        "too_long": _("“%(words)s” is too long. Each may have at most %(limit_value)d characters; part them by commas."),
    }

    def __init__(self, *, most: int, longest: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.most, self.longest = most, longest

    def clean(self, value: Any) -> list[str]:
        words: dict[str, str] = {}
        for part in super().clean(value).split(","):
            if word := clean_text(part):
                words.setdefault(word.casefold(), word)
        found = list(words.values())
        if len(found) > self.most:
            raise ValidationError(self.error_messages["too_many"], "too_many", {"limit_value": self.most, "show_value": len(found)})
        for word in found:
            if len(word) > self.longest:
                raise ValidationError(self.error_messages["too_long"], "too_long", {"words": word[:40] + "…", "limit_value": self.longest})
        return found

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list | tuple) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool(super().has_changed(self.prepare_value(initial), data))
