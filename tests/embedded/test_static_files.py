from pathlib import Path

import pytest

from kiruna_innovation.embedded.static_files import are_current, fingerprint, remember


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("requirements/base.txt", "static/dist/app.css", "static/img/mark.svg"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("first")
    return tmp_path


def test_the_same_files_have_the_same_fingerprint(root: Path) -> None:
    assert fingerprint(root) == fingerprint(root)


@pytest.mark.parametrize("name", ["requirements/base.txt", "static/dist/app.css", "static/img/mark.svg", "static/img/new.svg"])
def test_a_changed_file_or_a_new_one_changes_it(root: Path, name: str) -> None:
    before = fingerprint(root)
    (root / name).write_text("second")
    assert fingerprint(root) != before


def test_without_files_there_is_a_fingerprint_all_the_same(root: Path) -> None:
    (root / "static/dist/app.css").unlink()
    (root / "static/dist").rmdir()
    assert len(fingerprint(root)) == 64


def test_they_are_gathered_anew_when_they_are_gone(tmp_path: Path) -> None:
    stamp = tmp_path / "static.stamp"
    assert not are_current(stamp)
    remember(stamp)
    assert not are_current(stamp)
    (tmp_path / "static").mkdir()
    assert are_current(stamp)
    stamp.write_text("of other files")
    assert not are_current(stamp)
