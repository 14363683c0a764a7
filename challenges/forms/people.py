"""Naming one colleague in a field of its own."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.models import Contribution
from contributions.queries.mentions import words_of
from contributions.rules import readers_of
from lib.sort_keys import swedish_sort_key
from lib.text import LineField
from organisation.models import Person

NAME_LENGTH = 200


class PersonNamedField(LineField):
    """Somebody who may read the contribution, by name (completed while one types) or work address. Cleans to a Person."""

    default_error_messages = {"required": gettext_lazy("Write the name of a colleague.")}

    def __init__(self, *, about: Contribution, **kwargs: Any) -> None:
        super().__init__(max_length=NAME_LENGTH, **kwargs)
        self.about = about
        self.widget.attrs |= {"data-people": reverse("people_to_name", args=(about.pk,)), "autocomplete": "off"}

    def clean(self, value: Any) -> Person | None:
        typed = super().clean(value).lstrip("@").strip()
        if not typed and self.required:
            raise ValidationError(self.error_messages["required"])
        return self._named(typed) if typed else None

    def prepare_value(self, value: Any) -> Any:
        return value.full_name if isinstance(value, Person) else value

    def _named(self, typed: str) -> Person:
        readers = Person.objects.filter(readers_of(self.about))
        if "@" in typed and "(" not in typed and (found := readers.filter(email__iexact=typed).first()):
            return found
        named = words_of(self.about, f"@{typed}").people
        if len(named) == 1:
            return Person.objects.get(pk=named.pop())
        raise ValidationError(self._why_not(typed))

    def _why_not(self, typed: str) -> str:
        words = swedish_sort_key(typed).split()
        keys = [" ".join((*words[place:], *words[:place])) for place in range(1, len(words))]
        namesakes = list(Person.objects.filter(Q(sort_key__in=keys) | Q(email__iexact=typed)))
        name = {"name": typed}
        if namesakes and not any(person.is_active for person in namesakes):
            return _("%(name)s no longer works here. Choose somebody else.") % name
        if len([person for person in namesakes if person.is_active]) > 1:
            return _("Several are called %(name)s. Write the work address instead.") % name
        if namesakes:
            return _("%(name)s may not read the challenge. Choose somebody else.") % name
        return _("Nobody by that name may read the challenge. Write the whole name, or the work address.")
