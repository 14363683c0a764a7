"""The words both kinds share: what somebody has seen, and whom it touches."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contributions.actions.texts import missing_words
from contributions.enums import TouchedGroup
from contributions.models import MOST_WANTED, TEXT_LENGTH, TITLE_LENGTH, WANTED_LENGTH, Contribution
from contributions.queries.places import Place
from lib.text import LineField, TextField, WordsField


class TextsForm(forms.Form):
    """Title, problem and whom it touches. `complete`: all that sending needs has to be there."""

    use_required_attribute = False
    mark_optional = False

    title = LineField(
        label=_("Heading"),
        help_text=_("So that a colleague recognises it."),
        max_length=TITLE_LENGTH,
        widget=forms.TextInput(attrs={"autocapitalize": "sentences", "autocomplete": "off", "enterkeyhint": "next"}),
    )
    problem = TextField(
        label=_("What happens?"),
        help_text=_(
            "When, where and for whom? An example from yesterday is better than an explanation. "
            "Write no names of people in care, pupils or tenants."
        ),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6, "autocapitalize": "sentences", "enterkeyhint": "enter"}),
    )
    touched_groups = forms.MultipleChoiceField(
        label=_("Who is touched?"),
        help_text=_("Choose as many as you like. It helps the right people find it."),
        choices=TouchedGroup,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    touched = forms.TypedMultipleChoiceField(
        label=_("Departments and units"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, places: Iterable[Place], complete: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complete = complete
        self.places = places
        choices = [
            (place.organisation.short_name, [(node.department.pk, node.department.name) for node in place.departments]) for place in places
        ]
        self.fields["touched"].choices = choices  # type: ignore[attr-defined]
        for name in ("title", "problem"):
            self.fields[name].required = False

    @property
    def chosen(self) -> set[str]:
        """The departments ticked, as the form stands."""
        return {str(pk) for pk in self["touched"].value() or ()}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.complete:
            words = {name: cleaned.get(name, "") for name in ("title", "problem") if name not in self.errors}
            for name, message in missing_words(**words).items():
                self.add_error(name, message)
        return cleaned


class WantedField(WordsField):
    """The competences that are looked for."""

    def __init__(self) -> None:
        super().__init__(
            label=_("What do you need help with?"),
            help_text=_("Parted by commas, at most eight. For example: drawing, Excel, soldering. Those who can do it find you."),
            required=False,
            most=MOST_WANTED,
            longest=WANTED_LENGTH,
        )


class EditTextsForm(TextsForm):
    """The same of what has been sent, with the help that is wanted."""

    help_wanted = WantedField()


def texts_of(contribution: Contribution) -> dict[str, Any]:
    """What stands, as the form's initial values."""
    return {
        "title": contribution.title,
        "problem": contribution.problem,
        "touched_groups": contribution.touched_groups,
        "help_wanted": contribution.help_wanted,
        "touched": [department.pk for department in contribution.touched.all()],
    }
