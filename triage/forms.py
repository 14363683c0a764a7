"""The forms of triage's own acts: labels on one, an act on many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.text import LineField, number
from organisation.models import Person
from triage.models import LABEL_LENGTH, Label


class NamedLabelField(LineField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"list": "labels", "autocomplete": "off"})
        super().__init__(label=_("Label"), max_length=LABEL_LENGTH, widget=widget, **kwargs)


class LabelForm(forms.Form):
    """One by name, made if there is none, and those that are to be on it of those there are. `had` says which were on it when it was read,
    so that what another sets meanwhile stays."""

    use_required_attribute = False
    mark_optional = False

    name = NamedLabelField(required=False, help_text=_("A new name makes a new label. Only coordinators see labels."))
    labels = forms.ModelMultipleChoiceField(
        Label.objects.none(), label=_("On it"), required=False, widget=forms.CheckboxSelectMultiple,
        error_messages=dict.fromkeys(("invalid_choice", "invalid_pk_value", "invalid_list"), _("Choose labels in the list.")),
    )  # fmt: skip
    had = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, usable: Sequence[Label], on_it: Sequence[Label], **kwargs: Any) -> None:
        held = [one.pk for one in on_it]
        kwargs["initial"] = {"labels": held, "had": "-".join(map(str, held))}
        super().__init__(*args, **kwargs)
        field = self.fields["labels"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = Label.objects.filter(pk__in=[one.pk for one in (*usable, *on_it)])
        if not usable and not on_it:
            del self.fields["labels"]
        self.fields["name"].widget.attrs["autofocus"] = True

    def changes(self) -> tuple[list[Label], list[Label]]:
        """Those to set, and those to take off."""
        had = {pk for one in self.cleaned_data["had"].split("-") if (pk := number(one))}
        chosen = {one.pk: one for one in self.cleaned_data.get("labels", ())}
        gone = Label.objects.filter(pk__in=had - set(chosen))
        return [one for pk, one in chosen.items() if pk not in had], list(gone)


class _Coordinator(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name}, {obj.department.name}"


class AssignManyForm(forms.Form):
    """To whom; whether they answer for each of them is asked one by one."""

    use_required_attribute = False

    assignee = _Coordinator(
        Person.objects.none(), label=_("Who answers for them?"), empty_label=None, widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Choose a coordinator.")),
    )  # fmt: skip

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["assignee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = people


class LabelManyForm(forms.Form):
    use_required_attribute = False

    name = NamedLabelField()
