import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
import pytest

from kiruna_innovation.embedded.environment import ROOT
from kiruna_innovation.embedded.postgres import Cluster
from kiruna_innovation.embedded.problems import Problem
from kiruna_innovation.embedded.throwaway import running

pytestmark = pytest.mark.slow


def ask(cluster: Cluster, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(cluster.url("kiruna"), autocommit=True) as connection:
        found = connection.execute(statement.encode())
        return found.fetchall() if found.description else []


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    return Cluster(tmp_path / "postgres")


def test_it_knows_swedish_letters_and_listens_on_no_port(cluster: Cluster) -> None:
    with running(cluster, {}):
        cluster.create_database("kiruna")
        cluster.create_database("kiruna")  # as at a second start
        assert ask(cluster, "SELECT lower('ÅÄÖÉ'), to_tsvector('swedish', 'gångvägarna')::text, current_setting('listen_addresses')") == [
            ("åäöé", "'gångväg':1", "")
        ]
    assert cluster.data.stat().st_mode & 0o777 == 0o700


def test_data_outlive_a_server_that_was_killed(cluster: Cluster) -> None:
    with running(cluster, {}) as server:
        cluster.create_database("kiruna")
        ask(cluster, "CREATE TABLE kept (n int)")
        ask(cluster, "INSERT INTO kept VALUES (1)")
        server.kill()
    pid_file = cluster.data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))  # the number belongs to another program by now
    with running(cluster, {}):
        assert ask(cluster, "SELECT n FROM kept") == [(1,)]


def test_a_server_left_running_is_stopped_first(cluster: Cluster) -> None:
    with running(cluster, {}) as left, running(cluster, {}) as server:
        assert left.wait(timeout=10) is not None
        assert server.poll() is None


def test_a_start_broken_off_leaves_nothing_half_made(cluster: Cluster) -> None:
    half = cluster.data.with_name("postgres.new")
    half.mkdir()
    (half / "base").write_text("broken off here")
    with running(cluster, {}):
        assert not half.exists()


def test_a_path_too_long_for_a_socket_is_met_by_a_short_one(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path / ("long" * 30) / "postgres")
    assert len(str(cluster.sockets)) < 60
    with running(cluster, {}):
        cluster.create_database("kiruna")
        assert ask(cluster, "SELECT 1") == [(1,)]
    cluster.sockets.rmdir()


def test_data_of_another_version_are_left_alone(cluster: Cluster) -> None:
    cluster.prepare()
    (cluster.data / "PG_VERSION").write_text("17\n")
    with pytest.raises(Problem, match=r"was made by PostgreSQL 17; this release brings 18\. Move that folder away"):
        cluster.prepare()


def test_a_folder_of_somebody_else_is_not_used(cluster: Cluster) -> None:
    cluster.data.symlink_to("/tmp")  # noqa: S108
    with pytest.raises(Problem, match="belongs to somebody else"):
        cluster.prepare()


def test_a_program_is_given_a_database_of_its_own_for_one_errand() -> None:
    program = (
        "import os, psycopg; print(os.environ['DATABASE_URL']); psycopg.connect(os.environ['DATABASE_URL']).close(); raise SystemExit(3)"
    )
    ran = subprocess.run(
        [sys.executable, "-m", "kiruna_innovation.embedded.throwaway", sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 3
    url = urlsplit(ran.stdout.strip())
    assert (url.scheme, url.path) == ("postgresql", "/kiruna")
    assert not Path(unquote(url.netloc.partition("@")[2])).exists()
