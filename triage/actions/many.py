"""One act on many: each item is asked for by itself, and those that cannot be changed are named with the reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from contributions.actions.drafting import take_back
from contributions.lifecycle import IllegalStep, StaleVersion, advance
from contributions.models import Contribution, TrailEntry
from organisation.models import Person
from triage.actions import labels

MOST = 100


@dataclass
class Result:
    """What became of it: ids of the changed (contributions, or labellings for labels), and of the others the title and why."""

    changed: list[int] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def assign_many(*, by: Person, chosen: Mapping[int, int], assignee: Person) -> Result:
    """`chosen` gives the version at which each was read. Each is a step of its own, with its line on the trail."""

    def assign(contribution: Contribution) -> Sequence[int]:
        version = chosen[contribution.pk]
        advance(by=by, contribution=contribution, step="assign", values={"assignee": assignee}, version=version)
        return [contribution.pk]

    return _each(by, chosen, assign)


def label_many(*, by: Person, chosen: Mapping[int, int], name: str) -> Result:
    """By name; made if there is none. A version is not asked for: a label takes nothing from anybody."""
    return _each(by, chosen, lambda contribution: labels.label(by=by, contribution=contribution, name=name).on)


def undo_assigning(*, by: Person, contributions: Sequence[int]) -> Result:
    """Each as one's last step there, within its ten seconds and with nothing later."""

    def undo(contribution: Contribution) -> Sequence[int]:
        last = contribution.trail.order_by("-at", "-pk").values_list("step", flat=True).first()
        if last != "assign":
            raise IllegalStep("undo")
        advance(by=by, contribution=contribution, step="undo")
        return [contribution.pk]

    return _each(by, contributions, undo)


def take_back_sent(*, by: Person, entries: Sequence[int]) -> tuple[int, list[str]]:
    """Answers that were sent together, by the lines they made on the trail: each while it is one's last step there, within its ten seconds.

    How many came back, and the titles of those that did not (empty where one no longer sees it: an answer may hand it over to others).
    """
    number, left = 0, []
    rows = TrailEntry.objects.filter(pk__in=entries, by=by).select_related("contribution__department__organisation").order_by("pk")
    for entry in rows.prefetch_related("contribution__participants"):
        try:
            take_back(by=by, contribution=entry.contribution, entry=entry)
            number += 1
        except (IllegalStep, PermissionDenied):
            left.append(entry.contribution.title if by.has_perm("contributions.see", entry.contribution) else "")
    return number, left


def _each(by: Person, pks: Sequence[int] | Mapping[int, int], act: Callable[[Contribution], Sequence[int]]) -> Result:
    result, unseen = Result(), set(pks)
    for contribution in Contribution.objects.visible_to(by).sent().with_place().filter(pk__in=list(pks)).order_by("pk"):
        unseen.discard(contribution.pk)
        try:
            result.changed += act(contribution)
        except ValidationError as refusal:
            result.refused.append((contribution.title, " ".join(refusal.messages)))
        except PermissionDenied:
            result.refused.append((contribution.title, _("you do not answer for it")))
        except StaleVersion:
            result.refused.append((contribution.title, _("somebody changed it meanwhile")))
        except IllegalStep:
            result.refused.append((contribution.title, _("that cannot be done from where it stands")))
    result.refused += [("", _("it is no longer there for you"))] * len(unseen)
    return result
