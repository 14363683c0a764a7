import socket

import pytest

from kiruna_innovation.embedded.ports import LOOPBACK, chosen_port, free_port
from kiruna_innovation.embedded.problems import Problem


def test_a_free_port_can_be_chosen() -> None:
    port = free_port()
    assert chosen_port(str(port)) == port


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=rf"^Port {port} is in use by another program\. .* make demo PORT=\d+$"):
            chosen_port(str(port))


@pytest.mark.parametrize("text", ["0", "65536", "-1", "web", "80 80", "\N{FULLWIDTH DIGIT EIGHT}000", "1e3", "8000.0"])
def test_what_is_no_port_is_said_to_be_none(text: str) -> None:
    with pytest.raises(Problem, match=rf"^PORT={text} is not a port\. Give a number"):
        chosen_port(text)
