"""What a step changes besides the status. Called under the lock; a ValidationError lands beside the field it names."""

import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from contributions import promise
from contributions.enums import Audience, ParticipantRole, Status
from contributions.models import Contribution
from contributions.queries.consent import consent
from contributions.statuses import SENT_AUDIENCES
from contributions.steps.step import Changes, Values


def send(contribution: Contribution, values: Values, now: datetime.datetime) -> Changes:
    audience = values["audience"]
    written_for = contribution.participants.select_related("person").filter(role=ParticipantRole.ON_BEHALF).first()
    if written_for:
        name = {"name": written_for.person.full_name}
        raise ValidationError(_("%(name)s has to confirm the idea before it is sent.") % name)
    if not contribution.title or not contribution.problem:
        raise ValidationError(_("Write a title and what the problem is before you send it."))
    if audience not in SENT_AUDIENCES:
        raise ValidationError({"audience": _("Choose who may read it when you send it.")})
    return {
        "audience": audience,
        "ambassador_id": None,
        "home_organisation_id": contribution.department.organisation_id,
        "submitted_at": now,
    }


def widen(contribution: Contribution, _values: Values, _now: datetime.datetime) -> Changes:
    return {"audience": wider(contribution)}


def wider(contribution: Contribution) -> Audience:
    """The next audience outwards, of a contribution that has one."""
    return SENT_AUDIENCES[SENT_AUDIENCES.index(Audience(contribution.audience)) + 1]


def take_back(contribution: Contribution, _values: Values, _now: datetime.datetime) -> Changes:
    """As before it was sent: the author's, and for the author's own organisation to answer."""
    return {
        "owner_organisation_id": contribution.department.organisation_id,
        "audience": Audience.AUTHOR,
        "ambassador_id": None,
        "assigned_to_id": None,
        "parked_until": None,
        "came_back_at": None,
        "merged_into_id": None,
        "resumes_as": "",
        "submitted_at": None,
    }


def pause(contribution: Contribution, _values: Values, _now: datetime.datetime) -> Changes:
    return {"resumes_as": contribution.resumes_as or contribution.status}


def park(contribution: Contribution, values: Values, now: datetime.datetime) -> Changes:
    until = values["until"]
    if until <= timezone.localdate(now):
        raise ValidationError({"until": _("Choose tomorrow or a later day.")})
    return {**pause(contribution, values, now), "parked_until": until}


def come_back(contribution: Contribution, values: Values, now: datetime.datetime) -> Changes:
    """Out of a pause. What was answered before has no promise that calls for it, so that it says itself that it is back."""
    return {**resume(contribution, values, now), "came_back_at": now if contribution.answered_at else None}


def resume(_contribution: Contribution, _values: Values, _now: datetime.datetime) -> Changes:
    return {"resumes_as": "", "parked_until": None}


def merge(contribution: Contribution, values: Values, now: datetime.datetime) -> Changes:
    """Only into what stands by itself, and when the authors have had their say."""
    target: Contribution = values["target"]
    if target.pk == contribution.pk or target.status in (Status.MERGED, Status.DRAFT):
        raise ValidationError({"target": _("Choose another contribution, one that is not itself merged.")})
    if problem := consent(values["by"], contribution, target, timezone.localdate(now)).problem:
        raise ValidationError({"target": problem})
    return {"merged_into_id": target.pk, "resumes_as": "", "parked_until": None}


def reopen(_contribution: Contribution, _values: Values, now: datetime.datetime) -> Changes:
    return {"merged_into_id": None, "resumes_as": "", "parked_until": None, "came_back_at": now}


def hand_over(contribution: Contribution, values: Values, now: datetime.datetime) -> Changes:
    owner = values["owner"]
    if owner.pk == contribution.owner_organisation_id:
        raise ValidationError({"owner": _("It already belongs there. Choose another organisation.")})
    return {"owner_organisation_id": owner.pk, "assigned_to_id": None, **promise.handed_over(contribution, owner, now)}


def assign(contribution: Contribution, values: Values, _now: datetime.datetime) -> Changes:
    assignee = values["assignee"]
    if not assignee.has_perm("contributions.answer_for", contribution):
        raise ValidationError({"assignee": _("Choose a coordinator who answers for it.")})
    return {"assigned_to_id": assignee.pk}
