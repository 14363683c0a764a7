"""Looking for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lib.text import LineField, WordsField
from network.models import COMPETENCE_LENGTH, MOST_COMPETENCES
from organisation.forms import DepartmentField
from organisation.models import Department, Organisation
from organisation.queries import LONGEST_SEARCH


class DirectoryForm(forms.Form):
    q = LineField(
        label=_("Name, title, department or what they are good at"),
        required=False,
        max_length=LONGEST_SEARCH,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("Organisation"), required=False, empty_label=_("All"), to_field_name="code"
    )
    department = DepartmentField(label=_("Department"), required=False, empty=_("All"))

    mark_optional = False

    def __init__(self, *args: Any, departments: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, DepartmentField)
        field.offer(departments)


class CompetencesForm(forms.Form):
    use_required_attribute = False
    mark_optional = False

    competences = WordsField(
        label=_("What are you good at?"),
        help_text=_(
            "Parted by commas, for example: soldering, Excel, Meänkieli, dementia care. At most 20. Leave it empty to say nothing."
        ),
        required=False,
        most=MOST_COMPETENCES,
        longest=COMPETENCE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
