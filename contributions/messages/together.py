"""What is said of writing together: invitations, their answers, and ideas brought in for somebody."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from contributions.enums import ParticipantRole
from contributions.messages.telling import Telling, fact, is_author, name_of, seen, whole, word
from notifications.outbox import Fact


def _invited(telling: Telling) -> Fact | None:
    """With the button for as long as it is not answered; nothing at all once it is taken back."""
    contribution, invitation = seen(telling), telling.invitation
    if invitation is None or invitation.person_id != telling.reader.pk:
        return None
    idea, challenge = _("%(name)s asks you to write an idea together"), _("%(name)s asks you to work on a challenge together")
    text = word(contribution, idea, challenge) % {"name": name_of(invitation.invited_by)}
    reason = _("the author chose you")
    if invitation.role != ParticipantRole.INVITED:
        return fact(telling, text, reason=reason)
    url = reverse("invitation", args=(contribution.pk,))
    return fact(
        telling, text, reason=reason, url=url, act=_("Read and answer"), status=_("Your turn"), status_tone="warning",
    )  # fmt: skip


def _brought_in(telling: Telling) -> Fact | None:
    contribution, invitation = seen(telling), telling.invitation
    if invitation is None:
        return fact(telling, _("You have confirmed an idea that was written down for you")) if is_author(telling) else None
    if invitation.person_id != telling.reader.pk:
        return None
    text = _("%(name)s has written down an idea of yours, and nothing is sent yet") % {"name": name_of(invitation.invited_by)}
    return fact(
        telling, text, reason=_("an innovation ambassador wrote it down for you"), url=reverse("on_behalf", args=(contribution.pk,)),
        act=_("Read it and decide"), status=_("Your turn"), status_tone="warning",
    )  # fmt: skip


def _answered(telling: Telling) -> Fact | None:
    """The remark is for whoever asked, and for nobody else."""
    contribution, entry = seen(telling), telling.entry
    if entry is None:
        return None
    name = {"name": name_of(entry.by)}
    match entry.step:
        case "joined":
            return fact(
                telling, word(contribution, _("%(name)s writes the idea with you"), _("%(name)s works on the challenge with you")) % name
            )
        case "left":
            return fact(telling, _("%(name)s no longer writes with you") % name)
        case "brought_in":
            return fact(telling, _("%(name)s has confirmed the idea, which is theirs now") % name, reason=_("you brought it in"))
        case "brought_in_declined":
            text = _("%(name)s does not want the idea in their name") % name
            return fact(telling, text, quote=whole(entry.text), by=name_of(entry.by), reason=_("you brought it in"))
    text = _("%(name)s cannot write with you") % name
    return fact(telling, text, quote=whole(entry.text), by=name_of(entry.by))


SAYINGS = {
    "contributions.invited": _invited,
    "contributions.brought_in": _brought_in,
    "contributions.invitation_answered": _answered,
}
