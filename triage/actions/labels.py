"""Setting labels and taking them off. They are the coordinators' work notes: logged with who and when, told to nobody, on no trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.lifecycle import lock
from contributions.models import Contribution
from contributions.rules import UNDO_WITHIN
from organisation.enums import Role
from organisation.models import Person
from triage.models import Label, Labelling
from triage.queries.labels import labels_for

MOST_LABELS = 200
"""In one scope: more than that sorts nothing."""


@transaction.atomic
def label(
    *, by: Person, contribution: Contribution, add: Iterable[Label] = (), remove: Iterable[Label] = (), name: str = ""
) -> list[Labelling]:
    """Set some, take some off, and one by name, made if there is none. What another set meanwhile stays. Returns the new rows.

    Raises PermissionDenied, or ValidationError keyed `name`.
    """
    locked = lock(contribution.pk)
    if not by.has_perm("contributions.answer_for", locked):
        raise PermissionDenied
    Labelling.objects.filter(contribution=locked, label__in=list(remove), removed_at__isnull=True).update(
        removed_by=by, removed_at=timezone.now()
    )
    wanted = {one.pk: one for one in add}
    if name:
        named = _named(by, locked, name)
        wanted[named.pk] = named
    there = set(Labelling.objects.filter(contribution=locked, label__in=wanted, removed_at__isnull=True).values_list("label_id", flat=True))
    return Labelling.objects.bulk_create(
        [Labelling(contribution=locked, label=one, by=by) for pk, one in wanted.items() if pk not in there]
    )


def _named(by: Person, contribution: Contribution, name: str) -> Label:
    """The organisation's own before the group's; made for the whole group by whoever coordinates it, else for the organisation."""
    key = name.casefold()
    fitting = labels_for(by, contribution)
    known = fitting.filter(key=key).order_by("organisation_id").first()
    if known:
        return known
    organisation = None if by.coverage(Role.COORDINATOR).group else contribution.owner_organisation
    if Label.objects.filter(organisation=organisation).count() >= MOST_LABELS:
        raise ValidationError({"name": _("There are %(number)d labels already. Use one of them.") % {"number": MOST_LABELS}})
    made, _is_new = Label.objects.get_or_create(organisation=organisation, key=key, defaults={"name": name, "made_by": by})
    return made


@transaction.atomic
def take_off(*, by: Person, labellings: Collection[int], now: datetime | None = None) -> int:
    """Undo what the person has just set: their own, within ten seconds. Returns how many."""
    moment = now or timezone.now()
    own = Labelling.objects.filter(pk__in=labellings, by=by, at__gte=moment - UNDO_WITHIN, removed_at__isnull=True)
    return own.update(removed_by=by, removed_at=moment)
