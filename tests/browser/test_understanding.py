"""A challenge is understood together and calls for ideas, in a real browser, with axe on every screen."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.test_journey import STAFF

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COORDINATOR = "koordinator@tvk.example"
TITLE = "Pumpar som sätts igen av våtservetter"


def address(page: Page) -> str:
    page.goto("/challenges/")
    href = page.get_by_role("link", name=TITLE).first.get_attribute("href")
    assert href
    return href


def fits(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_tell_ask_why_and_recognise(site: Site, axe: Callable[[Page], list[str]], script: bool) -> None:
    mark = "med" if script else "utan"
    with site.page(STAFF, script=script, width=390) as page:
        home = address(page)
        page.goto(f"{home}understanding/")
        assert fits(page) or not script
        assert not script or axe(page) == []
        page.fill("#tell [name=body]", f"Jag har burit hinkar hela natten, {mark} skript.")
        page.get_by_role("button", name="Berätta", exact=True).click()
        page.wait_for_url(re.compile(r"#told-"))
        assert page.locator("#told").get_by_text(f"hela natten, {mark} skript.").is_visible()
        page.get_by_text("Lägg till ett varför").click()
        page.fill("#why [name=question]", f"Varför natten {mark}?")
        page.fill("#why [name=answer]", "Då är det tyst.")
        page.get_by_role("button", name="Lägg till i kedjan").click()
        page.wait_for_url(re.compile(r"#why"))
        assert page.locator(".whys").get_by_text(f"Varför natten {mark}?").is_visible()
        page.get_by_role("button", name="Jag känner igen det").click()
        page.wait_for_url(re.compile(r"#root"))
        assert page.get_by_text("Du känner igen det.").is_visible()
        assert not script or axe(page) == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_the_screens_of_the_call_and_of_the_assessment(site: Site, axe: Callable[[Page], list[str]], width: int, scheme: str) -> None:
    with site.page(COORDINATOR, width=width, scheme=scheme) as page:
        home = address(page)
        for path in ("", "understanding/", "ideas/", "poster/", "leads/", "assessment/", "propose/"):
            page.goto(f"{home}{path}")
            assert fits(page), path
            assert axe(page) == [], path
        page.goto(f"{home}poster/")
        assert page.locator(".sheet img").evaluate("img => img.complete && img.naturalWidth > 0")
        assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
