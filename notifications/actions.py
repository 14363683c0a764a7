"""What a person does with what they are told: reads it, chooses how to hear of it, stops it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from notifications.enums import Channel, Frequency, MailState
from notifications.models import Digest, DigestChoice, Notice, NoticeQuerySet, Preference
from notifications.outbox import all_kinds


def mark_read(*, by: Any, notices: NoticeQuerySet) -> int:
    """Mark those of the notices that are the person's own. Returns how many were unread."""
    return notices.unread().filter(recipient=by).update(read_at=timezone.now())


@transaction.atomic
def choose_channels(*, by: Any, channels: Mapping[str, Channel]) -> None:
    """Hear of each kind (by code) so from now on; what has been told but not yet mailed follows the choice."""
    rows = [Preference(person=by, kind=code, channel=channel) for code, channel in channels.items()]
    Preference.objects.bulk_create(rows, update_conflicts=True, unique_fields=("person", "kind"), update_fields=("channel",))
    for channel in Channel:
        codes = [code for code, chosen in channels.items() if chosen == channel]
        _redirect(by, codes, channel)


def _redirect(person: Any, codes: Iterable[str], channel: Channel) -> None:
    """Notices not yet mailed nor gathered take the new channel. What was meant for the bell is not mailed afterwards."""
    told = Notice.objects.filter(recipient=person, kind__in=codes, cancelled_at__isnull=True).exclude(channel=channel)
    if channel != Channel.DIRECT:
        told.filter(channel=Channel.DIRECT, mail=MailState.WAITING).update(channel=channel, mail=MailState.NONE)
    if channel == Channel.BELL:
        told.filter(channel=Channel.DIGEST, digest__isnull=True).update(channel=channel)


@transaction.atomic
def choose_frequency(*, by: Any, frequency: Frequency) -> None:
    """Get the digest so often from now on; one already gathered is not sent to somebody who wants none."""
    DigestChoice.objects.update_or_create(person=by, defaults={"frequency": frequency})
    if frequency == Frequency.NEVER:
        Digest.objects.filter(person=by, mail=MailState.WAITING).update(mail=MailState.DROPPED)


def stop_kinds(*, by: Any, codes: Iterable[str]) -> None:
    """No more mail of these kinds, not in the digest either; the bell keeps them. Codes that no kind has are passed over."""
    known = {kind.code for kind in all_kinds() if kind.choosable}
    choose_channels(by=by, channels=dict.fromkeys(known & set(codes), Channel.BELL))
