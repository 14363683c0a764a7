"""Real Celery workers, beat and Redis as processes of their own, on the test's database and mail server."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from kiruna_innovation.embedded.environment import ROOT
from kiruna_innovation.embedded.ports import LOOPBACK, free_port
from kiruna_innovation.embedded.tether import tied_to_parent
from tests.notifications.sink import Sink
from tests.services import missing, wait_for_redis

SHORT_LEASE = """
import datetime, sys, django
django.setup()
from notifications import delivery
delivery.LEASE = datetime.timedelta(seconds={seconds})
from celery.__main__ import main
sys.exit(main())
"""


@dataclass
class Workers:
    """Starts workers and beat; `lease` shortens the time after which a dead worker's rows are taken up."""

    folder: Path
    sink: Sink
    redis_url: str = ""
    lease: int = 120
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker", "--concurrency", "1", "--without-gossip", "--without-mingle", "--without-heartbeat")

    def beat(self) -> subprocess.Popen[bytes]:
        return self._start("beat", "--schedule", str(self.folder / "schedule"), "--pidfile", "")

    def _start(self, *arguments: str) -> subprocess.Popen[bytes]:
        log = (self.folder / f"{arguments[0]}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-c", SHORT_LEASE.format(seconds=self.lease), "--quiet", "-A", "kiruna_innovation", *arguments],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=tied_to_parent(signal.SIGKILL),  # noqa: PLW1509 - it only makes one system call
            )
        self.running.append(process)
        return process

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "kiruna_innovation.settings",
            "DATABASE_URL": database_url(),
            "TESTING": "1",
            "EMAIL_HOST": LOOPBACK,
            "EMAIL_PORT": str(self.sink.port),
            "REDIS_URL": self.redis_url,
            "BROKER_DIR": str(self.folder / "broker"),
            "DELIVER_EVERY_SECONDS": "0.5",
        }

    def said(self) -> str:
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted(self.folder.glob("*.log")))

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9, the process and its children: nobody gets to say goodbye."""
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)
        self.running.remove(process)

    def stop(self) -> None:
        for process in list(self.running):
            self.kill(process)


def database_url() -> str:
    """The test database, as another process reaches it."""
    given = connection.settings_dict
    host, port = quote(given["HOST"] or "", safe=""), given["PORT"]
    return f"postgresql://{given['USER']}:{quote(given['PASSWORD'] or '', safe='')}@{host}{f':{port}' if port else ''}/{given['NAME']}"


class Redis:
    """A Redis that can be stopped and started again at the same address."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if not program:
            missing("Redis", "install it (apt install redis-server)")
        self.port = free_port()
        self.url = f"redis://{LOOPBACK}:{self.port}/0"
        self.command = [
            str(program),
            "--bind",
            LOOPBACK,
            "--port",
            str(self.port),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(folder),
        ]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            self.command,
            stdout=subprocess.DEVNULL,
            preexec_fn=tied_to_parent(signal.SIGKILL),  # noqa: PLW1509 - it only makes one system call
        )
        wait_for_redis(self.url)

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(timeout=10)
            self.process = None
