"""Saying what one is good at."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from lib.sort_keys import swedish_sort_key
from network.models import MOST_COMPETENCES, Competence
from organisation.models import Person


@transaction.atomic
def set_competences(*, by: Person, names: Iterable[str]) -> None:
    """One's own, in this order; what is left out is gone. The same word in another spelling of case or accent is one.

    Raises PermissionDenied for somebody who is not active, ValidationError keyed `competences`.
    """
    if not by.is_active:
        raise PermissionDenied
    Person.objects.select_for_update(no_key=True).get(pk=by.pk)
    wanted: dict[str, str] = {}
    for name in names:
        key = swedish_sort_key(name)
        if not key:
            raise ValidationError({"competences": _("“%(name)s” has no letters. Write a word.") % {"name": name}})
        wanted.setdefault(key, name)
    if len(wanted) > MOST_COMPETENCES:
        raise ValidationError({"competences": _("Write at most %(number)d.") % {"number": MOST_COMPETENCES}})
    Competence.objects.filter(person=by).exclude(key__in=wanted).delete()
    rows = [Competence(person=by, key=key, name=name, position=place) for place, (key, name) in enumerate(wanted.items())]
    Competence.objects.bulk_create(rows, update_conflicts=True, unique_fields=["person", "key"], update_fields=["name", "position"])
