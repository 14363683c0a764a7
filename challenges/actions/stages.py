"""What every write on a stage begins with: the lock, and what the stage leaves open."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from contributions.lifecycle import lock
from contributions.models import Contribution
from organisation.models import Person


class Overtaken(Exception):
    """Somebody wrote the row after it was read. Carries it as it stands, or None when it is gone."""

    def __init__(self, standing: Any = None) -> None:
        super().__init__()
        self.standing = standing


def locked_for(by: Person, pk: int, permission: str) -> Contribution:
    """The challenge under its lock. Raises PermissionDenied when its stage, or the person, does not allow this now."""
    locked = lock(pk)
    if not by.has_perm(permission, locked):
        raise PermissionDenied
    return locked


def moved(locked: Contribution) -> None:
    """Something happened to it: it rises in the lists."""
    locked.last_activity_at = timezone.now()
    locked.save(update_fields=["last_activity_at"])
