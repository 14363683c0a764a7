"""What goes wrong at the start of the demo is said in a sentence, without a traceback."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from kiruna_innovation.embedded import __main__ as start
from kiruna_innovation.embedded.postgres import Cluster
from kiruna_innovation.embedded.problems import Problem


def refusing(number: int, path: Path) -> Callable[..., Any]:
    def refuse(*_anything: object) -> None:
        raise OSError(number, os.strerror(number), str(path))

    return refuse


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk that holds {var} is full."),
        (errno.EACCES, "{var}/demo.lock cannot be written by this account."),
        (errno.EROFS, "{var}/demo.lock cannot be written by this account."),
        (errno.EIO, "The demo cannot go on, because the system says of {var}/demo.lock: Input/output error."),
    ],
)
def test_what_the_system_refuses_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], number: int, sentence: str
) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.setattr(start, "only_one", refusing(number, tmp_path / "demo.lock"))
    assert start.main() == 1
    assert capsys.readouterr().err.startswith(sentence.format(var=tmp_path))


def test_a_file_in_the_place_of_the_folder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    var = tmp_path / "var"
    var.touch()
    monkeypatch.setenv("VAR_DIR", str(var))
    assert start.main() == 1
    assert capsys.readouterr().err.startswith(f"{var} is in the way")


def test_a_process_of_another_account_is_left_alone_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n", encoding="ascii")

    def denied(self: psutil.Process) -> list[str]:
        raise psutil.AccessDenied(self.pid)

    monkeypatch.setattr(psutil.Process, "cmdline", denied)
    with pytest.raises(Problem, match=f"names process {os.getpid()}, which belongs to another account"):
        Cluster(tmp_path, account=None)._clear_leftovers()
    assert pid_file.exists()
