"""PostgreSQL refuses to run as root. In a container, where everybody is root, it runs as the system's unprivileged account."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypedDict

READ = stat.S_IRGRP | stat.S_IROTH
PASS = stat.S_IXGRP | stat.S_IXOTH


class RunAs(TypedDict, total=False):
    """The arguments of `subprocess` that choose the account."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int

    @classmethod
    def for_postgres(cls) -> Self | None:
        """None: our own account will do, since we are not root."""
        if os.geteuid() != 0:
            return None
        entry = pwd.getpwnam("nobody")
        return cls(entry.pw_uid, entry.pw_gid)

    def run_as(self) -> RunAs:
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def take(self, folder: Path) -> None:
        """Own the folder, which is ours now, and be able to reach it."""
        os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        self.reach(folder)

    def reach(self, path: Path) -> None:
        """Let the account pass through the folders above, as by `chmod o+x`: it may walk through them, not list them."""
        for folder in path.resolve().parents:
            found = folder.stat()
            if found.st_uid != self.uid and not found.st_mode & stat.S_IXOTH:
                folder.chmod(found.st_mode | stat.S_IXOTH)

    def read(self, folder: Path) -> None:
        """Let the account read and run what is in the folder, if there is one; a strict umask may have kept it out."""
        if not folder.is_dir():
            return
        self.reach(folder)
        for path in [folder, *folder.rglob("*")]:
            if path.is_symlink():
                continue
            mode = path.stat().st_mode
            wanted = mode | READ | (PASS if mode & stat.S_IXUSR else 0)
            if wanted != mode:
                path.chmod(wanted)
