"""The whole demo: started, used, stopped in every way there is."""

import signal
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kiruna_innovation.embedded.ports import LOOPBACK, free_port
from tests.processes import Demo, still_running, wait_until

pytestmark = pytest.mark.slow


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Demo]]:
    """Starts the demo on one folder, as often as called; nothing of it outlives the test."""
    started: list[Demo] = []

    def on_a_free_port() -> Demo:
        started.append(Demo(tmp_path / "var", free_port()))
        return started[-1]

    yield on_a_free_port
    for demo in started:
        if demo.process.poll() is None:
            demo.end(signal.SIGTERM)


def test_a_life_of_the_demo(start: Callable[[], Demo], tmp_path: Path) -> None:
    """One story, because each start costs seconds: begun, killed outright, begun again, a part dies, begun again, Ctrl-C."""
    var = tmp_path / "var"
    var.mkdir()
    (var / "demo.lock").write_text("999999")  # left by a process that is no more

    first = start()
    first.wait_until_ready()
    assert (first.page("/accounts/login/")[0], first.page("/healthz")[0]) == (200, 200)
    for words in ("medarbetare@kiruna.example", "koordinator@tvk.example", "kiruna-demo", f"http://localhost:{first.port}/"):
        assert words in first.said()
    people = first.ask("SELECT count(*), max(id) FROM organisation_person")
    assert people[0][0] != 0

    beside = start()
    assert beside.process.wait(timeout=20) == 1
    assert beside.said() == (
        f"The demo runs already from this folder (process {first.process.pid}). Stop that one with Ctrl-C, or use it.\n"
    )

    first.end(signal.SIGKILL)
    if sys.platform == "linux":  # only Linux tells a process that its parent has died
        wait_until(lambda: still_running(var) == [], seconds=20)

    second = start()
    second.wait_until_ready()
    assert second.ask("SELECT count(*), max(id) FROM organisation_person") == people
    second.part("celery --quiet -A kiruna_innovation worker").kill()
    assert second.process.wait(timeout=40) == 1
    assert (
        f"The worker stopped by itself (exit code -9), so the demo stops. What it said last stands in {var}/log/worker.log."
        in second.said()
    )
    assert still_running(var) == []

    third = start()
    third.wait_until_ready()
    assert third.end(signal.SIGINT) == 0
    assert still_running(var) == []
    assert "Traceback" not in first.said() + second.said() + third.said()


def test_being_told_to_stop_during_the_start_stops_it_at_once(start: Callable[[], Demo]) -> None:
    demo = start()
    wait_until(lambda: "Preparing the database" in demo.said(), seconds=30)
    assert demo.end(signal.SIGTERM) == 0
    assert still_running(demo.var) == []
    assert "Traceback" not in demo.said()


def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        demo = Demo(tmp_path / "var", taken.getsockname()[1])
        assert demo.process.wait(timeout=20) == 1
    assert demo.said().startswith(f"Port {demo.port} is in use by another program.")
    assert demo.said().count("\n") == 1
