"""Who leads a challenge, and the steps they propose. Leads may come from any organisation."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from challenges.actions.understanding import held
from challenges.models import StepProposal
from contributions.enums import ParticipantRole
from contributions.lifecycle import answering, note_on_trail, step_named
from contributions.models import Contribution, Follow, Participant
from contributions.statuses import OPEN
from notifications import outbox
from organisation.models import Person

MOST_LEADS = 8
LEADS, LEADS_NO_MORE = "leads", "leads_no_more"


@transaction.atomic
def appoint(*, by: Person, challenge: Contribution, person: Person) -> bool:
    """Let somebody lead from now on; they come to read it, are told, and may step down. Whether they did not lead already.

    Raises PermissionDenied for all but those who lead and the coordinators, or ValidationError keyed `person` with why it cannot be.
    """
    locked, _row = held(challenge)
    if not by.has_perm("challenges.drive", locked):
        raise PermissionDenied
    leads = Participant.objects.filter(contribution=locked, role=ParticipantRole.LEAD)
    if refusal := _why_not(locked, person, leads.count()):
        raise ValidationError({"person": refusal})
    row, is_new = leads.get_or_create(contribution=locked, person=person, role=ParticipantRole.LEAD, defaults={"invited_by": by})
    if is_new:
        Follow.objects.get_or_create(contribution=locked, person=person)
        note_on_trail(by=by, contribution=locked, step=LEADS, text=person.full_name)
        ids = {"contribution": locked.pk, "person": by.pk}
        outbox.tell([person.pk] if person.pk != by.pk else [], "challenges.leads", ids, thread=locked.thread, cause=_cause(row.pk))
    return is_new


def _why_not(locked: Contribution, person: Person, number: int) -> str:
    if not person.is_active:
        return _("%(name)s no longer works here. Choose somebody else.") % {"name": person.full_name}
    if locked.status not in OPEN or locked.is_hidden:
        return _("It is closed, so nobody is asked to lead it now.")
    if number >= MOST_LEADS:
        return _("At most %(number)d people can lead it.") % {"number": MOST_LEADS}
    return ""


@transaction.atomic
def step_down(*, by: Person, challenge: Contribution, person: Person) -> bool:
    """Let somebody lead no longer: themselves, or by a coordinator. Whether they did until now."""
    locked, _row = held(challenge)
    is_own = by.pk == person.pk and by.has_perm("challenges.step_down", locked)
    if not is_own and not by.has_perm("contributions.answer_for", locked):
        raise PermissionDenied
    row = Participant.objects.filter(contribution=locked, person=person, role=ParticipantRole.LEAD).first()
    if row is None:
        return False
    outbox.cancel(_cause(row.pk))
    row.delete()
    note_on_trail(by=by, contribution=locked, step=LEADS_NO_MORE, text=person.full_name)
    return True


def _cause(pk: int) -> str:
    return f"lead:{pk}"


@transaction.atomic
def propose(*, by: Person, challenge: Contribution, step: str, text: str, now: datetime.datetime | None = None) -> StepProposal:
    """Say which step should come next, and why. It replaces what was proposed before; the coordinators are told.

    Raises PermissionDenied for who does not lead it, or ValidationError keyed `step` when it cannot be taken from here.
    """
    locked, _row = held(challenge)
    if not by.has_perm("challenges.drive", locked):
        raise PermissionDenied
    definition = step_named(locked.kind, step)
    if definition is None or not definition.may_be_proposed or locked.status not in definition.sources:
        raise ValidationError({"step": _("That step cannot be taken from where the challenge stands now. Choose another.")})
    _close(locked)
    proposal = StepProposal.objects.create(
        contribution=locked, step=step, from_status=locked.status, text=text, by=by, at=now or timezone.now()
    )
    assigned = [locked.assigned_to_id] if locked.assigned_to_id else []
    coordinators = answering(locked)
    ids = {"contribution": locked.pk, "proposal": proposal.pk, "person": by.pk}
    outbox.tell(
        [pk for pk in (assigned if set(assigned) <= set(coordinators) and assigned else coordinators) if pk != by.pk],
        "challenges.step_proposed", ids, thread=locked.thread, cause=f"proposal:{proposal.pk}", not_before=now,
    )  # fmt: skip
    return proposal


@transaction.atomic
def set_aside(*, by: Person, proposal: StepProposal) -> bool:
    """Whoever proposed it takes it back, or a coordinator says not now. Whether it was open."""
    locked, _row = held(proposal.contribution)
    standing = StepProposal.objects.get(pk=proposal.pk)
    if not by.has_perm("contributions.see", locked) or (standing.by_id != by.pk and not by.has_perm("contributions.answer_for", locked)):
        raise PermissionDenied
    if standing.closed_at is not None:
        return False
    _close(locked)
    return True


def _close(locked: Contribution) -> None:
    for standing in StepProposal.objects.filter(contribution=locked, closed_at__isnull=True):
        outbox.cancel(f"proposal:{standing.pk}")
        StepProposal.objects.filter(pk=standing.pk).update(closed_at=timezone.now())
