"""Start the demo: `python -m kiruna_innovation.embedded`, with PORT= and VAR_DIR= in the environment."""

import asyncio
import os
import sys

from kiruna_innovation.embedded.environment import var_dir
from kiruna_innovation.embedded.lock import only_one
from kiruna_innovation.embedded.ports import chosen_port
from kiruna_innovation.embedded.problems import Problem
from kiruna_innovation.embedded.supervisor import Demo


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
    return 0


if __name__ == "__main__":
    sys.exit(main())
