"""TCP ports on this machine."""

import socket

from kiruna_innovation.embedded.problems import Problem

LOOPBACK = "127.0.0.1"


def chosen_port(text: str) -> int:
    """The port a person asked for with PORT=; a Problem when it is no port, is taken or is not theirs to take."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise Problem(f"PORT={text} is not a port. Give a number from 1024 to 65535, for example: make demo PORT=8001")
    port = int(text)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except PermissionError:
            raise Problem(f"Port {port} is kept for the system. Choose one from 1024 up, for example: make demo PORT=8001") from None
        except OSError:
            raise Problem(
                f"Port {port} is in use by another program. Stop that program, or choose another port: make demo PORT={port % 65000 + 1}"
            ) from None
    return port


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
