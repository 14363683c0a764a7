"""The small forms around a contribution: comment, support, report, hide, mask."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contributions.enums import HelpKind, SupportKind
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
    """`people_url` is where the names are asked for that complete an @; `may_note`, whether it may be an internal note; `may_tell`, an
    experience of one's own.
    """

    use_required_attribute = False
    mark_optional = False

    body = TextField(
        label=_("Write a comment"), max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write something before you send it.")},
    )  # fmt: skip
    token = TokenField()
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)
    internal = forms.BooleanField(
        required=False, label=_("Internal note"), help_text=_("Only those who answer for it as coordinators read it."),
    )  # fmt: skip

    experience = forms.BooleanField(
        required=False, label=_("I have been through this myself"), help_text=_("It is shown among what helps us understand the problem."),
    )  # fmt: skip

    def __init__(self, *args: Any, people_url: str = "", may_note: bool = False, may_tell: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs["data-people"] = people_url
        if not may_tell:
            del self.fields["experience"]
        if not may_note:
            del self.fields["internal"]


class EditForm(forms.Form):
    """One's own comment once more. `version` is what the action's `version_of` gave of the words that were read."""

    use_required_attribute = False

    body = TextField(
        label=_("Your comment"), max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Write something, or delete the comment instead.")},
    )  # fmt: skip
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, people_url: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["body"].widget.attrs["data-people"] = people_url


class SupportForm(forms.Form):
    """Which button was pressed, and whether it was to press or to let go; for help, with what."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        choices=SupportKind, widget=forms.HiddenInput, error_messages={"invalid_choice": _("Choose one of the three ways to support.")}
    )
    on = forms.TypedChoiceField(
        choices=[("1", "1"), ("0", "0")],
        coerce=lambda value: value == "1",
        required=False,
        empty_value=True,  # type: ignore[arg-type]
        widget=forms.HiddenInput,
    )
    help_with = forms.MultipleChoiceField(
        label=_("What can you help with?"), choices=HelpKind, required=False, widget=forms.CheckboxSelectMultiple
    )
    note = LineField(label=_("Tell more about it"), required=False, max_length=NOTE_LENGTH)

    def given(self) -> dict[str, Any]:
        """What the action takes. A button alone says nothing of what a help is, so what was written stays."""
        cleaned = self.cleaned_data
        detailed = "note" in self.data
        return {
            "kind": SupportKind(cleaned["kind"]),
            "on": cleaned["on"],
            "note": cleaned["note"] if detailed else None,
            "help_with": cleaned["help_with"] if detailed else None,
        }


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
