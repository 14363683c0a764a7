"""Merging and parting in a browser, how a text has changed, and what comes out of the printer."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.test_journey import share

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STAFF, ACROSS = "medarbetare@kiruna.example", "medarbetare@tvk.example"
COORDINATOR, AMBASSADOR, ADMIN = "koordinator@kiruna.example", "ambassador@kiruna.example", "admin@kiruna.example"
REASON = "Båda vill ha startkablar i bilarna."


def linked(page: Page, listing: str, prefix: str) -> str:
    """The address of the first thing in a list."""
    page.goto(listing)
    addresses: list[str] = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
    return next(address for address in addresses if address.startswith(prefix) and address.strip("/").split("/")[-1].isdigit())


def support(site: Site, who: str, address: str) -> None:
    with site.page(who) as page:
        page.goto(address)
        page.get_by_role("button", name="Bra idé").click()
        page.locator("button[aria-pressed=true]", has_text="Bra idé").wait_for()


def supporters(page: Page, address: str) -> int:
    page.goto(address)
    return int(page.locator("#support-good b").inner_text())


def step(address: str, name: str) -> str:
    return f"{address.replace('/ideas/', '/contributions/')}steps/{name}/"


def agree(site: Site, axe: Callable[[Page], list[str]], who: str, address: str, width: int) -> list[str]:
    with site.page(who, width=width, scheme="dark") as page:
        page.goto(address)
        page.get_by_role("link", name="Läs och svara").click()
        page.wait_for_url(re.compile(r"/merge/\d+/$"))
        faults = axe(page)
        page.check("[name=agrees][value=yes]")
        page.get_by_role("button", name="Skicka svaret").click()
        page.wait_for_url(address)
        return faults + axe(page)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_two_are_merged_when_their_authors_agree_and_parted_again(site: Site, axe: Callable[[Page], list[str]], script: bool) -> None:
    with site.page(STAFF) as page:
        one = share(page, f"Kablar i bilen {script}")
    with site.page(ACROSS) as page:
        other = share(page, f"Startkablar hos oss {script}")
    for who, address in ((AMBASSADOR, one), (AMBASSADOR, other), (ADMIN, one)):
        support(site, who, address)
    with site.page(COORDINATOR, script=script) as page:
        page.goto(step(one, "merge"))
        if page.locator("[name=target_address]").count():
            page.fill("[name=target_address]", other)
        else:
            page.fill("[name=target]", other)
        page.fill("[name=reason]", REASON)
        page.get_by_role("button", name="Se vad som händer").click()
        page.get_by_text("2 personer stöder den sammanlagt").wait_for()
        faults = axe(page) if script else []
        page.get_by_role("button", name="Fråga författarna").click()
        page.wait_for_url(one)
    faults += agree(site, axe, STAFF, one, 320) + agree(site, axe, ACROSS, other, 1280)
    with site.page(COORDINATOR, script=script) as page:
        page.goto(step(one, "merge"))
        page.get_by_role("button", name="Sammanför dem").click()
        page.wait_for_url(one)
        assert page.get_by_text("Lever vidare i").first.is_visible()
        assert supporters(page, other) == 2
        assert page.get_by_role("heading", name="Sammanfört med det här").is_visible()
        page.goto(step(one, "reopen"))
        page.fill("[name=reason]", "De visade sig vara olika.")
        faults += axe(page) if script else []
        page.locator("main form").get_by_role("button", name="Öppna igen").click()
        page.wait_for_url(one)
        assert (supporters(page, one), supporters(page, other)) == (2, 1)
    assert faults == []


def test_a_text_is_changed_undone_changed_again_and_put_back(site: Site, axe: Callable[[Page], list[str]]) -> None:
    with site.page(STAFF) as page:
        address = share(page, "Kablar som syns i mörkret")
        for button in ("Ångra", "Lägg tillbaka den här texten"):
            page.goto(f"{address}edit/")
            page.fill("[name=proposal]", "Ett par självlysande startkablar i varje bil.")
            page.get_by_role("button", name="Spara ändringarna").click()
            page.wait_for_url(address)
            assert page.locator("article").get_by_text("självlysande").is_visible()
            if button != "Ångra":
                page.get_by_role("link", name=re.compile("ändrad")).click()
                page.wait_for_url(re.compile("/history/$"))
                assert page.locator(".difference ins", has_text="självlysande").first.is_visible()
            page.get_by_role("button", name=button).first.click()
            page.get_by_text("Den tidigare texten står där igen.").wait_for()
            assert page.locator("article").get_by_text("självlysande").count() == 0
    for width, scheme in ((1280, "light"), (320, "dark")):
        with site.page(ACROSS, width=width, scheme=scheme) as page:
            page.goto(address.replace("/ideas/", "/contributions/") + "history/")
            assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
            assert axe(page) == []


@pytest.mark.parametrize("listing", ["/ideas/?status=planned", "/challenges/?status=open_for_ideas"])
def test_a_printed_page_holds_what_was_written_and_nothing_to_press(site: Site, listing: str) -> None:
    with site.page(COORDINATOR, scheme="dark") as page:
        address = linked(page, listing, listing.split("?", maxsplit=1)[0])
        page.goto(address)
        page.emulate_media(media="print", color_scheme="dark")
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        text = page.locator("body").inner_text()
        for wanted in ("Så har det gått", "Steg och beslut", "Lärdomar", "Kommentarer", "Vem ser", "Utskrivet", address):
            assert wanted in text, wanted
        for unwanted in ("Inflöde", "Svara", "Skriv en kommentar", "Koordinatorns steg", "Logga ut", "Dölj eller maska ord"):
            assert unwanted not in text, unwanted
        shown = "nodes => nodes.filter(node => node.checkVisibility()).map(node => node.outerHTML.slice(0, 120))"
        assert page.eval_on_selector_all("nav, footer, header.top, input, textarea, select, main form:not(.support > form)", shown) == []
        closed = "nodes => nodes.filter(node => !node.open).length"
        assert page.eval_on_selector_all("main details", closed) == 0
        colours = "() => [getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
        assert page.evaluate(colours) == ["rgb(0, 0, 0)", "rgb(255, 255, 255)"]
        assert page.pdf(format="A4").startswith(b"%PDF")
        page.evaluate("() => dispatchEvent(new Event('afterprint'))")
        assert page.eval_on_selector_all("main details", closed) > 0
