"""Building the chain of whys together: a link at a time, each its own act under the lock, so that two at once are both kept."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from challenges.actions.understanding import held, move_on, write_chain
from challenges.enums import MOST_WHYS, Shift
from challenges.models import Why
from contributions.actions.texts import keep_revision
from contributions.enums import Opening
from contributions.models import Contribution
from organisation.models import Person


@transaction.atomic
def add(*, by: Person, challenge: Contribution, question: str, answer: str) -> Why:
    """Add a link at the end. The same link once more is the same one.

    Raises PermissionDenied, or ValidationError keyed by field name when the chain is full or closed meanwhile.
    """
    locked, _row = held(challenge)
    check(by, locked, "challenges.ask_why", "question")
    standing = list(Why.objects.filter(contribution=locked))
    if same := next((why for why in standing if (why.question, why.answer) == (question, answer)), None):
        return same
    if len(standing) >= MOST_WHYS:
        raise ValidationError({"question": _("The chain has %(number)d whys, and more do not fit.") % {"number": MOST_WHYS}})
    pairs = [(why.question, why.answer) for why in standing]
    keep_revision(by, locked, {"whys": pairs})
    write_chain(by, locked, [*pairs, (question, answer)])
    move_on(locked)
    return Why.objects.get(contribution=locked, position=len(pairs) + 1)


@transaction.atomic
def shift(*, by: Person, challenge: Contribution, why: tuple[str, str], to: Shift) -> bool:
    """Move a link one place, or take it away; `why` is its words. Whether anything changed: it may be gone, or at the end already."""
    locked, _row = held(challenge)
    if not by.has_perm("challenges.understand", locked):
        raise PermissionDenied
    standing = list(Why.objects.filter(contribution=locked).values_list("question", "answer"))
    if why not in standing:
        return False
    place, moved = standing.index(why), list(standing)
    moved.remove(why)
    if to != Shift.AWAY:
        moved.insert(max(0, place + (-1 if to == Shift.UP else 1)), why)
    if moved == standing:
        return False
    keep_revision(by, locked, {"whys": standing})
    write_chain(by, locked, moved)
    move_on(locked)
    return True


def check(by: Person, locked: Contribution, permission: str, field: str) -> None:
    """Permission once more, as it stands under the lock; of what has closed meanwhile, a sentence beside the field."""
    if not by.has_perm("contributions.see", locked):
        raise PermissionDenied
    if not locked.opens(Opening.UNDERSTAND):
        raise ValidationError({field: _("It was closed for this meanwhile. What you wrote is still here.")})
    if not by.has_perm(permission, locked):
        raise PermissionDenied
