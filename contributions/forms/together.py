"""Choosing somebody by name, and answering with a word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.actions.together import REMARK_LENGTH
from lib.form_rendering import ChoiceCards
from lib.text import LineField
from organisation.models import Person
from organisation.queries import LONGEST_SEARCH


class WhoForm(forms.Form):
    """What to look for; asked of the address."""

    use_required_attribute = False
    mark_optional = False

    q = LineField(
        label=_("Name, title or department"), required=False, max_length=LONGEST_SEARCH, widget=forms.TextInput(attrs={"type": "search"})
    )


class PersonForm(forms.Form):
    """One of the people found, as cards."""

    use_required_attribute = False

    person = forms.TypedChoiceField(
        label=_("Choose one"), coerce=int, widget=ChoiceCards,
        error_messages={"required": _("Choose somebody."), "invalid_choice": _("Choose somebody in the list. Search once more.")},
    )  # fmt: skip

    def __init__(self, *args: Any, people: Sequence[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.pk: person for person in people}
        field = self.fields["person"]
        assert isinstance(field, forms.TypedChoiceField)
        cards = field.widget
        assert isinstance(cards, ChoiceCards)
        field.choices = [(pk, person.full_name) for pk, person in self.people.items()]
        cards.descriptions = {str(pk): place_of(person) for pk, person in self.people.items()}

    def chosen(self) -> Person:
        return self.people[self.cleaned_data["person"]]


def place_of(person: Person) -> str:
    """Title, department and organisation, so that two of the same name can be told apart."""
    parts = (person.job_title, person.department.name, person.department.organisation.short_name)
    return ", ".join(part for part in parts if part)


class AnswerForm(forms.Form):
    """Yes or no, and a word with the no."""

    use_required_attribute = False

    answer = forms.ChoiceField(
        choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput,
        error_messages={"required": _("Choose one of the two buttons."), "invalid_choice": _("Choose one of the two buttons.")},
    )  # fmt: skip
    remark = LineField(label=_("A word with your no"), required=False, max_length=REMARK_LENGTH)
