"""Make .venv and install a lock into it: `python3 kiruna_innovation/embedded/install.py base|dev`.

Run by the machine's own Python before anything is installed, so it uses the standard library only and is a program of its own.
Nothing happens when the lock is installed already.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTALLED = VENV / "installed.json"
IS_NEW_ENOUGH = "import sys; print(sys.version_info >= (3, 11))"


def say(sentence: str) -> None:
    print(sentence, flush=True)


def digest(lock: str) -> str:
    return hashlib.sha256((ROOT / "requirements" / (lock + ".txt")).read_bytes()).hexdigest()


def installed() -> dict[str, str]:
    """The digest of every lock that stands in .venv, by name."""
    try:
        found = json.loads(INSTALLED.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def is_current(lock: str) -> bool:
    """Whether the lock is installed; dev.txt holds all of base.txt."""
    have = installed()
    return any(have.get(name) == digest(name) for name in {lock, "dev"})


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


def is_usable() -> bool:
    return PYTHON.exists() and run(str(PYTHON), "-c", IS_NEW_ENOUGH).stdout.strip() == "True"


def make_venv() -> None:
    say(f"Making .venv with Python {sys.version_info[0]}.{sys.version_info[1]} …")
    made = run(sys.executable, "-m", "venv", "--clear", str(VENV))
    if made.returncode:
        sys.exit(
            f"Python could not make a virtual environment in {VENV}. On Debian and Ubuntu: apt install python3-venv; "
            f"then try again. Python said:\n{(made.stderr or made.stdout).strip()}"
        )


def install(lock: str) -> None:
    """Install with uv, which is quick; with pip where uv finds no packages (it does not read pip's own settings)."""
    requirements = str(ROOT / "requirements" / (lock + ".txt"))
    pip = (str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--require-hashes", "-r")
    say(f"Installing the packages of requirements/{lock}.txt …")
    tried = run(*pip, str(ROOT / "requirements" / "uv.txt"))
    if not tried.returncode:
        tried = run(str(PYTHON), "-m", "uv", "pip", "install", "--quiet", "--require-hashes", "-r", requirements, VIRTUAL_ENV=str(VENV))
    if tried.returncode:
        tried = run(*pip, requirements)
    if tried.returncode:
        sys.exit(
            f"The packages of requirements/{lock}.txt could not be installed. Is there a network, and does pip reach a package index? "
            f"The installer said:\n{(tried.stderr or tried.stdout).strip()[-2000:]}"
        )


def main(lock: str) -> None:
    if sys.version_info < (3, 11):
        sys.exit(
            f"Python 3.11 or later is needed; {sys.executable} is {sys.version_info[0]}.{sys.version_info[1]}. "
            "Install one, or name the one to use: make demo PYTHON=/path/to/python3.11"
        )
    if is_usable() and is_current(lock):
        return
    if not is_usable():
        make_venv()
    install(lock)
    INSTALLED.write_text(json.dumps({**installed(), lock: digest(lock)}), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
