"""Sharing with a thumb: in under a minute, with the keyboard in the way, on big targets."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.phone import PRIVATE, STORED, begun, phone, says, write
from tests.contributions.corpus import with_exif

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SMALL = """() => {
  const targets = ["button", "summary", "textarea", "input[type=text]", ".ds-field:has([type=checkbox], [type=radio])"];
  return [...document.querySelector("main form").querySelectorAll(targets)].filter((one) => one.checkVisibility())
    .map((one) => [one.textContent.trim().slice(0, 30), one.getBoundingClientRect().height]).filter(([, height]) => height < 44);
}"""


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
