"""What merging and parting do beyond the row that is merged: people and counters of everything it belongs to.

Rows of people that a merge writes name in `through` the contribution whose own people they are, so that parting takes back exactly
them. Support and comments stay where they were given; the counters of a contribution are those of it and all that is merged into it.
Nobody comes to see anything by a merge: followers and co-authors are brought along only where they could read already.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from contributions.enums import ParticipantRole, Status
from contributions.models import Contribution, Follow, MergeProposal, Participant, TrailEntry
from contributions.queries.merged import above, beneath, support_counts
from contributions.rules import readers_of
from organisation.models import Person


def hold(*pks: int | None) -> list[int]:
    """Let nobody else merge or part anything until the transaction ends. Ids of these and of all they are merged into."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('contributions.merging', 0))")
    named = [pk for pk in pks if pk is not None]
    return sorted({*named, *(higher for pk in named for higher in above(pk))})


def settle(contribution: Contribution, entry: TrailEntry) -> None:
    """Part it from what it was merged into before the step, tie it to what it is merged into now.

    Called under the lock of all of them. Raises ValidationError when it would come to be merged into itself.
    """
    old, new = entry.before.get("merged_into_id", contribution.merged_into_id), contribution.merged_into_id
    if old == new:
        return
    left, joined = _with_above(old), _with_above(new)
    if contribution.pk in joined or Contribution.objects.filter(pk__in=joined[:1], status=Status.DRAFT).exists():
        raise ValidationError({"target": _("Choose another contribution, one that is not itself merged.")})
    for host in _rows(left):
        _part(contribution, host)
    for host in _rows(joined):
        _bring(host, beneath(contribution.pk))
    _close_proposal(contribution, entry)
    for pk in {*left, *joined}:
        Contribution.objects.filter(pk=pk).update(**support_counts(beneath(pk)))
    Contribution.objects.filter(pk__in=[old, new]).update(last_activity_at=entry.at)


def _close_proposal(contribution: Contribution, entry: TrailEntry) -> None:
    """Merged, nobody is asked any more; when merging itself is taken back, what was asked and answered stands."""
    proposals = MergeProposal.objects.filter(contribution=contribution)
    if contribution.merged_into_id:
        proposals.filter(closed_at__isnull=True).update(closed_at=entry.at)
    elif entry.step == "undo":
        merged_at = contribution.trail.filter(step="merge").order_by("-at", "-pk").values("at")[:1]
        proposals.filter(closed_at=merged_at).update(closed_at=None)


def _with_above(pk: int | None) -> list[int]:
    return [pk, *above(pk)] if pk else []


def _part(contribution: Contribution, host: Contribution) -> None:
    """Whoever came by it leaves, unless they came by something else that stays as well."""
    leaving, gone = beneath(contribution.pk), set[int]()
    for model in (Participant, Follow):
        rows = model._default_manager.filter(contribution=host, through__in=leaving)
        gone.update(rows.values_list("person_id", flat=True))
        rows.delete()
    _bring(host, beneath(host.pk)[1:], among=gone)


def _rows(pks: Sequence[int]) -> Iterable[Contribution]:
    return Contribution.objects.filter(pk__in=pks).select_related("department")


def _bring(host: Contribution, sources: Sequence[int], among: set[int] | None = None) -> None:
    """Authors of the sources as co-authors, and their followers and authors as followers, as far as they may read the host."""
    authors, followers = _authors(sources), _followers(sources)
    people = {person for _source, person in (*authors, *followers)}
    wanted = people if among is None else people & among
    readers = Person.objects.filter(readers_of(host), pk__in=wanted).exclude(pk=host.author_id)
    may = set(readers.values_list("pk", flat=True))
    Participant.objects.bulk_create(
        [
            Participant(contribution=host, person_id=person, role=ParticipantRole.COAUTHOR, through_id=source)
            for source, person in authors
            if person in may
        ],
        ignore_conflicts=True,
    )
    Follow.objects.bulk_create(
        [Follow(contribution=host, person_id=person, through_id=source) for source, person in (*authors, *followers) if person in may],
        ignore_conflicts=True,
    )


def _authors(sources: Sequence[int]) -> list[tuple[int, int]]:
    """Pairs of a source and somebody who wrote it."""
    own = Participant.objects.filter(contribution__in=sources, through__isnull=True, role=ParticipantRole.COAUTHOR)
    written = Contribution.objects.filter(pk__in=sources).values_list("pk", "author_id")
    return [*written, *own.values_list("contribution_id", "person_id")]


def _followers(sources: Sequence[int]) -> list[tuple[int, int]]:
    own = Follow.objects.filter(contribution__in=sources, through__isnull=True)
    return list(own.values_list("contribution_id", "person_id"))
