"""Children that do not outlive the process that started them, even when that one is killed outright."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def tied_to_parent(when_orphaned: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: on Linux the kernel sends the child this signal when its parent has died. Elsewhere it does nothing."""
    parent = os.getpid()

    def tie() -> None:
        if LIBC is None:
            return
        LIBC.prctl(PR_SET_PDEATHSIG, when_orphaned)
        if os.getppid() != parent:
            os._exit(1)

    return tie
