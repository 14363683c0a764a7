"""Nothing that people write runs: more than 800 payloads in every text that is kept, opened in a real browser.

The texts are written straight into the demo's database, as if every check on the way in had failed, and the pages opened by those who
see most. A payload that runs opens a dialog, asks another host, breaks the policy or leaves a handler in the page.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterator
from urllib.parse import urlencode

import psycopg
import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from playwright.sync_api import Dialog, Page, Request
from psycopg import sql

from contributions.models import SearchRow, SearchWord
from kiruna_innovation.embedded.postgres import Cluster
from lib.markdown import render
from tests.browser.conftest import Site
from tests.lib.payloads import PAYLOADS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OURS = ("organisation", "contributions", "ideas", "challenges", "network", "triage", "notifications")
NO_TEXT = {
    "language", "path", "sort_key", "email", "password", "kind", "status", "resumes_as", "to_status", "from_status", "sort", "reason_code",
    "audience", "role", "code", "mark", "step", "thread", "cause", "dedupe_key", "mail", "channel", "mail_error", "frequency", "job", "slot",
    "verb", "subject_type", "sha256", "file", "thumbnail", "media_type", "key", "touched_groups", "help_with", "days_off", "ending", "outcome", "verdict",
}  # fmt: skip
"""Columns that hold a choice, a key or something computed, never words that somebody typed."""
EVENTS = ("onerror", "onload", "onclick", "onfocus", "ontoggle", "onbegin", "onmouseover", "onanimationstart", "onpointerenter")
TAGS = (
    "img src=x",
    "svg",
    "body",
    "details open",
    "video src=x",
    "input autofocus",
    "iframe",
    "object data=x",
    "a href=#",
    "math",
    "xss",
    "marquee",
    "form",
)
QUOTED = ("{0}={1}", '{0}="{1}"', "{0}='{1}'", "/{0}={1}", "\t{0} = {1}", "{0}\n={1}")
MADE = [f"<{tag} {form.format(event, 'alert(1)')}>" for tag, event, form in itertools.product(TAGS, EVENTS, QUOTED)]
EVERY = [*PAYLOADS, *(f"\"'>{payload}" for payload in PAYLOADS), *MADE]
TOGETHER = 45
ROUNDS = len(EVERY) // TOGETHER + 1 if os.environ.get("THOROUGH") else 2
COORDINATOR, ADMIN = "koordinator@kiruna.example", "admin@kiruna.example"
HANDLERS = """() => [...document.querySelectorAll("*")].flatMap((element) => [...element.attributes].filter((attribute) =>
    attribute.name.startsWith("on") || /^\\s*(javascript|data|vbscript):/i.test(attribute.value) && attribute.name !== "value"
    || element.closest(".prose") && element.matches(".prose *") && /^(hx-|data-|id$|class$|style$)/.test(attribute.name)
).map((attribute) => element.outerHTML.slice(0, 160)))"""


def test_there_are_enough_of_them() -> None:
    assert len(set(EVERY)) >= 800


def typed_columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every column that may hold what somebody typed."""
    for app in OURS:
        for model in apps.get_app_config(app).get_models():
            for column in model._meta.local_concrete_fields:
                is_text = isinstance(column, models.CharField | models.TextField | ArrayField | models.JSONField)
                if model not in (SearchRow, SearchWord) and is_text and column.name not in NO_TEXT:
                    yield model, column


def poison(column: models.Field, number: int, payloads: list[str]) -> object:
    """What is written into one row."""
    one = payloads[number % len(payloads)]
    if isinstance(column, ArrayField):
        return [one.replace("\0", "")[:60]]
    if isinstance(column, models.JSONField):
        return None
    if column.name == "body_html":
        return str(render("\n\n".join(payloads)))
    longest = getattr(column, "max_length", None) or 10_000
    together = "\n\n".join(payloads)
    if longest >= 2_000:
        return together[:longest]
    own = str(number)  # names may have to be unlike each other
    return one.replace("\0", "").replace("\n", " ")[: longest - len(own)] + own


def write_everywhere(site: Site, payloads: list[str]) -> None:
    written = 0
    with psycopg.connect(Cluster(site.demo.var / "postgres").url("kiruna")) as connection:
        connection.execute("SELECT set_config('kiruna.masking', 'on', true)")
        for model, column in typed_columns():
            table, name = sql.Identifier(model._meta.db_table), sql.Identifier(str(column.column))
            pk = sql.Identifier(str(model._meta.pk.column))
            filled = sql.SQL("{} <> ''").format(name) if isinstance(column, models.CharField | models.TextField) else sql.SQL("true")
            rows = connection.execute(sql.SQL("SELECT {} FROM {} WHERE {} ORDER BY 1").format(pk, table, filled)).fetchall()
            for number, (key,) in enumerate(rows):
                value = poison(column, number, payloads)
                if value is not None:
                    value = value.replace("\0", "") if isinstance(value, str) else value
                    connection.execute(sql.SQL("UPDATE {} SET {} = %s WHERE {} = %s").format(table, name, pk), (value, key))
                    written += 1
    assert written > 1_000


def addresses(page: Page) -> list[str]:
    """What shows most of what people write."""
    found = [
        "/",
        "/ideas/",
        "/challenges/",
        "/learnings/",
        "/mine/",
        "/network/",
        "/network/departments/",
        "/notifications/?show=all",
        "/triage/",
    ]
    for listing, limit in (("/ideas/?status=ongoing", 4), ("/challenges/", 3), ("/network/", 2), ("/network/departments/", 2)):
        page.goto(listing)
        links = page.locator("main a[href^='/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
        found += [link for link in dict.fromkeys(links) if link.strip("/").split("/")[-1].isdigit()][:limit]
    one = next(address for address in found if address.startswith("/ideas/") and address != "/ideas/").split("/")[2]
    steps = [f"/contributions/{one}/steps/{step}/" for step in ("ask", "merge", "assign", "decline")]
    return [*found, *steps, f"/contributions/{one}/moderate/"]


@pytest.fixture
def kept(site: Site) -> Iterator[None]:
    """The demo's texts come back afterwards."""
    tables = {model._meta.db_table for model, _column in typed_columns()}
    url = Cluster(site.demo.var / "postgres").url("kiruna")
    with psycopg.connect(url, autocommit=True) as connection:
        for table in tables:
            connection.execute(f'CREATE TABLE "kept_{table}" AS TABLE "{table}"'.encode())
    yield
    with psycopg.connect(url) as connection:
        connection.execute("SELECT set_config('kiruna.masking', 'on', true)")
        for model, column in typed_columns():
            table, pk, name = model._meta.db_table, model._meta.pk.column, column.column
            connection.execute(
                f'UPDATE "{table}" now SET "{name}" = kept."{name}" FROM "kept_{table}" kept '  # noqa: S608 (names of ours)
                f'WHERE now."{pk}" = kept."{pk}" AND now."{name}" IS DISTINCT FROM kept."{name}"'.encode()
            )
        for table in tables:
            connection.execute(f'DROP TABLE "kept_{table}"'.encode())


def watch(page: Page, site: Site, faults: list[str]) -> None:
    """Note what only a script, or markup posing as ours, would do."""

    def opened(dialog: Dialog) -> None:
        faults.append(f"{page.url} opened a dialog")
        dialog.dismiss()

    def asked(request: Request) -> None:
        if not request.url.startswith((site.url, "data:")):
            faults.append(f"{page.url} asked {request.url[:80]}")

    page.on("dialog", opened)
    page.on("request", asked)


def open_all(page: Page, pages: list[str], faults: list[str]) -> None:
    for address in pages:
        response = page.goto(address)
        assert response is not None
        if response.status >= 400:
            faults.append(f"{address} answered {response.status}")
        faults += [f"{address}: {found}" for found in page.evaluate(HANDLERS)]


@pytest.mark.usefixtures("kept")
def test_nothing_that_is_written_runs(site: Site) -> None:
    faults: list[str] = []
    for number in range(ROUNDS):
        payloads = [EVERY[(number * TOGETHER + offset) % len(EVERY)] for offset in range(TOGETHER)]
        write_everywhere(site, payloads)
        searched = f"/search/?{urlencode({'q': payloads[0][:100]})}"
        with site.page(COORDINATOR) as page:
            watch(page, site, faults)
            open_all(page, [*addresses(page), searched], faults)
        with site.page(ADMIN) as page:
            watch(page, site, faults)
            open_all(page, ["/organisation/", "/organisation/people/", "/organisation/log/"], faults)
    assert faults == [], json.dumps(faults[:10], indent=1)
