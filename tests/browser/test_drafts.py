"""A text on a phone that is never lost: without a network, with the page killed, in two tabs; and never shown to anybody else."""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.browser.conftest import BROWSER_FLAGS, Site, sign_in
from tests.browser.phone import PACE, PRIVATE, STAFF, STORED, begun, phone, says, stored, write

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OTHER = "ambassador@kiruna.example"
KILLS = 200 if os.environ.get("THOROUGH") == "1" else 20
MOST_LOST = 5.0
"""Seconds of typing."""
SEED = 20261125
SAYS = """() => { window.said = []; new MutationObserver(() => {
  const text = document.querySelector("#say .sr")?.textContent;
  if (text && window.said.at(-1) !== text) window.said.push(text);
}).observe(document.getElementById("say"), { childList: true, subtree: true, characterData: true }); }"""


def test_without_a_network_nothing_is_lost_and_nothing_chatters(site: Site) -> None:
    with phone(site) as context:
        page = context.new_page()
        begun(page, "Jag börjar här. ")
        assert re.fullmatch(r".*/ideas/\d+/edit/", page.url)
        page.evaluate(SAYS)
        context.set_offline(True)
        until = time.monotonic() + 20
        typed = "Jag börjar här. "
        page.locator("[name=problem]").press("Control+End")
        while time.monotonic() < until:
            write(page, "problem", "Nätet är borta i garaget. ")
            typed += "Nätet är borta i garaget. "
        says(page, "Inget nät. Texten finns kvar här i telefonen, och sparas när nätet är tillbaka.")
        page.get_by_role("button", name="Fortsätt till ditt förslag").tap()
        page.wait_for_timeout(300)
        assert page.input_value("[name=problem]") == typed
        context.set_offline(False)
        says(page, "Sparat")
        expect(page.locator(".saved [data-says=saved]")).to_have_text(re.compile(r"^\s*Sparat \d\d\.\d\d, bara du ser det\s*$"))
        write(page, "problem", "Slut.")
        page.wait_for_timeout(3500)
        assert [text.split()[0] for text in page.evaluate("() => window.said")] == ["Inget", "Ett", "Inget", "Sparat"]
        assert page.evaluate(STORED) == [[], ["htmx-current-path-for-history"]]
        page.reload()
        assert page.input_value("[name=problem]") == f"{typed}Slut."


def wait_until_emptied(page: Page, site: Site) -> None:
    """What was saved before is otherwise no beginning of what is typed from now on."""
    deadline = time.monotonic() + 15
    while stored(site, page.url)[0] and time.monotonic() < deadline:
        page.wait_for_timeout(200)


def killed(page: Page) -> None:
    """As when the phone takes the page away: no event is told, nothing is asked."""
    with page.expect_event("crash"), suppress(Error):
        page.goto("chrome://crash", timeout=5_000)
    page.close()


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    return page


def put_back(page: Page) -> None:
    page.wait_for_load_state()
    if page.locator("[data-unsaved=restore]").count():
        page.get_by_role("button", name="Lägg tillbaka den").tap()


def test_a_page_killed_at_random_loses_at_most_five_seconds_of_typing(site: Site) -> None:
    chance = random.Random(SEED)
    in_browser, on_server = [], []
    with phone(site) as context:
        page, typed = context.new_page(), ""
        page.goto("/ideas/new/")
        for turn in range(KILLS):
            words = f"Rad {turn}: " + "".join(chance.choice("abcdefghijklmno") for _ in range(chance.choice((5, 15, 30, 90))))
            page.locator("[name=problem]").press("Control+End")
            offline = chance.random() < 0.25
            context.set_offline(offline)
            write(page, "problem", words)
            typed, address = typed + words, page.url
            killed(page)
            context.set_offline(False)
            if "/new/" not in address and not offline:
                problem, status = stored(site, address)
                assert status == "draft"
                assert typed.startswith(str(problem))
                on_server.append(len(typed) - len(str(problem)))
            page = opened(context, address)
            put_back(page)
            in_browser.append(len(typed) - len(page.input_value("[name=problem]").strip()))
            assert typed.startswith(page.input_value("[name=problem]").strip())
            if len(typed) > 3000:
                page.fill("[name=problem]", "")
                wait_until_emptied(page, site)
                typed = ""
        says(page, "Sparat")
    figures = f"{KILLS} kills, seed {SEED}: {max(in_browser)} characters lost, {max(on_server)} not yet on the server"
    sys.stdout.write(f"{figures}\n")
    assert max(in_browser) == 0, figures
    assert max(on_server) * PACE / 1000 <= MOST_LOST, figures


def test_in_two_tabs_both_texts_are_shown_and_neither_is_overwritten(site: Site, axe: Callable[[Page], list[str]]) -> None:
    with phone(site) as context:
        one, other = context.new_page(), context.new_page()
        address = begun(one, "Vi börjar.")
        other.goto(address)
        one.fill("[name=problem]", "Vi börjar. Ena fliken.")
        says(one, "Sparat")
        one.wait_for_function("() => Object.keys(localStorage).length === 0")
        other.fill("[name=problem]", "Vi börjar. Andra fliken.")
        both = other.locator("#choice")
        expect(both).to_contain_text("Vi börjar. Ena fliken.")
        assert other.input_value("[name=problem]") == "Vi börjar. Andra fliken."
        assert other.evaluate("() => document.activeElement.textContent") == "Det ändrades under tiden"
        assert axe(other) == []
        other.wait_for_timeout(3500)
        assert stored(site, address) == ["Vi börjar. Ena fliken.", "draft"]
        other.fill("[name=problem]", "Vi börjar. Båda flikarna.")
        other.get_by_role("button", name="Spara det jag skrev").tap()
        expect(both).to_have_count(0)
        assert other.input_value("[name=problem]") == "Vi börjar. Båda flikarna."
        assert stored(site, address) == ["Vi börjar. Båda flikarna.", "draft"]
        assert (other.evaluate(STORED)[0], other.locator("[data-unsaved]").count()) == ([], 0)
        one.fill("[name=problem]", "Vi börjar. Ena fliken igen.")
        one.get_by_role("link", name="Behåll det som står nu").tap()
        one.wait_for_url(re.compile(r"/ideas/\d+/$"))
        assert one.evaluate(STORED)[0] == []
        assert stored(site, address) == ["Vi börjar. Båda flikarna.", "draft"]


def unsaved(page: Page, text: str) -> None:
    """Typed while no save comes through: only the crash net has it."""
    page.route("**/ideas/**", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    page.goto("/ideas/new/")
    page.fill("[name=problem]", text)
    says(page, "Inget nät")


def test_the_crash_net_is_offered_to_its_owner_and_may_be_thrown_away(site: Site, axe: Callable[[Page], list[str]]) -> None:
    with phone(site) as context:
        unsaved(context.new_page(), PRIVATE)
        assert axe(context.pages[-1]) == []
        killed(context.pages[-1])
        page = opened(context, "/ideas/new/")
        banner = page.locator("section", has_text="Här finns text som inte hann sparas")
        expect(banner).to_contain_text(PRIVATE)
        assert page.input_value("[name=problem]") == ""
        assert axe(page) == []
        page.get_by_role("button", name="Släng den").tap()
        expect(banner).to_have_count(0)
        page.reload()
        assert (banner.count(), page.input_value("[name=problem]"), page.evaluate(STORED)[0]) == (0, "", [])


def sign_out(page: Page) -> None:
    page.locator("form[action='/accounts/logout/']").evaluate("(form) => form.requestSubmit()")
    page.wait_for_url("**/accounts/login/**")


def test_sign_out_empties_the_crash_net_and_the_next_person_never_sees_it(site: Site) -> None:
    with phone(site, browser=site.browser) as context:
        page = context.new_page()
        unsaved(page, PRIVATE)
        assert [key.split(":")[:2] for key in page.evaluate(STORED)[0]] == [["kiruna", "draft"]]
        sign_out(page)
        assert page.evaluate(STORED)[0] == []
        sign_in(page, OTHER)
        page.evaluate(
            "text => localStorage.setItem('kiruna:draft:999999:new-1', JSON.stringify({fields: [['problem', text]], at: Date.now()}))",
            PRIVATE,
        )
        page.goto("/ideas/new/")
        assert PRIVATE not in page.content()
        assert page.evaluate(STORED)[0] == []


def test_signed_out_meanwhile_the_text_stays_and_is_saved_after_signing_in(site: Site) -> None:
    with phone(site, browser=site.browser) as context:
        page = context.new_page()
        address = begun(page, "Före.")
        context.clear_cookies(name="sessionid")
        page.fill("[name=problem]", "Före. Efter.")
        says(page, "Du är utloggad, och texten är inte sparad.")
        page.get_by_role("button", name="Fortsätt till ditt förslag").tap()
        with context.expect_page() as opened:
            page.get_by_role("link", name="Logga in i en ny flik").tap()
        sign_in(opened.value, STAFF)
        page.bring_to_front()
        says(page, "Sparat")
        assert stored(site, address) == ["Före. Efter.", "draft"]
        page.get_by_role("button", name="Spara och gör klart senare").tap()
        page.wait_for_url("**/mine/")


def test_the_back_button_after_sign_out_shows_nothing_private(site: Site, chromium_path: str) -> None:
    """With the browser's memory of whole pages switched on, which Playwright otherwise switches off."""
    with _remembering(site, chromium_path) as browser, phone(site, browser=browser) as context:
        page = context.new_page()
        address = begun(page, PRIVATE)
        for shown in (address, address.replace("edit/", ""), "/mine/"):
            page.goto(shown)
            assert PRIVATE in page.content()
        sign_out(page)
        for _step in range(3):
            page.go_back(wait_until="commit")
            page.wait_for_load_state()
            assert PRIVATE not in page.content()
            assert "/accounts/login/" in page.url
        page.goto(address)
        assert PRIVATE not in page.content()


@contextmanager
def _remembering(site: Site, path: str) -> Iterator[Browser]:
    browser = site.browser.browser_type.launch(
        executable_path=path, args=list(BROWSER_FLAGS), ignore_default_args=["--disable-back-forward-cache"]
    )
    yield browser
    browser.close()
