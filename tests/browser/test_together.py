"""Two colleagues write together by a mail's link, and an ambassador's words become their colleague's own."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.test_journey import STAFF, _text, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ACROSS, AMBASSADOR = "medarbetare@tvk.example", "ambassador@kiruna.example"
PROBLEM = "Grinden fryser fast varje natt. Vi bär in soporna över snövallen och halkar på andra sidan."


def begin(page: Page, address: str, title: str) -> None:
    """The first screen of a draft."""
    page.goto(address)
    page.fill("[name=title]", title)
    page.fill("[name=problem]", PROBLEM)
    page.get_by_role("button", name="Fortsätt till ditt förslag").click()
    page.wait_for_url(re.compile(r"part=proposal"))


def mailed_link(site: Site, address: str, path: str) -> str:
    """The first link of this shape that a mail to the address holds."""

    def links() -> list[str]:
        return [found for mail in site.mails_to(address) for found in re.findall(rf"https?://\S+?({path})", _text(mail))]

    wait_for(lambda: bool(links()))
    return links()[0]


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_invite_and_accept_by_the_mails_link(site: Site, axe: Callable[[Page], list[str]], script: bool) -> None:
    title = f"Grinden som fryser {'med' if script else 'utan'} skript"
    with site.page(STAFF, script=script) as page:
        begin(page, "/ideas/new/", title)
        draft = re.sub(r"/edit/.*", "/", page.url)
        number = draft.rstrip("/").rsplit("/", 1)[1]
        page.get_by_role("link", name="Bjud in någon").click()
        page.fill("[name=q]", "Mikael Kero")
        page.get_by_role("button", name="Sök", exact=True).click()
        page.get_by_label("Mikael Kero").check()
        assert not script or axe(page) == []
        page.get_by_role("button", name="Bjud in", exact=True).click()
        page.locator("main", has_text="har inte svarat än").wait_for()
        assert not script or axe(page) == []
    link = mailed_link(site, ACROSS, f"/contributions/{number}/invitation/")
    with site.page(ACROSS, script=script) as page:
        page.goto(link)
        assert page.get_by_text(PROBLEM).first.is_visible()
        assert not script or axe(page) == []
        page.get_by_role("button", name="Ja, jag skriver med").click()
        page.wait_for_url(f"**/ideas/{number}/")
        page.get_by_role("link", name="Skriv vidare").click()
        page.fill("[name=title]", f"{title}, av oss båda")
        page.get_by_role("button", name="Fortsätt till ditt förslag").click()
        page.wait_for_url(re.compile(r"part=proposal"))
        assert page.locator("[name=audience]").count() == 0
        assert not script or axe(page) == []
    with site.page(STAFF, script=script) as page:
        page.goto(draft)
        assert page.locator("header", has_text="Mikael Kero").last.is_visible()
        assert page.get_by_role("heading", level=1, name=f"{title}, av oss båda").is_visible()


@pytest.mark.parametrize("width", [1280, 320])
def test_bring_in_confirm_and_send(site: Site, axe: Callable[[Page], list[str]], width: int) -> None:
    title = f"Sandlåda vid grinden {width}"
    with site.page(AMBASSADOR, width=width) as page:
        page.goto("/ideas/new/")
        page.get_by_role("link", name="Ta in en kollegas idé").click()
        assert axe(page) == []
        page.get_by_role("link", name="Skriv åt Sanna").click()
        page.wait_for_url(re.compile(r"\?for=\d+$"))
        assert axe(page) == []
        begin(page, page.url, title)
        number = re.findall(r"/ideas/(\d+)/", page.url)[0]
        page.fill("[name=proposal]", "En låda med sand och en skopa.")
        assert axe(page) == []
        page.get_by_role("button", name="Be Sanna bekräfta").click()
        page.wait_for_url(f"**/ideas/{number}/")
    link = mailed_link(site, STAFF, f"/contributions/{number}/on-behalf/")
    with site.page(STAFF, width=width) as page:
        page.goto(link)
        assert page.get_by_text("Inget är skickat än.").first.is_visible()
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        assert axe(page) == []
        page.get_by_role("button", name="Ja, den är min").click()
        page.wait_for_url(re.compile(r"part=proposal"))
        page.check("[name=audience][value=group]")
        page.get_by_role("button", name="Skicka till koordinatorn").click()
        page.wait_for_url(f"**/ideas/{number}/")
        assert page.get_by_text("Inskickad").first.is_visible()
        assert page.locator("header", has_text="Jonas Huuva").last.is_visible()
        assert axe(page) == []
