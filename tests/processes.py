"""The whole demo as real processes, for tests that start it, drive it and stop it."""

import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from time import monotonic, sleep

import psutil
import psycopg

from kiruna_innovation.embedded.environment import ROOT
from kiruna_innovation.embedded.ports import LOOPBACK
from kiruna_innovation.embedded.postgres import Cluster


class Demo:
    """One run of the demo on a folder of its own."""

    def __init__(self, var: Path, port: int) -> None:
        self.var = var
        self.port = port
        self.output = var.with_suffix(f".{port}.out")
        environment = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "kiruna_innovation.embedded"],
                cwd=ROOT,
                env={**environment, "VAR_DIR": str(var), "PORT": str(port)},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until_ready(self) -> None:
        wait_until(lambda: "is ready after" in self.said() or self.process.poll() is not None, seconds=120)
        assert self.process.poll() is None, self.said()

    def end(self, how: signal.Signals) -> int:
        """Send the signal to this process alone: its exit code."""
        self.process.send_signal(how)
        return self.process.wait(timeout=40)

    def part(self, words: str) -> psutil.Process:
        """The child whose command line has the words."""
        children = psutil.Process(self.process.pid).children()
        return next(child for child in children if words in " ".join(child.cmdline()))

    def page(self, address: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection(LOOPBACK, self.port, timeout=30)) as connection:
            connection.request("GET", address, headers={"Host": "localhost"})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def ask(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(Cluster(self.var / "postgres").url("kiruna"), autocommit=True) as connection:
            found = connection.execute(statement.encode())
            return found.fetchall() if found.description else []


def wait_until(is_so: Callable[[], bool], *, seconds: float) -> None:
    deadline = monotonic() + seconds
    while not is_so():
        assert monotonic() < deadline, "it did not come to pass in time"
        sleep(0.1)


def still_running(var: Path) -> list[str]:
    """Every process of this machine that has to do with the folder."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            about = [*process.cmdline(), process.cwd(), process.environ().get("VAR_DIR", "")]
            if process.pid != os.getpid() and any(str(var) in text for text in about):
                found.append(f"{process.pid} {' '.join(process.cmdline())}")
    return found
