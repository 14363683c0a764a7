"""The matrix of what a person wants to hear of, and how."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications import actions
from notifications.enums import Channel, Frequency
from notifications.messages import choosable_kinds
from notifications.models import DigestChoice, Preference
from notifications.outbox import Kind

NOT_CHOSEN = {"required": _("Choose one of the ways offered."), "invalid_choice": _("Choose one of the ways offered.")}


class Row(NamedTuple):
    kind: Kind
    field: forms.BoundField


class PreferencesForm(forms.Form):
    """One choice of channel for each kind the person is offered, named by its code, and how often the digest comes."""

    digest = forms.ChoiceField(label=_("The digest comes"), choices=Frequency, widget=forms.RadioSelect, error_messages=NOT_CHOSEN)

    def __init__(self, person: Any, data: Mapping[str, Any] | None = None) -> None:
        self.person = person
        self.kinds = choosable_kinds(person)
        self.chosen = {kind.code: kind.default.value for kind in self.kinds} | dict(
            Preference.objects.filter(person=person).values_list("kind", "channel")
        )
        frequency = DigestChoice.objects.filter(person=person).values_list("frequency", flat=True).first()
        super().__init__(data, initial={**self.chosen, "digest": frequency or Frequency.DAILY})
        for kind in self.kinds:
            self.fields[kind.code] = forms.ChoiceField(
                label=str(kind.label), choices=Channel, widget=forms.RadioSelect, error_messages=NOT_CHOSEN
            )

    def rows(self) -> Iterator[Row]:
        for kind in self.kinds:
            yield Row(kind, self[kind.code])

    def save(self) -> None:
        channels = {kind.code: Channel(self.cleaned_data[kind.code]) for kind in self.kinds}
        changed = {code: channel for code, channel in channels.items() if channel != self.chosen[code]}
        actions.choose_channels(by=self.person, channels=changed)
        if "digest" in self.changed_data:
            actions.choose_frequency(by=self.person, frequency=Frequency(self.cleaned_data["digest"]))
