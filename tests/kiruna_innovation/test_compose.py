"""docker-compose.yml says what the settings read, and its parts share what they must. Read by line: no reader of YAML is locked."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
SETTINGS = (ROOT / "kiruna_innovation" / "settings.py").read_text(encoding="utf-8")
OF_THE_SYSTEM = {"TMPDIR"}
OURS = ("migrate", "web", "worker", "beat")


def block(name: str, indent: int = 0) -> str:
    """What stands beneath a key at this depth."""
    pad = " " * indent
    found = re.search(rf"^{pad}{name}:.*\n((?:{pad} +.*\n|\s*\n)*)", COMPOSE, re.MULTILINE)
    assert found, name
    return found.group(1)


def test_the_parts_that_read_files_share_them() -> None:
    assert 'volumes: ["files:/files"]' in block("x-app")
    for part in OURS:
        assert "<<: *app" in block(part, 2)
        assert "volumes:" not in block(part, 2), "it would take the place of the shared one"
    assert "files:" in block("volumes")


def test_every_name_in_the_environment_is_one_that_the_settings_read() -> None:
    names = set(re.findall(r"^    ([A-Z_]+):", block("environment", 2), re.MULTILINE))
    read = set(re.findall(r'(?:env\.\w+|secret|needed)\(\s*"([A-Z_]+)"', SETTINGS))
    assert names - OF_THE_SYSTEM <= read
    assert set(re.findall(r'(?:secret|needed)\(\s*"([A-Z_]+)"', SETTINGS)) <= names, "what the start asks for is given"


@pytest.mark.parametrize("part", OURS)
def test_every_command_leads_to_a_module_that_is_there(part: str) -> None:
    command = re.search(r"command: (\[.*\])", block(part, 2))
    if command is None:
        command = re.search(r"^CMD (\[.*(?:\n.*)*\])", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert command
    words = re.findall(r'"([^"]+)"', command.group(1))
    assert words[0] == "python"
    if words[1] == "-m":
        assert find_spec(words[2])
    else:
        assert (ROOT / words[1]).is_file()
    if "-A" in words:
        assert find_spec(words[words.index("-A") + 1])
    for word in words:
        if word.endswith(":application"):
            assert find_spec(word.partition(":")[0])
