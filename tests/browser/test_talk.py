"""Talking in a real browser on a phone: naming a colleague by keyboard, changing a comment, deleting it and having it back."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STAFF, ACROSS, COORDINATOR = "medarbetare@kiruna.example", "medarbetare@tvk.example", "koordinator@kiruna.example"
TITLE = "Gemensam halkrapport från alla som är ute tidigt"
PHONE = 390


def open_it(page: Page) -> str:
    page.goto("/ideas/?q=halkrapport")
    page.get_by_role("link", name=TITLE).click()
    page.wait_for_url(re.compile(r"/ideas/\d+/$"))
    return page.url


def fits(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def focused(page: Page) -> str:
    return str(page.evaluate("() => document.activeElement.id || document.activeElement.tagName"))


Axe = Callable[[Page], list[str]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_name_by_keyboard_change_delete_and_undo(site: Site, axe: Axe, scheme: str) -> None:
    with site.page(ACROSS, width=PHONE, scheme=scheme) as page:
        open_it(page)
        name_somebody(page, axe)
        page.wait_for_url(re.compile(r"#comment-\d+$"))
        said = page.locator(page.url[page.url.index("#") :])
        expect(said.locator(".prose a")).to_have_attribute("href", re.compile(r"^/network/people/\d+/$"))
        change(page, said, axe)
        delete_and_undo(page, said, axe)


def name_somebody(page: Page, axe: Axe) -> None:
    text, options = page.locator("#new-comment textarea"), page.get_by_role("option")
    text.focus()
    page.keyboard.type("Kan du visa vägen, @ann")
    expect(options.first).to_be_visible()
    assert (1 < options.count() <= 8, text.get_attribute("aria-controls")) == (True, "people")
    assert (axe(page), fits(page)) == ([], True)
    assert all((box := option.bounding_box()) and box["height"] >= 44 for option in options.all())
    first = text.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    assert text.get_attribute("aria-activedescendant") not in (first, None)
    page.keyboard.press("ArrowUp")
    assert text.get_attribute("aria-activedescendant") == first
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    assert (focused(page), text.get_attribute("aria-activedescendant")) == ("id_body", None)
    page.keyboard.type("ika")
    expect(options.first).to_contain_text("Annika")
    page.keyboard.press("Enter")
    page.keyboard.type("i morgon?")
    assert re.fullmatch(r"Kan du visa vägen, @Annika [^@]+ i morgon\?", text.input_value())
    page.keyboard.press("Control+Enter")


def change(page: Page, said: Locator, axe: Axe) -> None:
    said.get_by_role("link", name="Ändra din kommentar").click()
    expect(page.locator("#edit textarea")).to_be_focused()
    assert (axe(page), fits(page)) == ([], True)
    page.keyboard.press("Control+End")
    page.keyboard.type(" Klockan fem.")
    page.locator("#edit").get_by_role("button", name="Spara").click()
    expect(said.locator(".prose")).to_contain_text("Klockan fem.")
    expect(said).to_contain_text("redigerad")


def delete_and_undo(page: Page, said: Locator, axe: Axe) -> None:
    count = page.locator("#comment-count")
    before, button = int(count.inner_text()), said.get_by_role("button", name="Ta bort din kommentar")
    button.click()
    expect(said).to_contain_text("Kommentaren är borttagen.")
    expect(count).to_have_text(str(before - 1))
    assert (axe(page), fits(page), focused(page) != "BODY") == ([], True, True)
    page.locator(".toast").get_by_role("button", name="Ångra").click()
    expect(said.locator(".prose")).to_contain_text("Klockan fem.")
    button.click()
    expect(said).to_contain_text("Kommentaren är borttagen.")


def test_the_same_without_script(site: Site) -> None:
    with site.page(ACROSS, width=PHONE, script=False) as page:
        open_it(page)
        page.fill("#new-comment textarea", "Vad säger @Sanna Niemi?")
        page.get_by_role("button", name="Kommentera").click()
        page.wait_for_url(re.compile(r"#comment-\d+$"))
        said = page.locator(page.url[page.url.index("#") :])
        expect(said.locator(".prose a")).to_have_text("@Sanna Niemi")
        said.get_by_role("link", name="Ändra din kommentar").click()
        page.fill("#edit textarea", "Vad säger du, @Sanna Niemi?")
        page.locator("#edit").get_by_role("button", name="Spara").click()
        expect(said.locator(".prose")).to_have_text("Vad säger du, @Sanna Niemi?")
        said.get_by_role("button", name="Ta bort din kommentar").click()
        page.get_by_role("button", name="Ångra").click()
        expect(said.locator(".prose")).to_have_text("Vad säger du, @Sanna Niemi?")


def test_a_note_between_coordinators_and_help_with_something(site: Site, axe: Axe) -> None:
    with site.page(COORDINATOR, width=PHONE) as page:
        open_it(page)
        page.fill("#new-comment textarea", "Bara mellan oss.")
        page.get_by_label("Intern anteckning").check()
        page.get_by_role("button", name="Kommentera").click()
        page.wait_for_url(re.compile(r"#comment-\d+$"))
        expect(page.locator(page.url[page.url.index("#") :])).to_contain_text("Intern anteckning.")
        assert (axe(page), fits(page)) == ([], True)
    with site.page("koordinator@tvk.example", width=PHONE) as page:
        open_it(page)
        assert page.get_by_text("Bara mellan oss.").count() == 0
        page.locator(".support").get_by_role("button", name="Jag vill hjälpa till").click()
        page.get_by_label("Timmar").check()
        page.fill("#id_note", "Tisdagar.")
        assert (axe(page), fits(page)) == ([], True)
        page.get_by_role("button", name="Spara vad jag kan göra").click()
        expect(page.locator("#support li", has_text="Tisdagar.")).to_contain_text("Timmar")
        assert (axe(page), fits(page), focused(page) != "BODY") == ([], True, True)
