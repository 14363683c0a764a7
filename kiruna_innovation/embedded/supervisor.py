"""The demo as a whole: PostgreSQL, the mailbox, the web server, the worker and beat, started and stopped in order."""

import asyncio
import http.client
import os
import signal
import sys
import time
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from kiruna_innovation.demo.accounts import ADDRESSES, PASSWORD
from kiruna_innovation.embedded import postgres, static_files
from kiruna_innovation.embedded.console import Log
from kiruna_innovation.embedded.environment import ROOT, for_services
from kiruna_innovation.embedded.mailbox import Mailbox
from kiruna_innovation.embedded.ports import LOOPBACK
from kiruna_innovation.embedded.problems import Problem
from kiruna_innovation.embedded.service import Program, Service

DATABASE = "kiruna"
FIRST_PAGE = "/accounts/login/"
SECONDS_TO_FIRST_PAGE = 60
CELERY = ("-m", "celery", "--quiet", "-A", "kiruna_innovation")


class Demo:
    """One run of the demo on one folder and one port."""

    def __init__(self, var: Path, port: int) -> None:
        self.var = var
        self.port = port
        self.cluster = postgres.Cluster(var / "postgres")
        self.logs = {name: Log(name, var / "log") for name in ("db", "mail", "setup", "web", "worker", "beat")}
        self.stamp = var / "static.stamp"
        self.environment: dict[str, str] = {}
        self.asked_to_stop = asyncio.Event()

    async def run(self) -> None:
        """Until Ctrl-C, SIGTERM or the end of a part. Whatever the reason, nothing is left running."""
        loop = asyncio.get_running_loop()
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(wanted, self.asked_to_stop.set)
        running = asyncio.create_task(self._serve())
        asked = asyncio.create_task(self.asked_to_stop.wait())
        await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            say("Stopping …")
            running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        asked.cancel()
        if not running.cancelled() and (error := running.exception()):
            raise error
        say("Stopped. The data stay in", f"{self.var}/")

    async def _serve(self) -> None:
        begun = time.monotonic()
        async with AsyncExitStack() as stack:  # what started last is stopped first: no new work, no new requests, then the database
            await self._start_mailbox(stack)
            say("Starting PostgreSQL …")
            static = None if static_files.are_current(self.stamp) else await self._start(self._collect_static(), stack)
            database = await self._start_database(stack)
            say("Preparing the database and the demo …")
            filling = await self._start(self._fill_database(), stack)
            if static:
                await until_done(static)
                static_files.remember(self.stamp)
            web = await self._start(self._web(), stack)
            await until_done(filling)
            await unless_one_ends([database, web], self._first_page())
            worker, beat = [await self._start(program, stack) for program in (self._worker(), self._beat())]
            self._announce(time.monotonic() - begun)
            await unless_one_ends([database, web, worker, beat], asyncio.Event().wait())

    async def _start(self, program: Program, stack: AsyncExitStack) -> Service:
        service = await Service.start(program)
        stack.push_async_callback(service.stop)
        return service

    async def _start_database(self, stack: AsyncExitStack) -> Service:
        await asyncio.to_thread(self.cluster.prepare)
        program = Program(
            "PostgreSQL",
            self.cluster.command(),
            self.logs["db"],
            dict(os.environ),
            Path("/"),
            stop_signal=postgres.STOP,
            patience=20,
            run_as=self.cluster.run_as,
            is_shown=postgres.is_grave,
        )
        database = await self._start(program, stack)
        await asyncio.to_thread(self.cluster.wait_until_ready, lambda: database.is_running)
        await asyncio.to_thread(self.cluster.create_database, DATABASE)
        return database

    async def _start_mailbox(self, stack: AsyncExitStack) -> None:
        server, mail_port = await Mailbox(self.var / "mail", self.logs["mail"]).listen()
        stack.callback(server.close)
        self.environment = for_services(var=self.var, port=self.port, mail_port=mail_port, database_url=self.cluster.url(DATABASE))

    def _python(self, log: str, name: str, *arguments: str, patience: float = 8.0) -> Program:
        return Program(name, (sys.executable, *arguments), self.logs[log], self.environment, ROOT, patience=patience)

    def _collect_static(self) -> Program:
        return self._python(
            "setup", "gathering of the static files", "manage.py", "collectstatic", "--no-input", "--clear", "--verbosity", "0"
        )

    def _fill_database(self) -> Program:
        return self._python("setup", "filling of the database", "-m", "kiruna_innovation.embedded.prepare")

    def _web(self) -> Program:
        return self._python(
            "web", "web server", "-m", "granian", "--interface", "wsgi", "--host", LOOPBACK, "--port", str(self.port), "--workers", "2",
            "--blocking-threads", "4", "--no-ws", "--log-level", "warning", "--workers-kill-timeout", "3",
            "kiruna_innovation.wsgi:application",
        )  # fmt: skip

    def _worker(self) -> Program:
        """On the filesystem broker even an idle worker takes six seconds to say goodbye. A task broken off is taken up at the next start."""
        return self._python(
            "worker", "worker", *CELERY, "worker", "--concurrency", "1", "--loglevel", "warning", "--without-gossip", "--without-mingle",
            patience=4,
        )  # fmt: skip

    def _beat(self) -> Program:
        folder = self.var / "beat"
        folder.mkdir(exist_ok=True)
        return self._python(
            "beat", "beat", *CELERY, "beat", "--schedule", str(folder / "schedule"), "--pidfile", "", "--loglevel", "warning", patience=3
        )

    async def _first_page(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_FIRST_PAGE
        while not await asyncio.to_thread(answers, self.port):
            if time.monotonic() > deadline:
                raise Problem(f"The first page did not come within {SECONDS_TO_FIRST_PAGE} seconds. {self.var}/log/web.log may say why.")
            await asyncio.sleep(0.1)

    def _announce(self, seconds: float) -> None:
        address = f"http://localhost:{self.port}/"
        say(f"\n  Innovationsplattform Kiruna is ready after {seconds:.1f} s:  {address}\n")
        say(f"  Sign in with one of these; the password is {PASSWORD}")
        for email in ADDRESSES:
            say(f"    {email}")
        say(f"\n  Its mail is kept at {address}demo/mail/. Stop it with Ctrl-C; the data stay in {self.var}/.\n")


def say(*words: str) -> None:
    print(*words, flush=True)


def answers(port: int) -> bool:
    """Whether the first page is there. Its first making also fills the templates' cache, so the first visitor need not wait."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=30)
    try:
        connection.request("GET", FIRST_PAGE, headers={"Host": "localhost"})
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


async def until_done(service: Service) -> None:
    """Wait for the end of something that ends; a Problem when it failed."""
    if code := await service.ended():
        program = service.program
        raise Problem(f"The {program.name} failed (exit code {code}). What it said stands above and in {program.log.path}.")


async def unless_one_ends(services: Sequence[Service], wanted: Coroutine[None, None, object]) -> None:
    """Wait for what is wanted; a Problem when one of the services ends before."""
    waiting = asyncio.create_task(wanted)
    ends = {asyncio.create_task(service.ended()): service for service in services}
    try:
        await asyncio.wait({waiting, *ends}, return_when=asyncio.FIRST_COMPLETED)
        for task, service in ends.items():
            if task.done():
                raise Problem(
                    f"The {service.program.name} stopped by itself (exit code {task.result()}), so the demo stops. "
                    f"What it said last stands in {service.program.log.path}."
                )
        await waiting
    finally:
        waiting.cancel()
        for task in ends:
            task.cancel()
