"""The forms of the result and of who has taken it up."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.forms.plan import department_label
from challenges.forms.trials import TEXT_LENGTH, check_has_been
from challenges.queries.spread import departments_spoken_for
from lib.form_rendering import DayField
from lib.text import LineField, TextField
from organisation.models import Department, Person


class ResultForm(forms.Form):
    use_required_attribute = False

    text = TextField(label=gettext_lazy("What solved it?"), max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))
    effect = TextField(
        label=gettext_lazy("What is different now, and for whom?"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    before = forms.DecimalField(label=gettext_lazy("Before"), required=False, max_digits=12, decimal_places=2, localize=True)
    after = forms.DecimalField(label=gettext_lazy("After"), required=False, max_digits=12, decimal_places=2, localize=True)
    unit = LineField(
        label=gettext_lazy("Of what?"), required=False, max_length=60, help_text=gettext_lazy("Like garments a week, or minutes a visit."),
    )  # fmt: skip
    version = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given = {name: cleaned.get(name) not in (None, "") for name in ("before", "after", "unit")}
        if any(given.values()):
            for name, is_given in given.items():
                if not is_given and name not in self.errors:
                    self.add_error(name, _("A number needs all three: before, after and of what."))
        return cleaned


class AdoptionEndForm(forms.Form):
    use_required_attribute = False

    learnt = TextField(
        label=gettext_lazy("What did it teach you?"), required=False, max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Leave it empty if it was told by mistake."),
    )  # fmt: skip


class AdoptionForm(forms.Form):
    use_required_attribute = False

    since = DayField(label=gettext_lazy("Since when?"), initial=timezone.localdate, validators=[check_has_been])
    changed = TextField(
        label=gettext_lazy("What did you change to make it fit?"), required=False, max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("The next one learns from it."),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, person: Person, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        departments = Department.objects.open().filter(departments_spoken_for(person)).select_related("organisation")
        field = forms.ModelChoiceField(
            departments, label=gettext_lazy("Which department?"), initial=person.department_id, empty_label=None,
            error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a department that you speak for.")),
        )  # fmt: skip
        field.label_from_instance = department_label  # type: ignore[method-assign,assignment]
        self.fields["department"] = field
        self.order_fields(["department", "since", "changed"])
