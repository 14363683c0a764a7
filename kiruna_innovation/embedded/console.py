"""One readable log of several services: a short prefix on the terminal, a file for each under var/log/, the last start's beside it."""

import os
import sys
from pathlib import Path
from typing import TextIO

WIDTH = 6
COLOURS = {"db": 34, "mail": 35, "web": 32, "worker": 33, "beat": 36}


class Log:
    """What one service says."""

    def __init__(self, service: str, folder: Path, terminal: TextIO = sys.stdout) -> None:
        self.terminal = terminal
        prefix = f"{service:<{WIDTH}} |"
        if terminal.isatty() and "NO_COLOR" not in os.environ:
            prefix = f"\x1b[{COLOURS.get(service, 0)}m{prefix}\x1b[0m"
        self.prefix = prefix
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{service}.log"
        if self.path.exists():
            self.path.replace(self.path.with_suffix(".log.1"))
        self.file = self.path.open("w", encoding="utf-8", buffering=1)

    def line(self, text: str, *, shown: bool = True) -> None:
        """Keep the line, and show it on the terminal."""
        self.file.write(text + "\n")
        if shown:
            print(self.prefix, text, file=self.terminal, flush=True)

    def close(self) -> None:
        self.file.close()
