"""The laws of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

ROOT = Path(__file__).resolve().parent.parent
APPS = ("kiruna_innovation", "triage", "network", "ideas", "challenges", "contributions", "organisation", "notifications", "lib")
PUBLIC = {
    "account_confirm_login_code",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_inactive",
    "account_login",
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_request_login_code",
    "account_signup",
    "live",
    "ready",
    "set_language",
    "unsubscribe",
}
"""Addresses that answer without sign-in. Adding one is a decision."""


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z", "--", *patterns], cwd=ROOT, capture_output=True, check=True)
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name]


def sources() -> list[Path]:
    return [
        path
        for path in tracked("*.py")
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in APPS and "migrations" not in path.parts
    ]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") < 400
    long = [
        (node.name, node.end_lineno - node.lineno)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None and node.end_lineno - node.lineno > 40
    ]
    allowed = {"shared_steps"}  # a table
    assert [name for name, _lines in long if name not in allowed] == []


def assigned_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Attributes assigned, and keyword arguments of calls to `update`, that write a contribution's state."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from ((target.attr, node.lineno) for target in targets if isinstance(target, ast.Attribute))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
            yield from ((keyword.arg, node.lineno) for keyword in node.keywords if keyword.arg)


def test_only_the_lifecycle_writes_a_status() -> None:
    stray = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sources()
        if path.name != "lifecycle.py" and "seeding" not in path.parts and "demo" not in path.parts
        for name, line in assigned_names(ast.parse(path.read_text(encoding="utf-8")))
        if name in ("status", "resumes_as")
    ]
    assert stray == []


def test_templates_hold_no_inline_script_style_or_unescaped_text() -> None:
    forbidden = re.compile(r"\shx-on|\son[a-z]+=|\sstyle=|<style|<script(?![^>]*\bsrc=)|\|\s*safe\b|autoescape off")
    mails = ("templates/notifications/mail", "templates/account/email", "templates/mail")
    found = [
        f"{path.relative_to(ROOT)}: {match.group()}"
        for path in tracked("*.html")
        if not str(path.relative_to(ROOT)).startswith(mails)
        for match in forbidden.finditer(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_unescaped_text_is_made_only_where_it_is_cleaned() -> None:
    users = [str(path.relative_to(ROOT)) for path in sources() if re.search(r"mark_safe|SafeString\(", path.read_text(encoding="utf-8"))]
    assert set(users) <= {"lib/markdown.py"}


def test_nothing_committed_names_a_package_registry_or_this_machine() -> None:
    hosts = re.compile("|".join(("files.pythonhosted" + ".org", "pypi" + ".org", "registry.npmjs" + ".org", "/" + "work/", "/root" + "/")))
    found = [
        str(path.relative_to(ROOT))
        for path in tracked()
        if path.suffix not in (".png", ".ico") and hosts.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert found == []


def walk(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern.url_patterns)
        else:
            yield pattern


def test_public_addresses_are_a_written_list() -> None:
    public = {pattern.name for pattern in walk(get_resolver().url_patterns) if not getattr(pattern.callback, "login_required", True)}
    assert public <= PUBLIC


def test_architecture_page_is_true() -> None:
    call_command("draw_architecture", "--check")
