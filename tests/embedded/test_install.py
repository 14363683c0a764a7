import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kiruna_innovation.embedded import install
from kiruna_innovation.embedded.environment import ROOT


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two locks and nothing installed."""
    (tmp_path / "requirements").mkdir()
    for lock in ("base", "dev"):
        (tmp_path / "requirements" / f"{lock}.txt").write_text(f"{lock}, first")
    venv = tmp_path / ".venv"
    venv.mkdir()
    for name, value in {"ROOT": tmp_path, "VENV": venv, "PYTHON": venv / "bin" / "python", "INSTALLED": venv / "installed.json"}.items():
        monkeypatch.setattr(install, name, value)
    return tmp_path


def write_installed(clone: Path, *locks: str) -> None:
    digests = {lock: hashlib.sha256((clone / "requirements" / f"{lock}.txt").read_bytes()).hexdigest() for lock in locks}
    (clone / ".venv" / "installed.json").write_text(json.dumps(digests))


@pytest.mark.parametrize(
    ("installed", "base_is_current", "dev_is_current"),
    [((), False, False), (("base",), True, False), (("dev",), True, True), (("base", "dev"), True, True)],
)
def test_what_is_installed_is_not_installed_again(
    clone: Path, installed: tuple[str, ...], *, base_is_current: bool, dev_is_current: bool
) -> None:
    write_installed(clone, *installed)
    assert (install.is_current("base"), install.is_current("dev")) == (base_is_current, dev_is_current)


def test_a_changed_lock_is_installed(clone: Path) -> None:
    write_installed(clone, "base", "dev")
    (clone / "requirements" / "base.txt").write_text("base, second")
    (clone / "requirements" / "dev.txt").write_text("dev, second")
    assert (install.is_current("base"), install.is_current("dev")) == (False, False)


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00"])
def test_a_note_that_cannot_be_read_counts_as_nothing_installed(clone: Path, content: str) -> None:
    (clone / ".venv" / "installed.json").write_text(content)
    assert install.installed() == {}


def test_an_older_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 10, 4, "final", 0))
    with pytest.raises(SystemExit) as stopped:
        install.main("base")
    assert stopped.value.code == (
        f"Python 3.11 or later is needed; {sys.executable} is 3.10. "
        "Install one, or name the one to use: make demo PYTHON=/path/to/python3.11"
    )


def test_a_machine_without_python_is_told_so() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    made = subprocess.run(
        ["make", "base", "PYTHON=python-that-is-not-there"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert made.returncode == 2
    assert made.stdout == "Python 3.11 or later is needed, and there is no python-that-is-not-there on this machine.\n"


def test_without_a_network_it_says_what_to_look_for(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (clone / "requirements" / "uv.txt").write_text("uv==0.0.1 --hash=sha256:" + "0" * 64)
    (clone / "requirements" / "base.txt").write_text("django==0.0.1 --hash=sha256:" + "0" * 64)
    monkeypatch.setattr(install, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # as if no index could be reached
    with pytest.raises(SystemExit, match=r"^The packages of requirements/base\.txt could not be installed\. Is there a network"):
        install.install("base")
