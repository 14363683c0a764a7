"""A challenge through all stages, with one step back, until a department of another organisation does the same."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site
from tests.browser.test_journey import ACROSS, COORDINATOR, STAFF

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE, ROOT = "Snökedjor som försvinner ur bilarna", "Ingen vet i vilken bil kedjorna ligger."
STAGES = ("understanding", "ideas", "plan", "tests", "spread")
TODAY = datetime.date.today()  # noqa: DTZ011 - the day the browser would choose
SOON = str(TODAY + datetime.timedelta(days=9))


def send(page: Page, field: str) -> None:
    """The form that has the field."""
    with page.expect_navigation():
        page.locator(f"main form:has([name={field}]) button[type=submit]").first.click()
    assert page.locator("[aria-invalid=true], .ds-validation-message").all_inner_texts() == []


def write(page: Page, address: str, **fields: str) -> None:
    """Open the page, fill in and send. Radio buttons and lists by their value."""
    page.goto(address)
    for name, value in fields.items():
        field = page.locator(f"main [name={name}]").first
        if field.get_attribute("type") == "radio":
            page.check(f"main [name={name}][value={value}]")
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value or None, index=None if value else 1)
        else:
            field.fill(value)
    send(page, next(iter(fields)))


def shared(page: Page) -> tuple[str, str]:
    """A problem without a proposal is a challenge. Its address, and that of its steps."""
    page.goto("/ideas/new/")
    page.fill("[name=title]", TITLE)
    page.fill("[name=problem]", "I går fick tre bilar vända. Kedjorna låg i en fjärde.")
    page.get_by_role("button", name="Fortsätt till ditt förslag").click()
    page.wait_for_url(re.compile(r"part=proposal"))
    page.check("[name=audience][value=group]")
    page.locator(".send button[type=submit], button.send, main form button[type=submit]").get_by_text("Skicka till koordinatorn").click()
    page.wait_for_url(re.compile(r"/challenges/\d+/$"))
    address = page.url
    return address, address.replace("/challenges/", "/contributions/") + "steps/"


def looked_at(page: Page, address: str, axe: Callable[[Page], list[str]]) -> None:
    for stage in STAGES:
        page.goto(f"{address}{stage}/")
        assert axe(page) == [], stage
        assert page.evaluate("() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"), stage


def understood(site: Site, address: str, steps: str) -> None:
    with site.page(COORDINATOR) as page:
        write(page, f"{steps}understand/", reason="Vi åker med en natt och ser.")
    with site.page(STAFF) as page:
        write(page, f"{address}understanding/", body="Jag har själv letat i fyra bilar.")
    with site.page(COORDINATOR) as page:
        page.goto(f"{address}edit/")
        page.fill("[name=root_problem]", ROOT)
        page.fill("[name=whys-0-question]", "Varför letar vi?")
        page.fill("[name=whys-0-answer]", "Kedjorna har ingen egen plats.")
        send(page, "root_problem")
        write(page, f"{steps}open/", reason="Nu vet vi vad det hänger på.", closes_on=SOON)


def planned(site: Site, address: str, steps: str) -> None:
    with site.page(COORDINATOR) as page:
        write(page, f"{steps}plan/", reason="Vi märker bilarna och kedjorna.")
        write(page, f"{address}plan/", what="Märka kedjorna", who=STAFF, due_on=SOON)
        assert page.get_by_text("Märka kedjorna").first.is_visible()
        write(page, f"{address}way/", kind="small", manager="Enhetschefen på gården", yes_on=str(TODAY), stops_on=SOON)
        write(page, f"{steps}test/", reason="Två bilar börjar.")


def tried_and_gone_back(site: Site, address: str, steps: str) -> None:
    with site.page(COORDINATOR) as page:
        write(
            page, f"{address}tests/", believed="Märkta kedjor kommer tillbaka.", tried="Färg på två par.", place="Gården",
            starts_on=str(TODAY), stops_on=SOON,
        )  # fmt: skip
        page.locator("main a[href*='/tests/'][href$='/']", has_text="Skriv vad som hände").first.click()
        page.fill("[name=happened]", "Ett par kom bort ändå.")
        page.check("[name=verdict][value=change]")
        send(page, "happened")
        page.goto(f"{steps}back_to_plan/")
        assert page.input_value("[name=learning_happened]") == "Ett par kom bort ändå."
        send(page, "learning_happened")
        assert page.locator(".stages [aria-current=step]").inner_text().startswith("Handlingsplan")
        write(page, f"{steps}test/", reason="Nu med en krok i varje bil.")
        write(page, f"{steps}solve/", reason="Kroken löste det: kedjorna hänger där de ska.")


def taken_up(site: Site, address: str) -> None:
    with site.page(ACROSS) as page:
        write(page, f"{address}spread/adopt/", since=str(TODAY), changed="Vi har krokarna på insidan av dörren.")
        assert page.get_by_text("Vi har krokarna på insidan av dörren.").first.is_visible()
        assert page.locator("main").get_by_text(re.compile("Tekniska Verken|TVK")).first.is_visible()


def test_through_all_stages_and_one_back_until_another_organisation_does_the_same(site: Site, axe: Callable[[Page], list[str]]) -> None:
    with site.page(STAFF) as page:
        address, steps = shared(page)
    understood(site, address, steps)
    planned(site, address, steps)
    tried_and_gone_back(site, address, steps)
    taken_up(site, address)
    with site.page(STAFF) as page:
        looked_at(page, address, axe)
        page.goto(f"{address}printed/")
        page.emulate_media(media="print")
        said = page.locator("main").inner_text()
        for words in (
            ROOT,
            "Märka kedjorna",
            "Enhetschefen på gården",
            "Ett par kom bort ändå.",
            "Kroken löste det",
            "på insidan av dörren",
        ):
            assert words in said, words
        assert [page.locator(f"main {trail} > li").count() > 0 for trail in (".trail:not(.learn)", ".trail.learn")] == [True, True]
    with site.page(STAFF, width=320, scheme="dark") as page:
        looked_at(page, address, axe)
