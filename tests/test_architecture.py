"""The laws of the house that no other tool checks."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver

from kiruna_innovation.demo.urls import urlpatterns as demo_urlpatterns

ROOT = Path(__file__).resolve().parent.parent
APPS = ("kiruna_innovation", "triage", "network", "ideas", "challenges", "contributions", "organisation", "notifications", "lib")
PUBLIC = {
    "account_confirm_login_code",
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
PUBLIC_IN_THE_DEMO = {"demo_letter", "demo_letter_html", "demo_mail", "demo_sign_in"}
"""Those that only the demo has."""
SHARED_TEMPLATES = {"components", "forms"}


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


STATE = ("status", "resumes_as")
WRITES = {"update", "create", "acreate", "get_or_create", "update_or_create", "Contribution", "Idea", "Challenge"}
"""Calls whose keyword arguments become columns."""
MADE_UP = {"demo", "evaluation", "seeding"}
"""Rooms that fill a database with what never happened. The command that draws the lifecycles makes rows that it does not save."""
NAMED_AT_RUN_TIME = {"contributions/actions/masking.py", "contributions/actions/on_behalf.py", "contributions/actions/texts.py"}
"""Where `setattr` is given a name that is not written beside it: of the texts, as each of them says. Adding one is a decision."""


def written_names(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Columns that are written: attributes assigned, what is named to a call that writes. A name known only at run time is "?"."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            yield from ((part.attr, node.lineno) for part in parts if isinstance(part, ast.Attribute) and isinstance(part.ctx, ast.Store))
        if isinstance(node, ast.Call):
            yield from ((name, node.lineno) for name in written_by(node))


def written_by(call: ast.Call) -> Iterator[str]:
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called in WRITES:
        yield from (keyword.arg for keyword in call.keywords if keyword.arg)
        spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
        defaults = [keyword.value for keyword in call.keywords if keyword.arg in ("defaults", "create_defaults")]
        yield from (text for part in (*spread, *defaults) for text in texts_in(part))
    elif called == "bulk_update":
        yield from texts_in(call)
    elif called == "setattr":
        name = call.args[1]
        yield str(name.value) if isinstance(name, ast.Constant) else "?"


def texts_in(tree: ast.AST) -> Iterator[str]:
    return (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_only_the_lifecycle_writes_a_status() -> None:
    places = {str(path.relative_to(ROOT)): path for path in sources() if not MADE_UP & {*path.parts}}
    written = {place: list(written_names(ast.parse(path.read_text(encoding="utf-8")))) for place, path in places.items()}
    by_itself = {"contributions/lifecycle.py", "kiruna_innovation/management/commands/draw_architecture.py"}
    stray = [f"{place}:{line}" for place, names in written.items() if place not in by_itself for name, line in names if name in STATE]
    assert stray == []
    knowing = {place for place in written if place.split("/")[0] in APPS[: APPS.index("contributions") + 1]}
    assert {place for place in knowing - by_itself if "?" in dict(written[place])} == NAMED_AT_RUN_TIME


@pytest.mark.parametrize(
    "line",
    [
        "row.status = 'planned'",
        "row.status, row.title = 'planned', ''",
        "rows.update(status='planned')",
        "rows.update(**{'status': 'planned'})",
        "rows.bulk_update(them, ['title', 'status'])",
        "rows.bulk_update(them, fields=('status',))",
        "setattr(row, 'status', 'planned')",
        "Idea.objects.create(title='', status='planned')",
        "Idea.objects.update_or_create(pk=1, defaults={'status': 'planned'})",
        "Idea(status='planned')",
    ],
)
def test_a_status_is_not_written_by_another_way(line: str) -> None:
    assert "status" in dict(written_names(ast.parse(line)))


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


def without_sign_in(patterns: list[URLPattern | URLResolver]) -> set[str | None]:
    return {pattern.name for pattern in walk(patterns) if not getattr(pattern.callback, "login_required", True)}


def test_public_addresses_are_a_written_list() -> None:
    assert without_sign_in(get_resolver().url_patterns) == PUBLIC
    assert without_sign_in([*demo_urlpatterns]) == PUBLIC_IN_THE_DEMO


def test_a_template_takes_in_only_what_its_app_may_import() -> None:
    """The pages of no app (start, sign-in, mail) are those of the top: they may take in everything."""
    took = re.compile(r"{%-?\s*(?:include|extends)\s+[\"']([^\"'/]+)/")
    templates = {path.relative_to(ROOT / "templates"): path for path in tracked("templates/*.html", "templates/*.txt")}
    stray = [
        f"{place}: {other}"
        for place, path in templates.items()
        for other in took.findall(path.read_text(encoding="utf-8"))
        if place.parts[0] in SHARED_TEMPLATES | {*APPS}
        if other not in SHARED_TEMPLATES | {*may_take(place.parts[0])}
    ]
    assert len(templates) > 100
    assert stray == []


def may_take(room: str) -> tuple[str, ...]:
    return () if room in SHARED_TEMPLATES else APPS[APPS.index(room) :]


def test_one_order_inside_a_room_is_written_everywhere() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]["contracts"]
    layers = [re.sub(r"[()]", "", layer).replace(" : ", ", ") for layer in contracts[1]["layers"]]
    order = f"`{' > '.join(layers[1:])}`"
    assert layers[0] == "apps"
    assert [page for page in ("README.md", "docs/architecture.md") if order not in (ROOT / page).read_text(encoding="utf-8")] == []


def test_architecture_page_is_true() -> None:
    call_command("draw_architecture", "--check")
