"""Telling somebody that they might help. It opens nothing: only whoever may read it already is told."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from contributions.lifecycle import lock
from contributions.models import Contribution
from contributions.rules import readers_of
from notifications import outbox
from organisation.models import Person
from triage.models import Introduction


@transaction.atomic
def introduce(*, by: Person, contribution: Contribution, person: Person) -> bool:
    """Whether they were told now; once is enough. Raises PermissionDenied, or ValidationError where the person may not read it."""
    locked = lock(contribution.pk)
    if not by.has_perm("contributions.answer_for", locked):
        raise PermissionDenied
    if not Person.objects.filter(readers_of(locked), pk=person.pk).exists():
        raise ValidationError(_("%(name)s may not read it. Ask the author to let more people read it.") % {"name": person.full_name})
    row, is_new = Introduction.objects.get_or_create(contribution=locked, person=person, defaults={"by": by})
    if is_new:
        outbox.tell([person], "triage.introduced", {"contribution": locked.pk, "introduction": row.pk}, thread=locked.thread)
    return is_new
