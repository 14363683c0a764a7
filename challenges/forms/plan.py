"""The forms of the action plan."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.enums import Outcome, ResourceSort
from challenges.forms.people import PersonNamedField
from contributions.models import Contribution
from lib.form_rendering import DayField
from lib.text import LineField, TextField
from organisation.models import Department

FURTHEST_AHEAD = datetime.timedelta(days=3 * 365)
MOST = 100_000_000


def check_not_far(day: datetime.date) -> None:
    if not datetime.date(2000, 1, 1) <= day <= timezone.localdate() + FURTHEST_AHEAD:
        raise ValidationError(_("Choose a day within three years."))


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Put what an action refused beside its fields."""
    problems = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for name, messages in problems.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)


class ItemForm(forms.Form):
    use_required_attribute = False

    what = LineField(label=gettext_lazy("What is to be done?"), max_length=300)
    due_on = DayField(label=gettext_lazy("Until when?"), validators=[check_not_far])
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, about: Contribution, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        help_text = gettext_lazy("Write the name. Whoever you choose is told, and reminded before the day.")
        self.fields["who"] = PersonNamedField(about=about, label=gettext_lazy("Who does it?"), help_text=help_text)
        self.order_fields(["what", "who", "due_on", "version"])


class ResourceForm(forms.Form):
    """Of a person or of a department, one of them."""

    use_required_attribute = False

    sort = forms.ChoiceField(
        label=gettext_lazy("What kind of help is it?"), choices=ResourceSort, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose hours, money or equipment.")),
    )  # fmt: skip
    what = LineField(label=gettext_lazy("What is it for?"), max_length=200)
    amount = forms.IntegerField(
        label=gettext_lazy("How many hours, or how many kronor?"), required=False, min_value=1, max_value=MOST,
        help_text=gettext_lazy("Equipment needs no number."),
        error_messages={
            "invalid": gettext_lazy("Write a whole number, without letters."), "min_value": gettext_lazy("Write a number above zero."),
            "max_value": gettext_lazy("That is too much. Write a smaller number."),
        },
    )  # fmt: skip
    giving_department = forms.ModelChoiceField(
        Department.objects.none(), label=gettext_lazy("Which department is asked?"), required=False,
        empty_label=gettext_lazy("No department, a person"), help_text=gettext_lazy("Those who coordinate the department are asked, and answer."),
        error_messages={"invalid_choice": gettext_lazy("Choose one of the departments.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, about: Contribution, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["giver"] = PersonNamedField(about=about, label=gettext_lazy("Or which person?"), required=False)
        self.fields["giving_department"].queryset = Department.objects.open().select_related("organisation")  # type: ignore[attr-defined]
        self.fields["giving_department"].label_from_instance = department_label  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        wrong = {"giver", "giving_department"} & set(self.errors)
        if not wrong and (cleaned.get("giver") is None) == (cleaned.get("giving_department") is None):
            self.add_error("giving_department", _("Choose a department or write a person, one of them."))
        if cleaned.get("sort") in (ResourceSort.HOURS, ResourceSort.MONEY) and not cleaned.get("amount") and "amount" not in self.errors:
            self.add_error("amount", _("Write how much is needed. A guess is fine."))
        return cleaned


def department_label(department: Department) -> str:
    return f"{department.name}, {department.organisation.short_name}"


class AnswerForm(forms.Form):
    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=gettext_lazy("Your answer"), choices=Outcome, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose an answer.")),
    )  # fmt: skip
    note = TextField(
        label=gettext_lazy("What do you want to say?"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A no, or less than was asked for, needs a word about why."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("outcome") in (Outcome.PARTLY, Outcome.REFUSED) and not cleaned.get("note") and "note" not in self.errors:
            self.add_error("note", _("Write why, in a sentence."))
        return cleaned
