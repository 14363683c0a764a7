"""The forms of the way on and of the small tests."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from challenges.enums import Verdict, WayKind
from challenges.forms.plan import check_not_far
from challenges.models import Way
from lib.form_rendering import ChoiceCards, DayField
from lib.registration import check_registration_number
from lib.text import LineField, TextField

TEXT_LENGTH = 2_000
EARLIEST = datetime.date(1994, 1, 1)
YES, NO = "yes", "no"
SMALL, FORMAL = ("manager", "yes_on", "stops_on"), ("body", "ground")
NEEDED = {
    "manager": gettext_lazy("Write who said yes."), "yes_on": gettext_lazy("Choose the day of the yes."),
    "stops_on": gettext_lazy("Choose a stop date."), "body": gettext_lazy("Write who decides."),
    "ground": gettext_lazy("Write on what ground it is decided."),
}  # fmt: skip


def _area(rows: int = 2) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def check_has_been(day: datetime.date) -> None:
    if not EARLIEST <= day <= timezone.localdate():
        raise forms.ValidationError(_("Choose a day that has been, 1994 at the earliest."))


class WayForm(forms.Form):
    """`before` is the way that stands and is left, which takes a reason."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=gettext_lazy("How do we go on?"), choices=WayKind,
        widget=ChoiceCards(descriptions={
            WayKind.SMALL.value: gettext_lazy("The nearest manager says yes, and there is a day when it stops."),
            WayKind.FORMAL.value: gettext_lazy("Somebody with the right to decide does so, with a ground and a registration number."),
        }),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of the two ways.")),
    )  # fmt: skip
    manager = LineField(label=gettext_lazy("Small scale: which manager has said yes?"), required=False, max_length=120)
    yes_on = DayField(label=gettext_lazy("Small scale: when did they say yes?"), required=False, validators=[check_has_been])
    stops_on = DayField(label=gettext_lazy("Small scale: when does it stop?"), required=False, validators=[check_not_far])
    body = LineField(
        label=gettext_lazy("Formal decision: who decides?"), required=False, max_length=120,
        help_text=gettext_lazy("The board, the committee or the manager with the delegation."),
    )  # fmt: skip
    ground = TextField(
        label=gettext_lazy("Formal decision: on what ground?"), required=False, max_length=TEXT_LENGTH, widget=_area(),
        help_text=gettext_lazy("The law, the rule or the delegation."),
    )  # fmt: skip
    standing = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, before: Way | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.mark_optional = False
        if before:
            self.fields["reason"] = TextField(
                label=gettext_lazy("Why is another way needed?"), max_length=TEXT_LENGTH, widget=_area(),
                help_text=gettext_lazy("It is kept, so that it can be read afterwards."),
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for name in {"small": SMALL, "formal": FORMAL}.get(cleaned.get("kind", ""), ()):
            if not cleaned.get(name) and name not in self.errors:
                self.add_error(name, str(NEEDED[name]))
        return cleaned

    def footing(self) -> dict[str, Any]:
        names = SMALL if self.cleaned_data["kind"] == WayKind.SMALL else FORMAL
        return {name: self.cleaned_data[name] for name in names}


class DecisionForm(forms.Form):
    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=gettext_lazy("Was it a yes or a no?"), widget=forms.RadioSelect,
        choices=((YES, pgettext_lazy("decision", "Yes")), (NO, pgettext_lazy("decision", "No"))),
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose yes or no.")),
    )  # fmt: skip
    decision = TextField(label=gettext_lazy("What was decided?"), max_length=TEXT_LENGTH, widget=_area(3))
    decided_on = DayField(label=gettext_lazy("When was it decided?"), validators=[check_has_been])
    registration_number = LineField(
        label=gettext_lazy("Registration number"), max_length=40, validators=[check_registration_number],
        help_text=gettext_lazy("As it stands on the decision, like KS 2026/123."),
    )  # fmt: skip

    def decided(self) -> dict[str, Any]:
        """As `record_decision` takes it."""
        given = dict(self.cleaned_data)
        return {"granted": given.pop("outcome") == YES, **given}


class TrialForm(forms.Form):
    use_required_attribute = False

    believed = TextField(label=gettext_lazy("What do we believe?"), max_length=TEXT_LENGTH, widget=_area())
    tried = TextField(label=gettext_lazy("What do we try?"), max_length=TEXT_LENGTH, widget=_area())
    place = LineField(label=gettext_lazy("Where?"), max_length=200)
    starts_on = DayField(label=gettext_lazy("From when?"), initial=timezone.localdate, validators=[check_not_far])
    stops_on = DayField(
        label=gettext_lazy("Stop date"), validators=[check_not_far],
        help_text=gettext_lazy("That day those who lead it are asked: go on or stop?"),
    )  # fmt: skip


class EndForm(forms.Form):
    use_required_attribute = False

    happened = TextField(label=gettext_lazy("What happened?"), max_length=TEXT_LENGTH, widget=_area(3))
    next = TextField(label=gettext_lazy("What do we do next?"), max_length=TEXT_LENGTH, required=False, widget=_area())
    verdict = forms.ChoiceField(
        label=gettext_lazy("What comes of it?"), choices=Verdict, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose go on, change or stop.")),
    )  # fmt: skip
