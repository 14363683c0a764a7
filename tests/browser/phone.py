"""A phone with somebody signed in on it, and the text they write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.conftest import Site, sign_in

STAFF = "medarbetare@kiruna.example"
PACE = 40
"""Milliseconds a character takes a quick thumb."""
PRIVATE = "Det här är det bara jag som får läsa"
STORED = "() => [Object.keys(localStorage), Object.keys(sessionStorage)]"


@contextmanager
def phone(site: Site, who: str | None = STAFF, browser: Browser | None = None) -> Iterator[BrowserContext]:
    """A phone on which somebody is signed in. What the browser complains of fails the test, a network that is gone excepted."""
    context = (browser or site.browser).new_context(
        base_url=site.url,
        viewport={"width": 390, "height": 844},
        has_touch=True,
        is_mobile=True,
        locale="sv-SE",
        storage_state=None if browser else site.states.get(who or ""),
    )
    context.set_default_timeout(15_000)
    complaints: list[str] = []
    context.on("weberror", lambda error: complaints.append(str(error.error)))
    if who and (browser or who not in site.states):
        page = context.new_page()
        sign_in(page, who)
        if not browser:
            site.states[who] = context.storage_state()
        page.close()
    yield context
    context.close()
    assert complaints == []


def write(page: Page, field: str, text: str) -> None:
    page.locator(f"[name={field}]").press_sequentially(text, delay=PACE)


def says(page: Page, words: str) -> None:
    expect(page.locator(".saved")).to_contain_text(words, use_inner_text=True)


def begun(page: Page, text: str) -> str:
    """The address of a draft with this text, open on the page and saved."""
    page.goto("/ideas/new/")
    page.fill("[name=problem]", text)
    says(page, "Sparat")
    return page.url


def stored(site: Site, address: str) -> list[object]:
    pk = int(re.findall(r"/ideas/(\d+)/", address)[0])
    return next(
        row for number, *row in map(list, site.demo.ask("select id, problem, status from contributions_contribution")) if number == pk
    )
