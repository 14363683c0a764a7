"""What came of it, and who has taken it up."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.actions.stages import Overtaken, locked_for, moved
from challenges.actions.windows import leads
from challenges.models import Adoption, Result
from challenges.rules import speaks_for
from contributions.lifecycle import lock, note_on_trail
from contributions.models import Contribution
from notifications import outbox
from organisation.models import Department, Person

ADOPTED_BY, ADOPTED_NO_MORE = "adopted_by", "adopted_no_more"


@transaction.atomic
def write_result(*, by: Person, challenge: Contribution, version: int, values: Mapping[str, Any]) -> Result:
    """`values`: text, effect, before, after, unit. Version 0 is of what nobody has written. Raises Overtaken with what stands."""
    locked = locked_for(by, challenge.pk, "challenges.spread")
    standing = Result.objects.filter(contribution=locked).first()
    if (standing.version if standing else 0) != version:
        raise Overtaken(standing)
    written = {**values, "version": version + 1, "written_at": timezone.now(), "written_by": by}
    result, _created = Result.objects.update_or_create(contribution=locked, defaults=written)
    moved(locked)
    return result


@transaction.atomic
def adopt(*, by: Person, challenge: Contribution, department: Department, since: datetime.date, changed: str) -> Adoption:
    """Say that a department does it now. The same department twice is once. Raises PermissionDenied, or ValidationError by field."""
    locked = locked_for(by, challenge.pk, "challenges.adopt")
    if not speaks_for(by, department):
        raise PermissionDenied
    if since > timezone.localdate():
        raise ValidationError({"since": _("Choose a day that has been.")})
    if Adoption.objects.filter(contribution=locked, department=department, ended_at__isnull=True).exists():
        raise ValidationError({"department": _("%(place)s already stands here.") % {"place": department.name}})
    adoption = Adoption.objects.create(contribution=locked, department=department, since=since, changed=changed, told_by=by)
    note_on_trail(by=by, contribution=locked, step=ADOPTED_BY, text=f"{adoption.place}. {changed}".strip())
    moved(locked)
    told = dict.fromkeys((locked.author_id, *leads(locked)))
    told.pop(by.pk, None)
    outbox.tell(told, "challenges.adopted", {"contribution": locked.pk, "adoption": adoption.pk}, thread=locked.thread)
    return adoption


@transaction.atomic
def end_adoption(*, by: Person, adoption: Adoption, learnt: str) -> None:
    """The department does it no longer, or never did. It stays as a row, with what it taught. The same twice is once."""
    locked = lock(adoption.contribution_id)
    row = Adoption.objects.select_related("department__organisation").get(pk=adoption.pk)
    row.contribution = locked
    if not by.has_perm("challenges.end_adoption", row):
        raise PermissionDenied
    if row.ended_at is not None:
        return
    row.ended_at, row.ended_by, row.learnt = timezone.now(), by, learnt
    row.save(update_fields=["ended_at", "ended_by", "learnt"])
    note_on_trail(by=by, contribution=locked, step=ADOPTED_NO_MORE, text=f"{row.place}. {learnt}".strip())
    moved(locked)
