"""The demo's mail server: it takes every mail over SMTP and keeps it as a file, and sends nothing on."""

import asyncio
import itertools
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from kiruna_innovation.embedded.console import Log
from kiruna_innovation.embedded.ports import LOOPBACK


class Mailbox:
    """An SMTP handler that writes each mail to `folder` as <time>-<number>.eml, whole or not at all."""

    def __init__(self, folder: Path, log: Log) -> None:
        self.folder = folder
        self.log = log
        self.numbers = itertools.count()
        folder.mkdir(parents=True, exist_ok=True)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        content = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        path = self.folder / f"{time.time_ns()}-{next(self.numbers):04}.eml"
        part = path.with_suffix(".part")
        part.write_bytes(content)
        part.rename(path)
        self.log.line(f"kept {path.name} for {', '.join(envelope.rcpt_tos)}")
        return "250 Kept"

    async def listen(self) -> tuple[asyncio.Server, int]:
        """Take mail on a free port; the server to close, and its port."""
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(self, hostname="localhost", enable_SMTPUTF8=True), host=LOOPBACK, port=0
        )
        port: int = server.sockets[0].getsockname()[1]
        return server, port
