"""Setting labels and taking them off. They are the coordinators' work notes: logged with who and when, told to nobody, on no trail."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef
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


@dataclass(frozen=True)
class Changed:
    """Ids of the labellings that an act has made, and of those it has taken off."""

    on: list[int]
    off: list[int]


@transaction.atomic
def label(*, by: Person, contribution: Contribution, add: Iterable[Label] = (), remove: Iterable[Label] = (), name: str = "") -> Changed:
    """Set some, take some off, and one by name, made if there is none. What another set meanwhile stays.

    Raises PermissionDenied, or ValidationError keyed `name`.
    """
    locked = lock(contribution.pk)
    if not by.has_perm("contributions.answer_for", locked):
        raise PermissionDenied
    off = list(Labelling.objects.filter(contribution=locked, label__in=list(remove), removed_at__isnull=True).values_list("pk", flat=True))
    Labelling.objects.filter(pk__in=off).update(removed_by=by, removed_at=timezone.now())
    wanted = {one.pk: one for one in add}
    if name:
        named = _named(by, locked, name)
        wanted[named.pk] = named
    there = set(Labelling.objects.filter(contribution=locked, label__in=wanted, removed_at__isnull=True).values_list("label_id", flat=True))
    rows = [Labelling(contribution=locked, label=one, by=by) for pk, one in wanted.items() if pk not in there]
    return Changed(on=[row.pk for row in Labelling.objects.bulk_create(rows)], off=off)


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
def take_back(*, by: Person, on: Collection[int] = (), off: Collection[int] = (), now: datetime | None = None) -> int:
    """Undo what the person has just done with labels: their own, within ten seconds. Returns how many are as they were.

    What was taken off stands again as if it never had been, unless somebody has set the same label anew.
    """
    since = (now or timezone.now()) - UNDO_WITHIN
    if about := sorted({*Labelling.objects.filter(pk__in=off).values_list("contribution", flat=True)}):
        lock(*about)
    own = Labelling.objects.filter(pk__in=on, by=by, at__gte=since, removed_at__isnull=True)
    taken_off = own.update(removed_by=by, removed_at=timezone.now())
    again = Labelling.objects.filter(contribution=OuterRef("contribution"), label=OuterRef("label"), removed_at__isnull=True)
    lost = Labelling.objects.filter(~Exists(again), pk__in=off, removed_by=by, removed_at__gte=since)
    return taken_off + lost.update(removed_by=None, removed_at=None)
