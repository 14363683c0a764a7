"""One child process of the demo: started, listened to, stopped."""

import asyncio
import os
import signal
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from kiruna_innovation.embedded.account import RunAs
from kiruna_innovation.embedded.console import Log
from kiruna_innovation.embedded.tether import tied_to_parent

LONGEST_LINE = 1024 * 1024
SECONDS_TO_REST = 1.0


def always(_line: str) -> bool:
    return True


@dataclass(frozen=True)
class Program:
    """What is to run, and how it is asked to stop."""

    name: str
    command: Sequence[str]
    log: Log
    environment: dict[str, str]
    folder: Path
    stop_signal: signal.Signals = signal.SIGTERM
    patience: float = 8.0  # seconds between being asked to stop and being made to
    run_as: RunAs = field(default_factory=RunAs)
    is_shown: Callable[[str], bool] = always


@dataclass(frozen=True)
class Service:
    """A program that runs."""

    program: Program
    process: asyncio.subprocess.Process
    reading: asyncio.Task[None]

    @classmethod
    async def start(cls, program: Program) -> Self:
        """In a process group of its own, so that Ctrl-C in the terminal reaches only us, who stop the parts in order."""
        process = await asyncio.create_subprocess_exec(
            *program.command,
            cwd=program.folder,
            env=program.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=LONGEST_LINE,
            start_new_session=True,
            preexec_fn=tied_to_parent(program.stop_signal),
            **program.run_as,
        )
        return cls(program, process, asyncio.create_task(read(process.stdout, program)))

    @property
    def is_running(self) -> bool:
        return self.process.returncode is None

    async def ended(self) -> int:
        """Wait for the end of the process and what it said last: its exit code."""
        code = await self.process.wait()
        await asyncio.wait({self.reading}, timeout=SECONDS_TO_REST)
        return code

    async def stop(self) -> None:
        """Ask the process to stop; after its patience make it and everything it started."""
        if self.is_running:
            with suppress(ProcessLookupError):
                self.process.send_signal(self.program.stop_signal)
            with suppress(TimeoutError):
                await asyncio.wait_for(self.process.wait(), self.program.patience)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        await self.ended()
        self.reading.cancel()


async def read(stream: asyncio.StreamReader | None, program: Program) -> None:
    """Hand on what the program says, line by line, to its end."""
    if stream is None:
        return
    async for line in stream:
        if text := line.decode("utf-8", "replace").rstrip():
            program.log.line(text, shown=program.is_shown(text))
