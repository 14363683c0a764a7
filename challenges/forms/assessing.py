"""Setting up an assessment, and giving an idea its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from challenges.models import Criterion
from challenges.models.assessment import CRITERION_LENGTH, HEAVIEST, HIGHEST, LOWEST, MOST_CRITERIA, NOTE_LENGTH
from lib.text import LineField, TextField

SUGGESTED = (
    gettext_lazy("Benefit: for how many does it get better?"),
    gettext_lazy("Feasibility: can we do it ourselves, soon?"),
    gettext_lazy("Learning: do we learn something by trying?"),
)
WEIGHTS = (
    (1, pgettext_lazy("weight", "somewhat important")),
    (2, pgettext_lazy("weight", "important")),
    (HEAVIEST, pgettext_lazy("weight", "very important")),
)
NUMBERS = [(number, str(number)) for number in range(LOWEST, HIGHEST + 1)]


class CriteriaForm(forms.Form):
    """Up to five criteria: `name_1` … and `weight_1` …. Rows without a name are no criteria."""

    use_required_attribute = False
    mark_optional = False

    def __init__(self, *args: Any, standing: Sequence[tuple[str, int]] = (), **kwargs: Any) -> None:
        """`standing` are the criteria to change; without any, some are suggested."""
        super().__init__(*args, **kwargs)
        begin_with = list(standing) or [(str(name), 2) for name in SUGGESTED]
        begin_with += [("", 2)] * (MOST_CRITERIA - len(begin_with))
        for place, (begins, weighs) in enumerate(begin_with, start=1):
            name = LineField(
                label=_("Criterion %(number)d") % {"number": place}, required=False, max_length=CRITERION_LENGTH, initial=begins
            )
            weight = forms.TypedChoiceField(
                label=_("How important?"), choices=WEIGHTS, coerce=int, required=False, initial=weighs, empty_value=2,  # type: ignore[arg-type]
                error_messages={"invalid_choice": _("Choose how important it is.")},
            )  # fmt: skip
            self.fields |= {f"name_{place}": name, f"weight_{place}": weight}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        seen = set[str]()
        for place in range(1, MOST_CRITERIA + 1):
            if name := cleaned.get(f"name_{place}"):
                if name.lower() in seen:
                    self.add_error(f"name_{place}", _("This one is there already. Write another, or leave it empty."))
                seen.add(name.lower())
        if not seen and not self.errors:
            self.add_error("name_1", _("Write at least one criterion."))
        return cleaned

    @property
    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"name_{place}"], self[f"weight_{place}"]) for place in range(1, MOST_CRITERIA + 1)]

    @property
    def criteria(self) -> list[tuple[str, int]]:
        given = self.cleaned_data
        return [(given[f"name_{one}"], given[f"weight_{one}"]) for one in range(1, MOST_CRITERIA + 1) if given[f"name_{one}"]]


class ScoreForm(forms.Form):
    """A number from one to five for every criterion, and a note."""

    use_required_attribute = False

    def __init__(self, *args: Any, criteria: Sequence[Criterion], given: Mapping[int, int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = list(criteria)
        for one in self.criteria:
            self.fields[f"criterion_{one.pk}"] = forms.TypedChoiceField(
                label=one.name, choices=NUMBERS, coerce=int, widget=forms.RadioSelect, initial=given.get(one.pk),
                error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a number from one to five.")),
            )  # fmt: skip
        self.fields["note"] = TextField(
            label=_("A note to those who wrote it"), required=False, max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("What is good, what would make it better. They read it when the assessment is closed, with your name."),
        )  # fmt: skip

    @property
    def values(self) -> dict[int, int]:
        return {one.pk: self.cleaned_data[f"criterion_{one.pk}"] for one in self.criteria}


class CloseForm(forms.Form):
    use_required_attribute = False

    reason = TextField(
        label=gettext_lazy("Why is it ended now?"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It stands in the history."),
    )  # fmt: skip


class ReplyForm(forms.Form):
    use_required_attribute = False

    text = TextField(label=gettext_lazy("Your answer to the note"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))
