"""The small forms around a contribution: comment, support, report, hide, mask."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contributions.enums import SupportKind
from contributions.models import COMMENT_LENGTH
from lib.text import LineField, TextField

REASON_LENGTH = 2_000
WORDS_LENGTH = 1_000
NOTE_LENGTH = 300


class TokenField(forms.UUIDField):
    """Makes the same form sent twice one row. A broken token only loses that."""

    widget = forms.HiddenInput

    def __init__(self) -> None:
        super().__init__(required=False, initial=uuid.uuid4)

    def clean(self, value: Any) -> uuid.UUID:
        try:
            return super().clean(value) or uuid.uuid4()
        except ValidationError:
            return uuid.uuid4()


class CommentForm(forms.Form):
    use_required_attribute = False

    body = TextField(
        label=_("Write a comment"), max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write something before you send it.")},
    )  # fmt: skip
    token = TokenField()
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SupportForm(forms.Form):
    """Which button was pressed, and whether it was to press or to let go."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        choices=SupportKind, label="", error_messages={"invalid_choice": _("Choose one of the three ways to support.")}
    )
    on = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1", required=False, empty_value=True)  # type: ignore[arg-type]
    note = LineField(label=_("What can you help with?"), required=False, max_length=NOTE_LENGTH)


class ReportForm(forms.Form):
    use_required_attribute = False

    reason = TextField(label=_("What is wrong with it?"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))


class HideForm(forms.Form):
    use_required_attribute = False

    reason = TextField(
        label=_("Why is it hidden?"), help_text=_("The author reads this, and it stands in the history."),
        max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


class MaskForm(forms.Form):
    use_required_attribute = False

    words = TextField(
        label=_("Words to mask"),
        help_text=_("One name or phrase on each line. They are replaced with […] in texts, comments, history and search, and cannot be brought back."),
        max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
