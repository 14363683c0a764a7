"""Asking the authors before two contributions are merged. The merging itself is a step."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.enums import Status
from contributions.lifecycle import IllegalStep, lock, step_named
from contributions.models import Contribution, MergeAnswer, MergeProposal
from contributions.queries.consent import asked_of, open_proposal
from contributions.rules import UNDO_WITHIN
from notifications import outbox
from organisation.models import Person


@transaction.atomic
def propose(
    *, by: Person, contribution: Contribution, target: Contribution, reason: str, now: datetime.datetime | None = None
) -> MergeProposal:
    """Ask the authors whether they belong together. The same question once more is the same question.

    Raises IllegalStep from where it cannot be merged, PermissionDenied, or ValidationError keyed by field.
    """
    moment = now or timezone.now()
    locked = lock(contribution.pk, target.pk)
    step = step_named(locked.kind, "merge")
    if step is None or locked.status not in step.sources:
        raise IllegalStep("merge")
    if not by.has_perm(step.permission, locked):
        raise PermissionDenied
    host = Contribution.objects.select_related("author").get(pk=target.pk)
    if host.pk == locked.pk or host.status in (Status.MERGED, Status.DRAFT):
        raise ValidationError({"target": _("Choose another contribution, one that is not itself merged.")})
    if standing := open_proposal(locked):
        return _same_or_refused(standing, host)
    asked = asked_of(by, locked, host)
    if not asked:
        raise ValidationError({"target": _("There is nobody to ask. You can merge them at once.")})
    proposal = MergeProposal.objects.create(contribution=locked, target=host, by=by, reason=reason, created_at=moment)
    MergeAnswer.objects.bulk_create(MergeAnswer(proposal=proposal, person=person) for person in asked)
    for person in asked:
        _ask(proposal, person, locked if person == locked.author else host, moment)
    return proposal


def _same_or_refused(standing: MergeProposal, target: Contribution) -> MergeProposal:
    if standing.target_id != target.pk:
        named = {"title": standing.target.title}
        raise ValidationError({"target": _("The authors are already asked about “%(title)s”. Take that question back first.") % named})
    return standing


def _ask(proposal: MergeProposal, person: Person, theirs: Contribution, moment: datetime.datetime) -> None:
    """Each of their own contribution: the other they may not see. It waits until the question can no longer be taken back unseen."""
    outbox.tell(
        [person],
        "contributions.merge_asked",
        {"contribution": theirs.pk, "proposal": proposal.pk},
        thread=theirs.thread,
        cause=cause_of(proposal),
        not_before=moment + UNDO_WITHIN,
    )


def cause_of(proposal: MergeProposal) -> str:
    return f"merge:{proposal.pk}"


@transaction.atomic
def answer(*, by: Person, proposal: MergeProposal, agrees: bool, note: str = "", now: datetime.datetime | None = None) -> MergeAnswer:
    """Agree or not; the last word stands for as long as the question does. Whoever asked is told.

    Raises PermissionDenied, or ValidationError when it is no longer asked or a no comes without a word.
    """
    locked = lock(proposal.contribution_id)
    standing = MergeProposal.objects.get(pk=proposal.pk)
    row = MergeAnswer.objects.filter(proposal=standing, person=by).first()
    if row is None or not by.is_active:
        raise PermissionDenied
    if not is_asked(standing, locked):
        raise ValidationError(_("Nobody asks about this any more. What you wrote is still here."))
    if not agrees and not note:
        raise ValidationError({"note": _("Write a word about why, so that the coordinator understands.")})
    if (row.agrees, row.note) == (agrees, note):
        return row
    row.agrees, row.note, row.answered_at = agrees, note, now or timezone.now()
    row.save(update_fields=["agrees", "note", "answered_at"])
    ids = {"contribution": locked.pk, "proposal": standing.pk, "answer": row.pk}
    outbox.tell([standing.by_id], "contributions.merge_answered", ids, thread=locked.thread, not_before=row.answered_at)
    return row


def is_asked(proposal: MergeProposal, contribution: Contribution) -> bool:
    """It still stands, and the contribution is where it could be merged from."""
    step = step_named(contribution.kind, "merge")
    return proposal.closed_at is None and step is not None and contribution.status in step.sources


@transaction.atomic
def withdraw(*, by: Person, proposal: MergeProposal) -> None:
    """Ask no longer. Whoever has not been told by then never is."""
    locked = lock(proposal.contribution_id)
    if not by.has_perm("contributions.answer_for", locked):
        raise PermissionDenied
    now = timezone.now()
    closed = MergeProposal.objects.filter(pk=proposal.pk, closed_at__isnull=True).update(closed_at=now)
    if closed and now - proposal.created_at <= UNDO_WITHIN:
        outbox.cancel(cause_of(proposal))
