"""Writing together: the author invites, the invited answers, either may end it. Nothing changes before there is an answer."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.enums import ParticipantRole, Status
from contributions.lifecycle import lock, note_on_trail
from contributions.models import Contribution, Follow, Participant
from notifications import outbox
from organisation.models import Person

MOST_INVITED = 5
MOST_COAUTHORS = 10
REMARK_LENGTH = 300


@transaction.atomic
def invite(*, by: Person, contribution: Contribution, person: Person) -> Participant:
    """Ask somebody to write with the author. Who is asked already is asked once.

    Raises PermissionDenied for all but the author, or ValidationError keyed `person` with why it cannot be.
    """
    locked = _own(by, contribution)
    roles = set(Participant.objects.filter(contribution=locked, person=person).values_list("role", flat=True))
    if refusal := _why_not(locked, person, roles):
        raise ValidationError({"person": refusal})
    row, is_new = Participant.objects.get_or_create(
        contribution=locked, person=person, role=ParticipantRole.INVITED, defaults={"invited_by": by}
    )
    if is_new:
        ids = {"contribution": locked.pk, "invitation": row.pk}
        outbox.tell([person], "contributions.invited", ids, thread=locked.thread, cause=_cause(row.pk))
    return row


def _why_not(locked: Contribution, person: Person, roles: set[str]) -> str:
    """Why this person cannot be invited, in a sentence; empty when they can."""
    name = {"name": person.full_name}
    open_invitations = locked.participants.filter(role=ParticipantRole.INVITED).count()
    coauthors = locked.participants.filter(role=ParticipantRole.COAUTHOR).count()
    written_for = locked.participants.select_related("person").filter(role=ParticipantRole.ON_BEHALF).first()
    if locked.status == Status.MERGED or locked.is_hidden:
        return _("Nobody can be invited to this now.")
    if written_for:
        return _("You write this for %(name)s, who is to be its author.") % {"name": written_for.person.full_name}
    if not person.is_active:
        return _("%(name)s no longer works here. Choose somebody else.") % name
    if person.pk == locked.author_id:
        return _("You are the author already. Choose somebody else.")
    if ParticipantRole.COAUTHOR in roles:
        return _("%(name)s writes with you already.") % name
    if ParticipantRole.INVITED in roles:
        return ""
    if open_invitations >= MOST_INVITED:
        return _("%(number)d people have not answered yet. Wait for them, or take an invitation back.") % {"number": MOST_INVITED}
    if coauthors + open_invitations >= MOST_COAUTHORS:
        return _("At most %(number)d people can write with you.") % {"number": MOST_COAUTHORS}
    return ""


@transaction.atomic
def accept(*, by: Person, contribution: Contribution) -> None:
    """From now on they write with the author, and hear of what happens."""
    locked, row = _answered(by, contribution)
    Participant.objects.filter(contribution=locked, person=by, role=ParticipantRole.COAUTHOR).exclude(pk=row.pk).delete()
    row.role, row.since = ParticipantRole.COAUTHOR, timezone.now()
    row.save(update_fields=["role", "since"])
    Follow.objects.get_or_create(contribution=locked, person=by)
    _tell_author(locked, note_on_trail(by=by, contribution=locked, step="joined").pk)


@transaction.atomic
def decline(*, by: Person, contribution: Contribution, remark: str = "") -> None:
    """The invitation is gone. What is remarked is for the author alone."""
    locked, _row = _answered(by, contribution)
    _end(locked, by, ParticipantRole.INVITED)
    _tell_author(locked, note_on_trail(by=by, contribution=locked, step="invitation_declined", text=remark[:REMARK_LENGTH]).pk)


@transaction.atomic
def withdraw_invitation(*, by: Person, contribution: Contribution, person: Person) -> bool:
    """Whether there was one; nothing is said of it."""
    return _end(_own(by, contribution), person, ParticipantRole.INVITED)


@transaction.atomic
def remove(*, by: Person, contribution: Contribution, person: Person) -> bool:
    """The author ends it. Whether the person was a co-author until now."""
    locked = _own(by, contribution)
    was_with = _part(locked, person)
    if was_with:
        note_on_trail(by=by, contribution=locked, step="left", text=person.full_name)
    return was_with


@transaction.atomic
def leave(*, by: Person, contribution: Contribution) -> None:
    """The co-author ends it. Raises PermissionDenied for somebody who is none."""
    locked = lock(contribution.pk)
    if not by.is_active or not _part(locked, by):
        raise PermissionDenied
    _tell_author(locked, note_on_trail(by=by, contribution=locked, step="left").pk)


def _own(by: Person, contribution: Contribution) -> Contribution:
    locked = lock(contribution.pk)
    if not by.is_active or not by.has_perm("contributions.own", locked):
        raise PermissionDenied
    return locked


def _answered(by: Person, contribution: Contribution) -> tuple[Contribution, Participant]:
    """Under the lock, so that an invitation is answered once."""
    locked = lock(contribution.pk)
    row = locked.participants.filter(person=by, role=ParticipantRole.INVITED).first()
    if row is None or not by.has_perm("contributions.answer_invitation", locked):
        raise ValidationError(_("The invitation has been answered or taken back meanwhile."))
    return locked, row


def _part(locked: Contribution, person: Person) -> bool:
    Follow.objects.filter(contribution=locked, person=person).delete()
    return _end(locked, person, ParticipantRole.COAUTHOR)


def _end(locked: Contribution, person: Person, role: ParticipantRole) -> bool:
    """The row goes, and with it what the person was told of it."""
    row = Participant.objects.filter(contribution=locked, person=person, role=role).first()
    if row is None:
        return False
    outbox.cancel(_cause(row.pk))
    row.delete()
    return True


def _cause(pk: int) -> str:
    return f"invitation:{pk}"


def _tell_author(locked: Contribution, entry: int) -> None:
    ids = {"contribution": locked.pk, "entry": entry}
    outbox.tell([locked.author_id], "contributions.invitation_answered", ids, thread=locked.thread)
