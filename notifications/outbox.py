"""Telling people, without ever blocking and without ever losing: rows in the caller's transaction, nothing else.

A row holds a registered kind and ids, never text. What it says is worked out when it is read or sent, by the kind's `facts`,
so that permission is asked at that moment. The web never talks to the broker; beat wakes the delivery.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.utils import timezone
from django.utils.functional import Promise

from notifications.enums import Channel, MailState
from notifications.models import Notice, Preference

Ids = Mapping[str, int]


@dataclass(frozen=True)
class Fact:
    """What one notice says to its reader now, in the language active.

    Read as "text: title", in the bell and as a mail's subject. `url` is a path; `reason` ends the sentence "You get this because …";
    `by` is whose words the `quote` is, plain text already cut to length; `act` is what the button says, empty when there is nothing left to
    do. Title and url are empty when there is nothing left to open.
    """

    text: str
    title: str
    url: str
    reason: str
    quote: str = ""
    by: str = ""
    status: str = ""
    status_tone: str = "neutral"
    act: str = ""


class Told(dict[str, int]):
    """The ids of one notice, and the kind it was told as: kinds that share one `facts` are asked of together."""

    def __init__(self, kind: str, ids: Ids) -> None:
        super().__init__(ids)
        self.kind = kind


Facts = Callable[[Any, Sequence[Told]], Sequence[Fact | None]]


def anyone(_person: Any) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """A kind of message. `facts(person, [ids, …])` answers one Fact, or None where the person may no longer see it, per item, in batch.

    `offered_to` says who finds the kind among their choices; `waits_for_reader`, that somebody waits for the reader to act.
    """

    code: str
    label: str | Promise
    facts: Facts
    default: Channel
    help: str | Promise = ""
    choosable: bool = True
    waits_for_reader: bool = False
    offered_to: Callable[[Any], bool] = anyone

    @property
    def app(self) -> str:
        return self.code.partition(".")[0]

    @property
    def comes_with_role(self) -> bool:
        return self.offered_to is not anyone


_kinds: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Called by each app's AppConfig.ready."""
    for kind in kinds:
        _kinds[kind.code] = kind


def kind_of(code: str) -> Kind | None:
    return _kinds.get(code)


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def tell(
    recipients: Iterable[AbstractBaseUser | int],
    kind: str,
    ids: Ids,
    *,
    thread: str = "",
    cause: str = "",
    dedupe_key: str | None = None,
    not_before: datetime.datetime | None = None,
) -> None:
    """Write one notice per recipient (person or id), once each, in the caller's transaction. Raises KeyError for a kind nobody registered.

    `dedupe_key` is unique per recipient for ever: a second telling with the same key is silently the same one.
    """
    registered = _kinds[kind]
    person_ids = list(dict.fromkeys(person if isinstance(person, int) else person.pk for person in recipients))
    chosen = _chosen(kind, person_ids) if registered.choosable else {}
    due_at = not_before or timezone.now()
    Notice.objects.bulk_create(
        [
            Notice(
                recipient_id=person_id,
                kind=kind,
                ids=dict(ids),
                thread=thread,
                cause=cause,
                dedupe_key=dedupe_key,
                channel=(channel := chosen.get(person_id, registered.default)),
                mail=MailState.WAITING if channel == Channel.DIRECT else MailState.NONE,
                due_at=due_at,
            )
            for person_id in person_ids
        ],
        ignore_conflicts=dedupe_key is not None,
        batch_size=1000,
    )


def _chosen(kind: str, person_ids: Sequence[int]) -> dict[int, str]:
    return dict(Preference.objects.filter(kind=kind, person_id__in=person_ids).values_list("person_id", "channel"))


def cancel(cause: str) -> int:
    """Take back everything an undone act would have told. Returns how many notices were cancelled."""
    return Notice.objects.filter(cause=cause, cancelled_at__isnull=True).update(cancelled_at=timezone.now(), mail=MailState.NONE)
