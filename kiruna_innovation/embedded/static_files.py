"""Whether the static files have to be gathered and compressed again, told without starting Django, which takes longer than looking."""

import hashlib
from pathlib import Path

from kiruna_innovation.embedded.environment import ROOT

SOURCES = ("static/dist", "static/img")


def fingerprint(root: Path = ROOT) -> str:
    """Changes when any of our static files does, or a package that may bring some."""
    found = hashlib.sha256((root / "requirements" / "base.txt").read_bytes())
    for source in SOURCES:
        for path in sorted((root / source).rglob("*")):
            about = path.stat()
            found.update(f"{path.relative_to(root)} {about.st_size} {about.st_mtime_ns}\n".encode())
    return found.hexdigest()


def are_current(stamp: Path) -> bool:
    """Whether the last start gathered these very files, and they are still there."""
    return stamp.exists() and (stamp.parent / "static").is_dir() and stamp.read_text(encoding="ascii") == fingerprint()


def remember(stamp: Path) -> None:
    stamp.write_text(fingerprint(), encoding="ascii")
