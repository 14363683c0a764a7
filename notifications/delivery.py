"""Sending by mail what is due: claim, lease, send one at a time, mark at once.

A run claims rows in batches (SKIP LOCKED, so several workers share the work) and commits a lease with a token of its own. Each mail
is begun, which counts the attempt and fails where the lease was lost or the notice taken back; composed of what its reader may see
at that moment; handed to the mail server; and marked. A worker that dies leaves leases that run out, and the same mail goes out
again under the same Message-ID.
"""

from __future__ import annotations

import datetime
import itertools
import re
import smtplib
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar

import structlog
from django.contrib.auth import get_user_model
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation

from notifications.enums import MailState
from notifications.mails import digest_mail, direct_mail
from notifications.messages import Rendered, is_over, render
from notifications.models import Digest, Mailing, Notice

BATCH = 50
MOST_BUNDLED = 500
RUN_SECONDS = 20.0
TASK_SECONDS = 110
"""The worker ends a run that takes longer, so that no run outlives its lease."""
LEASE = datetime.timedelta(seconds=120)
ATTEMPTS = 5
PAUSES = tuple(datetime.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
ANSWERED_ATTEMPTS = 64
"""Where the mail server answered no, which a wrong setting also makes it do: the pauses, then every two hours for five days."""
ADDRESS_AT_FAULT = re.compile(r"5\.(1\.([0-6]|10)|2\.[0-4])\b")
"""The codes by which a server says that the reader's own address or mailbox is what it refuses (RFC 3463, 3.2 and 3.3; RFC 7505)."""
TOO_BIG = 552

log = structlog.get_logger(__name__)
M = TypeVar("M", bound=Mailing)


@dataclass(frozen=True)
class Parcel:
    """A mail to be: the rows it settles, all of one reader and held under one lease, and the notices it may speak of."""

    token: uuid.UUID
    reader: Any
    rows: Sequence[Notice] | Sequence[Digest]
    notices: Sequence[Notice]

    @property
    def attempts(self) -> int:
        return self.rows[0].attempts

    @property
    def error(self) -> str:
        return self.rows[0].mail_error

    @property
    def most_attempts(self) -> int:
        return ANSWERED_ATTEMPTS if _is_answer(self.error) else ATTEMPTS

    def ours(self) -> QuerySet[Any]:
        """Those of the rows that still wait under our lease."""
        rows = type(self.rows[0])._default_manager.filter(pk__in=[row.pk for row in self.rows])
        return rows.filter(lease_token=self.token, mail=MailState.WAITING)

    def begin(self) -> bool:
        """Count the attempt. False when nothing is left to send: the lease was lost, or everything taken back."""
        return bool(self.ours().update(attempts=F("attempts") + 1))

    def settle(self, state: MailState, error: str = "", *, only: Iterable[int] | None = None) -> str:
        rows = self.ours() if only is None else self.ours().filter(pk__in=only)
        sent_at = timezone.now() if state == MailState.SENT else None
        rows.update(mail=state, mailed_at=sent_at, mail_error=error[:200], lease_token=None, lease_until=None)
        return state.value

    def rest(self, error: str) -> str:
        """To be tried again after a pause, or given up when that has been done often enough. An answer of the server is remembered."""
        said = self.error if _is_answer(self.error) and not _is_answer(error) else error
        if self.attempts + 1 >= (ANSWERED_ATTEMPTS if _is_answer(said) else ATTEMPTS):
            return self.settle(MailState.DEAD, error)
        until = timezone.now() + PAUSES[min(self.attempts, len(PAUSES) - 1)]
        self.ours().update(mail_error=said[:200], lease_token=None, lease_until=until)
        return "resting"

    def take_back(self) -> None:
        """As if the attempt had never begun."""
        self.ours().update(attempts=F("attempts") - 1, lease_token=None, lease_until=None)

    def compose(self) -> EmailMultiAlternatives | None:
        """The mail as its reader may see it now; None when nothing is left to say."""
        with translation.override(self.reader.language):
            told = render(self.reader, self.notices) if self.reader.is_active else []
        rendered = [pair for pair in told if not is_over(*pair)]
        if rendered and isinstance(digest := self.rows[0], Digest):
            return digest_mail(self.reader, digest, rendered)
        return self._compose_direct(rendered) if rendered else None

    def _compose_direct(self, rendered: Sequence[Rendered]) -> EmailMultiAlternatives | None:
        """Of a bundle, the notices still to be told; those the reader may no longer see are dropped."""
        waiting = set(self.ours().values_list("pk", flat=True))
        said = [(notice, fact) for notice, fact in rendered if notice.pk in waiting]
        if not said:
            return None
        self.settle(MailState.DROPPED, only=waiting - {notice.pk for notice, _fact in said})
        return direct_mail(self.reader, said)


def deliver() -> Counter[str]:
    """Send what is due, for about twenty seconds at most. Returns how many mails came to which end."""
    until = monotonic() + RUN_SECONDS
    ends: Counter[str] = Counter()
    while monotonic() < until and (parcels := claim()) and _send_all(parcels, until, ends):
        pass
    if ends:
        log.info("delivered", **ends)
    if ends[MailState.DEAD.value]:
        log.warning("mails were given up; manage.py requeue_mail puts them back", dead_in_all=_dead_in_all())
    return ends


def requeue(*, days: int) -> int:
    """Put back what was given up in the last days, as if never tried. Returns how many rows that is."""
    since = timezone.now() - datetime.timedelta(days=days)
    dead = (Notice.objects.filter(cancelled_at__isnull=True), Digest.objects.all())
    return sum(
        rows.filter(mail=MailState.DEAD, due_at__gte=since).update(mail=MailState.WAITING, attempts=0, mail_error="") for rows in dead
    )


def _dead_in_all() -> int:
    return sum(model._default_manager.filter(mail=MailState.DEAD).count() for model in (Notice, Digest))


def claim() -> list[Parcel]:
    """Lease a batch of what is due: notices first, bundled by reader and thread, then digests."""
    token = uuid.uuid4()
    with transaction.atomic():
        free = Notice.objects.filter(cancelled_at__isnull=True)
        notices = _with_threads(_free(free), list(_free(free)[:BATCH]))
        digests = list(_free(Digest.objects.all())[: max(0, BATCH - len(notices))])
        for rows in (notices, digests):
            _hold(rows, token)
    readers = _readers({notice.recipient_id for notice in notices} | {digest.person_id for digest in digests})
    inside = _unread_in(digests)
    bundles = [list(rows) for _key, rows in itertools.groupby(sorted(notices, key=_bundle), key=_bundle)]
    return [
        *(Parcel(token, readers[rows[0].recipient_id], rows, rows) for rows in bundles),
        *(Parcel(token, readers[digest.person_id], [digest], inside.get(digest.pk, [])) for digest in digests),
    ]


def _free(rows: QuerySet[M]) -> QuerySet[M]:
    """What is due and nobody holds, locked, oldest first."""
    now = timezone.now()
    due = rows.filter(Q(lease_until__isnull=True) | Q(lease_until__lte=now), mail=MailState.WAITING, due_at__lte=now)
    return due.order_by("due_at", "id").select_for_update(skip_locked=True, no_key=True)


def _with_threads(free: QuerySet[Notice], notices: list[Notice]) -> list[Notice]:
    """A full batch takes along what else is due in its threads, so that a flood becomes one mail per reader."""
    if len(notices) < BATCH:
        return notices
    threads = {notice.thread for notice in notices} - {""}
    more = free.filter(recipient__in={notice.recipient_id for notice in notices}, thread__in=threads)[:MOST_BUNDLED]
    return list({notice.pk: notice for notice in [*notices, *more]}.values())


def _hold(rows: Sequence[Mailing], token: uuid.UUID) -> None:
    if rows:
        held = type(rows[0])._default_manager.filter(pk__in=[row.pk for row in rows])
        held.update(lease_token=token, lease_until=timezone.now() + LEASE)


def _bundle(notice: Notice) -> tuple[int, str, int, int]:
    """Notices with the same key share a mail. What was tried before stays apart from what was not: its Message-ID is out."""
    return notice.recipient_id, notice.thread, notice.attempts, 0 if notice.thread else notice.pk


def _readers(pks: Iterable[int]) -> dict[int, Any]:
    return get_user_model().objects.with_place().in_bulk(list(pks))


def _unread_in(digests: Sequence[Digest]) -> dict[int, list[Notice]]:
    notices = Notice.objects.unread().filter(digest__in=digests).order_by("digest_id", "due_at", "id")
    return {digest_id: list(rows) for digest_id, rows in itertools.groupby(notices, key=lambda notice: notice.digest_id or 0)}


def _send_all(parcels: Sequence[Parcel], until: float, ends: Counter[str]) -> bool:
    """Send over one connection, opened anew after a failure. False when the mail server is out of reach, or refuses us as such (our
    password, our sender): that costs no mail a try, and the next run tries again."""
    connection = get_connection()
    left = list(parcels)
    try:
        while left and monotonic() < until:
            connection.open()
            ends[_send(left.pop(0), connection)] += 1
    except OSError as error:
        log.warning("mail server out of reach", error=type(error).__name__, code=_reply(error)[0])
        return False
    finally:
        _close(connection)
        _give_back(left)
    return True


def _send(parcel: Parcel, connection: BaseEmailBackend) -> str:
    """One mail to its end: sent, dropped, dead, resting, or lost to another run."""
    if parcel.attempts >= parcel.most_attempts:
        return parcel.settle(MailState.DEAD, f"the worker died {ATTEMPTS} times over it")
    if not parcel.begin():
        return "lost"
    try:
        message = parcel.compose()
        if message is None:
            return parcel.settle(MailState.DROPPED)
        connection.send_messages([message])
        return parcel.settle(MailState.SENT)
    except OSError as error:  # every smtplib.SMTPException is one
        return _failed(parcel, connection, error)
    except (OperationalError, InterfaceError):
        raise  # the database's trouble, not the mail's
    except Exception as error:
        log.exception("a mail could not be made", row=str(parcel.rows[0]))
        return parcel.rest(type(error).__name__)


def _failed(parcel: Parcel, connection: BaseEmailBackend, error: OSError) -> str:
    """A refusal of the reader's own address ends it, one of the sender ends the run. Anything else rests, and the next mail gets a
    connection of its own."""
    code, said = _reply(error)
    log.warning("a mail was not taken", row=str(parcel.rows[0]), code=code)
    if isinstance(error, smtplib.SMTPSenderRefused) and code != TOO_BIG:
        parcel.take_back()
        raise error
    if isinstance(error, smtplib.SMTPRecipientsRefused | smtplib.SMTPNotSupportedError) and ADDRESS_AT_FAULT.match(said):
        return parcel.settle(MailState.DEAD, f"{code} {said}")
    _close(connection)
    return parcel.rest(f"{code} {said}" if code else type(error).__name__)


def _reply(error: OSError) -> tuple[int, str]:
    """The server's code and words; 0 where the connection broke."""
    code: int = 0
    said: bytes | str = b""
    match error:
        case smtplib.SMTPRecipientsRefused():
            code, said = next(iter(error.recipients.values()))
        case smtplib.SMTPResponseException():
            code, said = error.smtp_code, error.smtp_error
        case smtplib.SMTPNotSupportedError():
            code, said = 550, "5.1.3 the mail server takes no such address"
    return code, said.decode(errors="replace") if isinstance(said, bytes) else said


def _is_answer(error: str) -> bool:
    """Whether what went wrong is the server's own reply, which begins with its code."""
    return error[:1].isdigit()


def _close(connection: BaseEmailBackend) -> None:
    with suppress(OSError):
        connection.close()


def _give_back(parcels: Sequence[Parcel]) -> None:
    """Free for anybody at once, as if never claimed."""
    for model in (Notice, Digest):
        pks = [row.pk for parcel in parcels for row in parcel.rows if isinstance(row, model)]
        if pks:
            held = model._default_manager.filter(pk__in=pks, lease_token=parcels[0].token, mail=MailState.WAITING)
            held.update(lease_token=None, lease_until=None)
