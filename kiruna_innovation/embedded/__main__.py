"""Start the demo: `python -m kiruna_innovation.embedded`, with PORT= and VAR_DIR= in the environment."""

import asyncio
import errno
import os
import sys
from pathlib import Path

from kiruna_innovation.embedded.environment import var_dir
from kiruna_innovation.embedded.lock import only_one
from kiruna_innovation.embedded.ports import chosen_port
from kiruna_innovation.embedded.problems import Problem
from kiruna_innovation.embedded.supervisor import Demo


def in_words(error: OSError, var: Path) -> str:
    """What the system refused, and what to do."""
    where = error.filename or var
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT:
            return f"The disk that holds {var} is full. Make room and start again; the data are as they were."
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return f"{where} cannot be written by this account. Make it yours, or choose another folder with VAR_DIR."
        case errno.EEXIST | errno.ENOTDIR:
            return f"{where} is in the way: a folder is needed there. Move it away, or choose another folder with VAR_DIR."
    return f"The demo cannot go on, because the system says of {where}: {error.strerror or error}."


def main() -> int:
    """0 after a wanted stop, 1 with a sentence when something is wrong."""
    var = var_dir()
    try:
        var.mkdir(parents=True, exist_ok=True)
        with only_one(var / "demo.lock"):
            asyncio.run(Demo(var, chosen_port(os.environ.get("PORT") or "8000")).run())
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    except OSError as error:
        print(in_words(error, var), file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
