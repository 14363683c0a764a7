"""A PostgreSQL for one errand: `python -m kiruna_innovation.embedded.throwaway program argument …` runs the program with its DATABASE_URL.

Empty at first, gone afterwards, and quick, because nobody will miss its data when the machine loses power.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiruna_innovation.embedded.postgres import STOP, Cluster
from kiruna_innovation.embedded.problems import Problem
from kiruna_innovation.embedded.tether import tied_to_parent

QUICK = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
DATABASE = "kiruna"


@contextmanager
def running(cluster: Cluster, settings: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A server on the cluster while the block runs."""
    cluster.prepare()
    server = subprocess.Popen(
        cluster.command(settings),
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=tied_to_parent(STOP),
        **cluster.run_as,
    )
    try:
        cluster.wait_until_ready(lambda: server.poll() is None)
        yield server
    finally:
        server.send_signal(STOP)  # nothing happens when it has ended already
        server.wait(timeout=30)


@contextmanager
def throwaway_postgres() -> Iterator[str]:
    """The URL of an empty database on a server of its own."""
    with tempfile.TemporaryDirectory(prefix="kiruna-", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder) / "postgres")
        with running(cluster, QUICK):
            cluster.create_database(DATABASE)
            yield cluster.url(DATABASE)


def main(command: list[str]) -> int:
    try:
        with throwaway_postgres() as url:
            return subprocess.run(command, env={**os.environ, "DATABASE_URL": url}, check=False).returncode
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
