"""Every page: no violation that axe can find, nothing wider than the screen, light and dark, Swedish and English.

The pages are found as people find them: by following every link from the start page, one page of each sort, as one role after the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, get_resolver, resolve
from playwright.sync_api import Locator, Page

from tests.browser.conftest import Site
from tests.browser.test_journey import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STAFF, AMBASSADOR, COORDINATOR, ADMIN = (f"{name}@kiruna.example" for name in ("medarbetare", "ambassador", "koordinator", "admin"))
ACROSS = "medarbetare@tvk.example"
PUBLIC = (
    "/accounts/login/",
    "/accounts/login/code/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/password/reset/key/done/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/notifications/unsubscribe/none/",
    "/demo/mail/",
    "/nowhere/",
)
STATES = {
    STAFF: (
        "/ideas/?q=sn%C3%B6",
        "/ideas/?q=qwertyuiop",
        "/ideas/?status=adopted",
        "/search/?q=nyckel",
        "/learnings/?q=qwertyuiop",
        "/mine/?tab=followed",
        "/mine/?tab=waiting",
        "/network/?q=qwertyuiop",
        "/notifications/?show=all",
        "/accounts/logout/",
    ),
    COORDINATOR: ("/triage/?tab=mine", "/triage/?tab=ongoing", "/triage/?tab=waiting", "/triage/?tab=reports"),
    AMBASSADOR: (),
    ADMIN: (),
}
"""Pages in a state that no link leads to."""
BY_STATUS = tuple(
    f"/{kind}/?status={status}"
    for kind, statuses in (
        ("ideas", ("submitted", "planned", "testing", "adopted", "declined", "merged", "needs_author", "parked")),
        ("challenges", ("reported", "open_for_ideas", "action_plan", "solved")),
    )
    for status in statuses
)
LISTS = {
    STAFF: BY_STATUS,
    AMBASSADOR: (),
    COORDINATOR: BY_STATUS,
    ADMIN: ("/organisation/people/?q=koordinator", "/organisation/people/?q=e"),
}
"""Of each the first thing listed is opened, even where its sort is known: what can be done with it depends on where it stands."""
REFUSED = {"/nowhere/": 404, "/notifications/unsubscribe/none/": 404}
UNREACHED = {
    "account_confirm_login_code", "account_email_verification_sent", "account_reauthenticate", "account_reset_password_from_key",
    "account_set_password", "adopt", "adoption_end", "call", "challenge_assess_close", "challenge_assess_decline", "challenge_assessment",
    "challenge_assessors", "challenge_criteria", "challenge_experience", "challenge_experience_mark", "challenge_note_reply", "challenge_propose",
    "challenge_qr", "challenge_recognise", "challenge_score", "challenge_set_aside", "challenge_step_down", "challenge_why",
    "challenge_why_shift", "comment_delete", "comment_edit", "comment_restore", "comments", "contribution", "draft_ask",
    "draft_discard", "drafts_undo", "end_coauthor", "file", "file_remove", "file_take_away", "files", "follow", "hide", "history",
    "invitation", "live", "mask", "merge_withdraw", "notifications:panel", "notifications:read", "on_behalf", "organisation:reactivate",
    "organisation:reopen_department", "people_to_name", "plan_item", "plan_item_done", "plan_item_remove", "ready", "report_handled",
    "resource_answer", "resource_ask", "resource_take_back", "restore", "result", "set_language", "similar", "support", "thumbnail",
    "triage_bring_in", "triage_history", "triage_labels", "triage_many", "triage_people", "triage_stay", "triage_undo", "trial_end", "unhide",
    "way", "way_decision",
}  # fmt: skip
"""Addresses that are no page of their own: posts, parts of pages, answers to machines, and what stands behind a code or a key in a mail.

The history of a text, an invitation and a draft brought in for somebody are opened by test_merging and test_together, an assessment by
test_understanding, what stands beside an item in triage by test_triage, a proposed step and what stands behind a code or a key in a mail by tests beneath.
"""
NO_PAGES = {"file", "thumbnail"}
LOOKS = ((1280, "light", "sv"), (1280, "dark", "en"), (320, "light", "en"), (320, "dark", "sv"))
LONGEST_CRAWL = 150


def sort_of(address: str) -> str:
    """Pages of the same sort differ only in what they are about. Empty for what is no address of ours."""
    try:
        match = resolve(urlsplit(address).path)
    except Resolver404:
        return ""
    return f"{match.view_name} {match.kwargs.get('step', '')}".strip()


def links(part: Locator) -> list[str]:
    found: list[str] = part.locator("a[href^='/']").evaluate_all("links => links.map(link => link.getAttribute('href').split('#')[0])")
    return [address for address in found if "?" not in address]


def crawl(page: Page, who: str, known: set[str]) -> Iterator[str]:
    """An address of every sort not known before, as its links lead from the start page and the lists on."""
    waiting = ["/"]
    for listing in LISTS[who]:
        page.goto(listing)
        waiting += [link for link in links(page.locator("main")) if re.search(r"/\d+/$", link)][:1]
    begun = set(waiting)
    while waiting and len(begun) < LONGEST_CRAWL:
        address = waiting.pop(0)
        response = page.goto(address)
        assert response is not None
        assert response.status == 200, address
        yield address
        for link in links(page.locator("body")):
            if link not in begun and (sort := sort_of(link)) and sort not in known | NO_PAGES:
                known.add(sort)
                begun.add(link)
                waiting.append(link)


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, list[str]]:
    """Addresses by who opens them."""
    known = {"start"}
    found = {}
    for who in (STAFF, AMBASSADOR, COORDINATOR, ADMIN):
        with site.page(who) as page:
            found[who] = list(crawl(page, who, known))
    return found


def check(page: Page, address: str, axe: Callable[[Page], list[str]]) -> list[str]:
    response = page.goto(address)
    assert response is not None
    assert response.status == REFUSED.get(address, 200), address
    wider = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    faults = [f"{address} scrolls sideways by {wider} px"] if wider > 0 else []
    return faults + [f"{address} {violation}" for violation in axe(page)]


def test_every_page_is_found(pages: dict[str, list[str]]) -> None:
    reached = {
        sort_of(address).split()[0]
        for addresses in (*pages.values(), *STATES.values(), PUBLIC)
        for address in addresses
        if sort_of(address)
    }
    every = {name for name in _names(get_resolver(), "") if not name.startswith("demo")}
    assert every - reached - UNREACHED == set()
    assert UNREACHED - every == set()


def _names(resolver: object, space: str) -> Iterator[str]:
    for pattern in resolver.url_patterns:  # type: ignore[attr-defined]
        if hasattr(pattern, "url_patterns"):
            yield from _names(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        elif pattern.name:
            yield space + pattern.name


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
@pytest.mark.parametrize("who", [None, STAFF, AMBASSADOR, COORDINATOR, ADMIN])
def test_pages_are_accessible_and_fit(
    site: Site, axe: Callable[[Page], list[str]], pages: dict[str, list[str]], who: str | None, width: int, scheme: str, language: str
) -> None:
    addresses = [*pages[who], *STATES[who]] if who else PUBLIC
    with site.page(who, width=width, scheme=scheme, language=language) as page:
        faults = [fault for address in addresses for fault in check(page, address, axe)]
    assert faults == []


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS)
def test_what_no_link_leads_to_is_accessible_and_fits(
    site: Site, axe: Callable[[Page], list[str]], width: int, scheme: str, language: str
) -> None:
    look: dict[str, Any] = {"width": width, "scheme": scheme, "language": language}
    with site.page(COORDINATOR, **look) as page:
        page.goto("/challenges/")
        challenge = page.locator("main a[href^='/challenges/']:not([href*='?'])").first.get_attribute("href")
        faults = check(page, f"{challenge}propose/", axe) + check(page, "/accounts/reauthenticate/", axe)
    with site.page(**look) as page:
        page.goto("/accounts/login/code/")
        page.fill("[name=email]", ACROSS)
        page.press("[name=email]", "Enter")
        page.locator("[name=code]").wait_for()
        faults += check(page, "/accounts/login/code/confirm/", axe)
    assert faults == []


@pytest.mark.parametrize(("width", "scheme", "language"), LOOKS[1:3])
def test_a_new_password_by_mail_is_accessible_and_fits(
    site: Site, axe: Callable[[Page], list[str]], width: int, scheme: str, language: str
) -> None:
    had = len(site.mails_to(ACROSS))
    with site.page(width=width, scheme=scheme, language=language) as page:
        page.goto("/accounts/password/reset/")
        page.fill("[name=email]", ACROSS)
        page.press("[name=email]", "Enter")
        page.wait_for_url("**/done/")
        wait_for(lambda: len(site.mails_to(ACROSS)) > had)
        body = site.mails_to(ACROSS)[-1].get_body(("plain",))
        link = re.search(r"https?://[^/]+(/accounts/\S+)", str(body.get_content()) if body else "")
        assert link
        page.goto(link[1])
        page.locator("[name=password1]").wait_for()
        faults = check(page, urlsplit(page.url).path, axe)
    assert faults == []


@pytest.mark.parametrize("width", [1280, 320])
def test_a_form_with_errors_is_accessible(site: Site, axe: Callable[[Page], list[str]], width: int) -> None:
    with site.page(STAFF, width=width) as page:
        page.goto("/ideas/new/")
        page.locator("main form button[type=submit]").last.click()
        page.wait_for_load_state()
        assert axe(page) == []


SHIFTS = """() => new Promise((done) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => done(sum), 500);
})"""


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_moves_while_a_page_is_loaded(site: Site, width: int) -> None:
    with site.page(COORDINATOR, width=width) as page:
        page.goto("/ideas/?status=ongoing")
        idea = page.locator("main a[href^='/ideas/']:not([href*='?'])").first.get_attribute("href")
        page.goto("/challenges/")
        challenge = page.locator("main a[href^='/challenges/']:not([href*='?'])").first.get_attribute("href")
        shifts = {}
        for address in ("/", idea, challenge, "/triage/", "/promises/"):
            page.goto(str(address))
            shifts[address] = round(page.evaluate(SHIFTS), 4)
        assert shifts == dict.fromkeys(shifts, 0)
