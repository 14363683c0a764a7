"""What every test run stands on: a PostgreSQL of its own, and Redis and Chromium where a test asks for them.

A pytest plugin, loaded before Django reads its settings. With DATABASE_URL set, that server is used instead.
"""

import atexit
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import ExitStack
from signal import SIGTERM
from time import monotonic, sleep
from typing import Any

import pytest
import redis
from django.utils import timezone, translation
from xdist.scheduler import LoadScopeScheduling

from kiruna_innovation.embedded.ports import LOOPBACK, free_port
from kiruna_innovation.embedded.tether import tied_to_parent
from kiruna_innovation.embedded.throwaway import throwaway_postgres

TOGETHER = ("tests/browser/", "tests/demo/test_load.py")
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests() -> Generator[None]:
    """Around pytest-django's hook of this name, which reads the settings. Workers of xdist inherit the environment."""
    os.environ["TESTING"] = "1"
    for_the_whole_run = ExitStack()
    atexit.register(for_the_whole_run.close)
    if "FILES_DIR" not in os.environ:
        os.environ["FILES_DIR"] = for_the_whole_run.enter_context(tempfile.TemporaryDirectory(prefix="files-"))
    if "DATABASE_URL" not in os.environ:
        os.environ["DATABASE_URL"] = for_the_whole_run.enter_context(throwaway_postgres())
    return (yield)


@pytest.fixture(autouse=True)
def _as_a_thread_begins() -> None:
    """A request leaves its reader's language and time zone active in the thread that served it. No test begins with another's."""
    translation.deactivate()
    timezone.deactivate()


class Scheduling(LoadScopeScheduling):  # type: ignore[misc] # xdist carries no types
    """Tests that share something slow to set up go to one worker, the rest wherever there is room.

    `--dist loadgroup` would do it, but pytest 9.2 forgets the group that xdist 3.8 writes into a test's id.
    """

    def _split_scope(self, nodeid: str) -> str:
        return next((place for place in TOGETHER if nodeid.startswith(place)), nodeid)

    def remove_node(self, node: Any) -> str | None:
        """A test whose worker ended is told of once. xdist 3.8 would give it to the next worker, and the next."""
        ended: str | None = next((test for unit in self.assigned_work[node].values() for test in unit if not unit[test]), None)
        if ended:
            self.assigned_work[node][self._split_scope(ended)][ended] = True
        super().remove_node(node)
        return ended


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return Scheduling(config, log)


def missing(what: str, how: str) -> None:
    """In CI everything has to be there; on a person's machine the test is skipped and says what it lacks."""
    sentence = f"{what} is not on this machine: {how}."
    if os.environ.get("CI") == "true":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that drives browser tests: CHROMIUM_PATH, or the first one found on PATH."""
    found = os.environ.get("CHROMIUM_PATH") or next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if not found:
        missing("Chromium", "install it (apt install chromium) or name it with CHROMIUM_PATH")
    return str(found)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """The URL of a real Redis of our own."""
    program = shutil.which("redis-server")
    if not program:
        missing("Redis", "install it (apt install redis-server)")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            [str(program), "--bind", LOOPBACK, "--port", str(port), "--save", "", "--appendonly", "no", "--dir", folder],
            stdout=subprocess.DEVNULL,
            preexec_fn=tied_to_parent(SIGTERM),
        )
        url = f"redis://{LOOPBACK}:{port}/0"
        try:
            wait_for_redis(url)
            yield url
        finally:
            server.terminate()
            server.wait(timeout=10)


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """A real Redis, empty."""
    with redis.Redis.from_url(redis_server) as client:
        client.flushall()
    return redis_server


def wait_for_redis(url: str) -> None:
    deadline = monotonic() + 10
    with redis.Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
            except redis.ConnectionError:
                if monotonic() > deadline:
                    raise
                sleep(0.05)
            else:
                return
