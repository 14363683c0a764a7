"""One demo at a time in one folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiruna_innovation.embedded.problems import Problem


@contextmanager
def only_one(path: Path) -> Iterator[None]:
    """Hold the lock file while the block runs. The system lets go of it when the process ends, however it ends, so a
    file left behind means nothing; what stands in it is for people to read."""
    with path.open("a+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise Problem(f"The demo runs already from this folder (process {holder}). Stop that one with Ctrl-C, or use it.") from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
