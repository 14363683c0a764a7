"""From notices to what they say: bell, page, mail and digest all read through here, so permission is asked at the moment of reading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from notifications.models import Notice
from notifications.outbox import Fact, Facts, Kind, Told, all_kinds, kind_of

Rendered = tuple[Notice, Fact]


def render(person: Any, notices: Iterable[Notice]) -> list[Rendered]:
    """What the notices say to the person now, in the order given and the language active. What they may no longer see is left out.

    Every `facts` is called once, whatever the number of notices and kinds it serves.
    """
    ordered = list(notices)
    together: dict[Facts, list[Notice]] = defaultdict(list)
    for notice in ordered:
        if kind := kind_of(notice.kind):
            together[kind.facts].append(notice)
    said: dict[int, Fact] = {}
    for facts, group in together.items():
        answers = facts(person, [Told(notice.kind, notice.ids) for notice in group])
        said.update((notice.pk, fact) for notice, fact in zip(group, answers, strict=True) if fact is not None)
    return [(notice, said[notice.pk]) for notice in ordered if notice.pk in said]


def waits(notice: Notice, fact: Fact) -> bool:
    """Somebody waits for the reader, and there is still something to do."""
    return _is_request(notice) and bool(fact.act)


def is_over(notice: Notice, fact: Fact) -> bool:
    """Asked something of the reader that has been done meanwhile: it stays in the bell, and no mail is sent of it."""
    return _is_request(notice) and not fact.act


def _is_request(notice: Notice) -> bool:
    kind = kind_of(notice.kind)
    return kind is not None and kind.waits_for_reader


def choosable_kinds(person: Any) -> list[Kind]:
    """The kinds whose channel this person is offered to choose: what everybody is told first, then what comes with a role.

    Within each, the apps from the foundation upwards: what a contribution tells comes before what only a challenge does.
    """
    apps = list(dict.fromkeys(kind.app for kind in all_kinds()))
    kinds = [kind for kind in all_kinds() if kind.choosable and kind.offered_to(person)]
    return sorted(kinds, key=lambda kind: (kind.comes_with_role, -apps.index(kind.app)))
