"""Every page, as every role: no violation that axe can find, nothing wider than the screen, light and dark, Swedish and English."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

STAFF, COORDINATOR, ADMIN = "medarbetare@kiruna.example", "koordinator@kiruna.example", "admin@kiruna.example"
PUBLIC = ("/accounts/login/", "/accounts/login/code/", "/accounts/password/reset/", "/demo/mail/", "/nowhere/")
AS_STAFF = (
    "/",
    "/ideas/",
    "/ideas/?q=sn%C3%B6",
    "/ideas/?q=qwertyuiop",
    "/challenges/",
    "/ideas/new/",
    "/search/?q=nyckel",
    "/learnings/",
    "/method/",
    "/mine/",
    "/network/",
    "/notifications/",
    "/notifications/preferences/",
    "/mine/settings/",
    "/mine/competences/",
    "/accounts/password/change/",
)
AS_COORDINATOR = ("/", "/triage/", "/triage/?tab=ongoing", "/triage/?tab=waiting", "/triage/?tab=reports")
AS_ADMIN = ("/organisation/", "/organisation/people/", "/organisation/log/")
REFUSED = {"/nowhere/": 404}
LOOKS = ((1280, "light", "sv"), (1280, "dark", "en"), (320, "light", "en"), (320, "dark", "sv"))


def linked(page: Page, listing: str, prefix: str) -> str:
    """The address of the first thing in a list."""
    page.goto(listing)
    addresses: list[str] = page.eval_on_selector_all("main a[href]", "links => links.map(link => link.getAttribute('href'))")
    return next(address for address in addresses if address.startswith(prefix) and address.strip("/").split("/")[-1].isdigit())


def check(page: Page, address: str, axe: Callable[[Page], list[str]]) -> list[str]:
    response = page.goto(address)
    assert response is not None
    assert response.status == REFUSED.get(address, 200), address
    wider = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    faults = [f"{address} scrolls sideways by {wider} px"] if wider > 0 else []
    return faults + [f"{address} {violation}" for violation in axe(page)]


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
@pytest.mark.parametrize(("who", "addresses"), [(None, PUBLIC), (STAFF, AS_STAFF), (COORDINATOR, AS_COORDINATOR), (ADMIN, AS_ADMIN)])
def test_pages_are_accessible_and_fit(
    site: Site, axe: Callable[[Page], list[str]], who: str | None, addresses: tuple[str, ...], width: int, scheme: str, language: str
) -> None:
    with site.page(who, width=width, scheme=scheme, language=language) as page:
        faults = [fault for address in addresses for fault in check(page, address, axe)]
    assert faults == []


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_pages_of_one_thing_are_accessible_and_fit(
    site: Site, axe: Callable[[Page], list[str]], width: int, scheme: str, language: str
) -> None:
    with site.page(COORDINATOR, width=width, scheme=scheme, language=language) as page:
        idea, challenge = (
            linked(page, "/ideas/?status=exploring", "/ideas/"),
            linked(page, "/challenges/?status=open_for_ideas", "/challenges/"),
        )
        person = linked(page, "/network/", "/network/people/")
        department = linked(page, person, "/network/departments/")
        steps = idea.replace("/ideas/", "/contributions/") + "steps/"
        addresses = (
            idea,
            challenge,
            person,
            department,
            f"{steps}decline/",
            f"{steps}ask/",
            f"{steps}plan/",
            f"{steps}decide/",
            f"{steps}learn/",
        )
        faults = [fault for address in addresses for fault in check(page, address, axe)]
    assert faults == []


@pytest.mark.parametrize("width", [1280, 320])
def test_a_form_with_errors_is_accessible(site: Site, axe: Callable[[Page], list[str]], width: int) -> None:
    with site.page(STAFF, width=width, script=True) as page:
        page.goto("/ideas/new/")
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_load_state()
        assert axe(page) == []
