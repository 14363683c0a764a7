from io import StringIO
from pathlib import Path

import pytest

from kiruna_innovation.embedded.console import Log


def test_a_line_is_kept_and_shown_with_the_name_of_its_service(tmp_path: Path) -> None:
    terminal = StringIO()
    log = Log("web", tmp_path, terminal)
    log.line("the first page")
    log.line("a detail", shown=False)
    log.close()
    assert terminal.getvalue() == "web    | the first page\n"
    assert (tmp_path / "web.log").read_text() == "the first page\na detail\n"


def test_the_last_start_is_kept_beside(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        log = Log("web", tmp_path, StringIO())
        log.line(text)
        log.close()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"web.log": "three\n", "web.log.1": "two\n"}


def test_a_terminal_gets_colour_unless_it_asks_for_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    shown = []
    for no_colour in (False, True):
        monkeypatch.setenv("NO_COLOR", "1") if no_colour else monkeypatch.delenv("NO_COLOR", raising=False)
        log = Log("web", tmp_path, Terminal())
        shown.append(log.prefix)
        log.close()
    assert shown == ["\x1b[32mweb    |\x1b[0m", "web    |"]
