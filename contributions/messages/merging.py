"""What is said of merging: the question to an author, the answer to whoever asked, and that something has come to belong to one's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from contributions.messages.telling import name_of, whole, word
from contributions.models import Contribution, MergeAnswer, MergeProposal, TrailEntry
from notifications.outbox import Fact, Told
from organisation.models import Person


@dataclass(frozen=True)
class Rows:
    """All that the notices point at. Contributions only as far as the reader may see them; `hosts` by what is merged into them."""

    contributions: dict[int, Contribution]
    hosts: dict[int, Contribution]
    proposals: dict[int, MergeProposal]
    answers: dict[int, MergeAnswer]
    own_answers: dict[int, MergeAnswer]
    entries: dict[int, TrailEntry]


def facts(person: Person, told: Sequence[Told]) -> list[Fact | None]:
    rows = _read(person, told)
    return [SAYINGS[item.kind](rows, item) for item in told]


def _read(person: Person, told: Sequence[Told]) -> Rows:
    visible, named = Contribution.objects.visible_to(person), _ids(told, "contribution")
    proposals, entries = _ids(told, "proposal"), _ids(told, "entry")
    answers = MergeAnswer.objects.select_related("person").filter(proposal__in=proposals) if proposals else []
    tied = dict(Contribution.objects.filter(pk__in=named).values_list("pk", "merged_into_id")) if entries else {}
    hosts = visible.in_bulk([host for host in tied.values() if host]) if tied else {}
    return Rows(
        contributions=visible.in_bulk(named),
        hosts={pk: hosts[host] for pk, host in tied.items() if host in hosts},
        proposals=MergeProposal.objects.select_related("by").in_bulk(proposals) if proposals else {},
        answers={answer.pk: answer for answer in answers},
        own_answers={answer.proposal_id: answer for answer in answers if answer.person_id == person.pk},
        entries=TrailEntry.objects.select_related("by").in_bulk(entries) if entries else {},
    )


def _ids(told: Sequence[Told], name: str) -> list[int]:
    return [item[name] for item in told if name in item]


def _asked(rows: Rows, item: Told) -> Fact | None:
    """Of the reader's own contribution. The other is named on the page, where it is shown only to who may see it."""
    own, proposal = rows.contributions.get(item["contribution"]), rows.proposals.get(item["proposal"])
    if own is None or proposal is None:
        return None
    answer = rows.own_answers.get(proposal.pk)
    waits = proposal.closed_at is None and answer is not None and answer.agrees is None
    idea = _("%(name)s asks whether your idea belongs together with another")
    challenge = _("%(name)s asks whether your challenge belongs together with another")
    return Fact(
        text=word(own, idea, challenge) % {"name": name_of(proposal.by)},
        title=str(own),
        url=reverse("merge", args=(proposal.contribution_id, proposal.pk)),
        reason=word(own, _("you wrote the idea"), _("you brought up the challenge")),
        quote=whole(proposal.reason),
        by=name_of(proposal.by),
        act=_("Answer") if waits else "",
        status=_("Your turn") if waits else "",
        status_tone="warning" if waits else "neutral",
    )


def _answered(rows: Rows, item: Told) -> Fact | None:
    contribution, answer = rows.contributions.get(item["contribution"]), rows.answers.get(item["answer"])
    proposal = rows.proposals.get(item["proposal"])
    if contribution is None or answer is None or proposal is None:
        return None
    name = {"name": name_of(answer.person)}
    return Fact(
        text=(_("%(name)s agrees to the merge") if answer.agrees else _("%(name)s does not want the merge")) % name,
        title=str(contribution),
        url=reverse("merge", args=(contribution.pk, proposal.pk)),
        reason=_("you asked the authors"),
        quote=whole(answer.note),
        by=name_of(answer.person),
        act=_("See how it stands") if proposal.closed_at is None else "",
    )


def _done(rows: Rows, item: Told) -> Fact | None:
    """Of the reader's own, that lives on with another's. The words that came with it only to who may see the other."""
    host, entry = rows.hosts.get(item["contribution"]), rows.entries.get(item["entry"])
    if host is None or entry is None:
        return None
    merged = rows.contributions.get(item["contribution"])
    return Fact(
        text=word(host, _("Another has been merged with your idea"), _("Another has been merged with your challenge")),
        title=str(host),
        url=host.get_absolute_url(),
        reason=word(host, _("you wrote the idea"), _("you brought up the challenge")),
        quote=whole(entry.text) if merged else "",
        by=name_of(entry.by) if merged else "",
    )


SAYINGS = {
    "contributions.merge_asked": _asked,
    "contributions.merge_answered": _answered,
    "contributions.merge_done": _done,
}
