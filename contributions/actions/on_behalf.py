"""An ambassador writes down a colleague's idea. It becomes the colleague's when they say so, and is sent by nobody before that."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.actions.texts import missing_words
from contributions.enums import Audience, ParticipantRole
from contributions.lifecycle import IllegalStep, StaleVersion, lock, note_on_trail
from contributions.models import Contribution, Participant
from notifications import outbox
from organisation.models import Person

REMARK_LENGTH = 300


@transaction.atomic
def bring_in(*, by: Person, draft: Contribution, colleague: Person) -> None:
    """The draft is written for this colleague, who knows nothing of it yet. Saying it twice changes nothing.

    Raises PermissionDenied for whoever is no ambassador where the colleague works, IllegalStep when it is no draft.
    """
    locked = _own_draft(by, draft)
    if not by.has_perm("contributions.bring_in", colleague):
        raise PermissionDenied
    written_for = locked.participants.filter(role=ParticipantRole.ON_BEHALF)
    if not written_for.exists():
        Participant.objects.create(contribution=locked, person=colleague, role=ParticipantRole.ON_BEHALF)


@transaction.atomic
def ask_to_confirm(*, by: Person, draft: Contribution) -> Person:
    """The colleague is told, and reads the draft from now on. Asking again tells nobody twice.

    Raises PermissionDenied, IllegalStep, or ValidationError when something is missing or the colleague cannot be asked.
    """
    locked = _own_draft(by, draft)
    row = _written_for(locked)
    if not by.has_perm("contributions.bring_in", row.person):
        name = {"name": row.person.full_name}
        raise ValidationError(_("%(name)s no longer works where you are an ambassador, so you cannot ask.") % name)
    if missing := missing_words(title=locked.title, problem=locked.problem):
        raise ValidationError(list(missing.values()))
    if row.invited_by_id is None:
        row.invited_by, row.since = by, timezone.now()
        row.save(update_fields=["invited_by", "since"])
        ids = {"contribution": locked.pk, "invitation": row.pk}
        outbox.tell([row.person_id], "contributions.brought_in", ids, thread=locked.thread, cause=_cause(row.pk))
    return row.person


@transaction.atomic
def confirm(*, by: Person, contribution: Contribution, version: int) -> Contribution:
    """It becomes the colleague's: author, department and owner are theirs, and the ambassador writes with them. Still a draft.

    Raises ValidationError when it is no longer asked, StaleVersion when it was changed after this version was read.
    """
    locked = _asked(by, contribution)
    if version != locked.version:
        raise StaleVersion(locked)
    ambassador = locked.author
    Participant.objects.filter(contribution=locked, person=by).delete()
    columns = {
        "author": by, "department": by.department, "owner_organisation": by.organisation, "audience": Audience.AUTHOR, "ambassador": None,
        "version": locked.version + 1, "last_activity_at": timezone.now(),
    }  # fmt: skip
    for name, value in columns.items():
        setattr(locked, name, value)
    locked.save(update_fields=list(columns))
    Participant.objects.create(contribution=locked, person=ambassador, role=ParticipantRole.COAUTHOR, invited_by=by)
    _tell_ambassador(locked, ambassador, note_on_trail(by=by, contribution=locked, step="brought_in").pk)
    return locked


@transaction.atomic
def decline(*, by: Person, contribution: Contribution, remark: str = "") -> None:
    """Nothing stands in the colleague's name any more; what is left is a plain draft of the ambassador's own."""
    locked = _asked(by, contribution)
    _end(locked)
    note = note_on_trail(by=by, contribution=locked, step="brought_in_declined", text=remark[:REMARK_LENGTH])
    _tell_ambassador(locked, locked.author, note.pk)


@transaction.atomic
def keep_as_own(*, by: Person, draft: Contribution) -> None:
    """The ambassador writes it for nobody else after all."""
    locked = _own_draft(by, draft)
    _end(locked)


def _end(locked: Contribution) -> None:
    """It is written for nobody else, and what the colleague was told of it goes too."""
    for row in locked.participants.filter(role=ParticipantRole.ON_BEHALF):
        outbox.cancel(_cause(row.pk))
        row.delete()


def _cause(pk: int) -> str:
    return f"invitation:{pk}"


def _own_draft(by: Person, draft: Contribution) -> Contribution:
    locked = lock(draft.pk)
    if not by.is_active or not by.has_perm("contributions.own", locked):
        raise PermissionDenied
    if not locked.is_draft:
        raise IllegalStep("bring_in")
    return locked


def _written_for(locked: Contribution) -> Participant:
    row = locked.participants.select_related("person__department").filter(role=ParticipantRole.ON_BEHALF).first()
    if row is None:
        raise IllegalStep("bring_in")
    return row


def _asked(by: Person, contribution: Contribution) -> Contribution:
    """Under the lock, so that it is answered once."""
    locked = lock(contribution.pk)
    if not locked.is_draft or not by.has_perm("contributions.confirm", locked):
        raise ValidationError(_("It has been answered or taken back meanwhile."))
    return locked


def _tell_ambassador(locked: Contribution, ambassador: Person, entry: int) -> None:
    ids = {"contribution": locked.pk, "entry": entry}
    outbox.tell([ambassador], "contributions.invitation_answered", ids, thread=locked.thread)
