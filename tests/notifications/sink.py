"""A real SMTP server that keeps what it takes and fails as it is told."""

from __future__ import annotations

import asyncio
import email
import email.policy
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from logging import WARNING, getLogger

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

from kiruna_innovation.embedded.ports import LOOPBACK, free_port

getLogger("mail.log").setLevel(WARNING)

Answer = Callable[[str], str | None]


def taken(_address: str) -> None:
    """Nothing against it."""


@dataclass
class Sink:
    """`mails` in the order they came. `on_sender` and `on_recipient` answer an SMTP reply for an address, None to take it; the rest
    but `refuses_sign_in` is for DATA."""

    port: int = field(default_factory=free_port)
    mails: list[EmailMessage] = field(default_factory=list)
    on_sender: Answer = taken
    on_recipient: Answer = taken
    refuses_sign_in: bool = False
    replies: deque[str] = field(default_factory=deque)
    delay: float = 0.0
    drops: int = 0

    def __post_init__(self) -> None:
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(
            self, hostname=LOOPBACK, port=self.port, authenticator=self._sign_in, auth_require_tls=False, auth_exclude_mechanism=["LOGIN"]
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop(no_assert=True)
            self._controller = None

    def _sign_in(self, *_what: object) -> AuthResult:
        return AuthResult(success=not self.refuses_sign_in, handled=False)

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if reply := self.on_sender(address):
            return reply
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        if reply := self.on_recipient(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.delay)
        if self.replies:
            return self.replies.popleft()
        assert isinstance(envelope.content, bytes)
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if self.drops:
            self.drops -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return "250 Kept"

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.mails if mail["To"] == address]

    def subjects(self) -> list[str]:
        return [subject_of(mail) for mail in self.mails]


def subject_of(mail: EmailMessage) -> str:
    """Without the blank that a line broken before the first word leaves."""
    return str(mail["Subject"]).strip()


def text_of(mail: EmailMessage, subtype: str = "plain") -> str:
    body = mail.get_body((subtype,))
    assert body is not None
    return str(body.get_content())
