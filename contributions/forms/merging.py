"""An author's answer to whether two contributions belong together."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.text import TextField

NOTE_LENGTH = 2_000
AGREES, REFUSES = "yes", "no"


class MergeAnswerForm(forms.Form):
    use_required_attribute = False

    agrees = forms.ChoiceField(
        label=_("Do they belong together?"),
        choices=[(AGREES, _("Yes, merge them")), (REFUSES, _("No, let mine stand by itself"))],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose yes or no.")),
    )
    note = TextField(
        label=_("A word to the coordinator"), help_text=_("Needed for a no. The coordinators read it."),
        required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    @property
    def says_yes(self) -> bool:
        return bool(self.cleaned_data["agrees"] == AGREES)


def answer_of(agrees: bool | None, note: str) -> dict[str, Any]:
    """What has been answered, as the form's initial values."""
    return {"agrees": None if agrees is None else AGREES if agrees else REFUSES, "note": note}
