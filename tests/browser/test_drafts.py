"""A text on a phone that is never lost: without a network, with the page killed, in two tabs; and never shown to anybody else."""

from __future__ import annotations

import os
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from tests.browser.conftest import BROWSER_FLAGS, Site, sign_in
from tests.contributions.corpus import with_exif

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STAFF, OTHER = "medarbetare@kiruna.example", "ambassador@kiruna.example"
PACE = 40
"""Milliseconds a character takes a quick thumb."""
KILLS = 200 if os.environ.get("THOROUGH") == "1" else 20
MOST_LOST = 5.0
"""Seconds of typing."""
PRIVATE = "Det här är det bara jag som får läsa"
SEED = 20261125
SAYS = """() => { window.said = []; new MutationObserver(() => {
  const text = document.querySelector("#say .sr")?.textContent;
  if (text && window.said.at(-1) !== text) window.said.push(text);
}).observe(document.getElementById("say"), { childList: true, subtree: true, characterData: true }); }"""
SMALL = """() => {
  const targets = ["button", "summary", "textarea", "input[type=text]", ".ds-field:has([type=checkbox], [type=radio])"];
  return [...document.querySelector("main form").querySelectorAll(targets)].filter((one) => one.checkVisibility())
    .map((one) => [one.textContent.trim().slice(0, 30), one.getBoundingClientRect().height]).filter(([, height]) => height < 44);
}"""
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


def test_shared_in_under_a_minute(site: Site) -> None:
    with phone(site) as context:
        page = context.new_page()
        began = time.monotonic()
        page.goto("/ideas/new/")
        page.tap("[name=problem]")
        write(page, "problem", "Vi letar startkablar varje morgon när det är kallt. Tre bilar stod stilla i går.")
        page.tap("[name=title]")
        expect(page.locator("[name=title]")).to_have_value("Vi letar startkablar varje morgon när det är kallt")
        page.get_by_text("Kollegor på annat håll").tap()
        page.get_by_role("button", name="Fortsätt till ditt förslag").tap()
        page.wait_for_url(re.compile("part=proposal"))
        page.tap("[name=proposal]")
        write(page, "proposal", "Ett par startkablar i varje bil.")
        page.locator("label", has_text="Hela kommunkoncernen").tap()
        expect(page.locator(".send")).to_contain_text("Får läsas av: Hela kommunkoncernen")
        page.get_by_role("button", name="Skicka till koordinatorn").tap()
        page.wait_for_url(re.compile(r"/ideas/\d+/$"))
        assert time.monotonic() - began < 60
        assert page.get_by_text("Skickat. Du får svar senast").is_visible()
        assert page.evaluate(STORED)[0] == []


def test_shared_with_a_photo_in_under_a_minute_though_the_network_is_gone_for_twenty_seconds(site: Site, tmp_path: Path) -> None:
    photo = tmp_path / "kablar.jpg"
    photo.write_bytes(with_exif(6, gps=True, size=(1200, 800)))
    with phone(site) as context:
        page = context.new_page()
        began = time.monotonic()
        page.goto("/ideas/new/")
        page.tap("[name=problem]")
        write(page, "problem", "Kablarna ligger alltid i fel bil. ")
        says(page, "Sparat")
        context.set_offline(True)
        gone = time.monotonic()
        write(page, "problem", "I garaget finns inget nät, men jag skriver ändå.")
        page.wait_for_timeout(1000 * max(0.0, 20 - (time.monotonic() - gone)))
        context.set_offline(False)
        says(page, "Sparat")
        page.set_input_files("#id_files", photo)
        page.get_by_role("button", name="Fortsätt till ditt förslag").tap()
        page.wait_for_url(re.compile("part=proposal"))
        write(page, "proposal", "Märk kablarna.")
        page.locator("label", has_text="Hela kommunkoncernen").tap()
        page.get_by_role("button", name="Skicka till koordinatorn").tap()
        page.wait_for_url(re.compile(r"/ideas/\d+/$"))
        took = time.monotonic() - began
        assert took < 60, took
        text = page.locator("main").inner_text()
        assert "Kablarna ligger alltid i fel bil. I garaget finns inget nät, men jag skriver ändå." in text
        assert page.locator("main img").count() == 1
        assert page.evaluate(STORED)[0] == []


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


def box(page: Page, selector: str) -> dict[str, float]:
    found: dict[str, float] = page.evaluate("where => document.querySelector(where).getBoundingClientRect().toJSON()", selector)
    return found


def on_top(page: Page, selector: str) -> bool:
    """Whether a finger in the middle of it meets it."""
    covered: bool = page.evaluate(
        """where => { const one = document.querySelector(where), box = one.getBoundingClientRect();
        return one.contains(document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)); }""",
        selector,
    )
    return covered


def test_the_keyboard_covers_neither_the_button_nor_the_line_being_written(site: Site) -> None:
    height = 380
    with phone(site) as context:
        page = context.new_page()
        address = begun(page, PRIVATE)
        for screen in (address, f"{address}?part=proposal"):
            page.set_viewport_size({"width": 390, "height": 844})
            page.goto(screen)
            field = "proposal" if "part" in screen else "problem"
            page.tap(f"[name={field}]")
            page.set_viewport_size({"width": 390, "height": height})
            page.locator(f"[name={field}]").press("Control+End")
            for _line in range(12):
                page.keyboard.press("Enter")
                page.keyboard.type("En rad till")
            button, bar, text = box(page, ".send > button"), box(page, ".send"), box(page, f"[name={field}]")
            assert button["bottom"] <= height
            assert on_top(page, ".send > button")
            assert button["height"] >= 44
            assert text["bottom"] - 12 <= bar["top"], screen


def test_where_the_keyboard_lies_over_the_page_the_button_stands_above_it(site: Site) -> None:
    """iOS makes only the visual viewport smaller."""
    with phone(site) as context:
        page = context.new_page()
        page.add_init_script("window.seen = Object.assign(new EventTarget(), {height: 844, offsetTop: 0, scale: 1});"
                             "Object.defineProperty(window, 'visualViewport', {get: () => window.seen})")  # fmt: skip
        begun(page, "Halt." * 20)
        page.evaluate("() => { window.seen.height = 500; window.seen.dispatchEvent(new Event('resize')); }")
        assert box(page, ".send")["bottom"] <= 500


def test_targets_are_big_and_the_ticks_stand_in_columns(site: Site, axe: Callable[[Page], list[str]]) -> None:
    with phone(site) as context:
        page = context.new_page()
        address = begun(page, "Vi letar startkablar varje morgon.")
        page.set_viewport_size({"width": 320, "height": 640})
        assert columns(page) == 1
        for screen in (f"{address}?part=proposal", address):
            page.goto(screen)
            page.locator("summary", has_text="Visa ett exempel").tap()
            page.wait_for_timeout(500)
            assert axe(page) == []
            assert page.evaluate(SMALL) == []
            assert box(page, ".send > button")["width"] >= 280
        page.set_viewport_size({"width": 390, "height": 844})
        assert columns(page) == 2


def columns(page: Page) -> int:
    lefts = "() => new Set([...document.querySelectorAll('#id_touched_groups .ds-field')].map((one) => one.getBoundingClientRect().x)).size"
    return int(page.evaluate(lefts))
