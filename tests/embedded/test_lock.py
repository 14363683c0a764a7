import os
from pathlib import Path

import pytest

from kiruna_innovation.embedded.lock import only_one
from kiruna_innovation.embedded.problems import Problem


def test_a_second_start_is_told_who_runs_already(tmp_path: Path) -> None:
    lock = tmp_path / "demo.lock"
    with only_one(lock), pytest.raises(Problem) as refused, only_one(lock):
        pass
    assert str(refused.value) == (f"The demo runs already from this folder (process {os.getpid()}). Stop that one with Ctrl-C, or use it.")


def test_a_lock_left_by_a_dead_process_means_nothing(tmp_path: Path) -> None:
    lock = tmp_path / "demo.lock"
    lock.write_text("999999")
    with only_one(lock):
        assert lock.read_text() == str(os.getpid())
    with only_one(lock):
        pass
