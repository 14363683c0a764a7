"""The main job from end to end: somebody shares, a coordinator answers, a colleague across the border joins in, and everyone who should know is told."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

STAFF, COORDINATOR, ACROSS = "medarbetare@kiruna.example", "koordinator@kiruna.example", "medarbetare@tvk.example"
PROBLEM = "Varje morgon letar vi efter startkablar på gården. Tre bilar stod stilla i går när det var minus trettiotvå."
ANSWER = "Vi lägger ett par startkablar i varje bil och räknar efter en månad."
REMARK = "Vi har samma bekymmer med servicebilarna. Vi kan köpa in tillsammans."


def share(page: Page, title: str) -> str:
    """Two screens; the address of what was sent."""
    page.goto("/ideas/new/")
    page.fill("[name=title]", title)
    page.fill("[name=problem]", PROBLEM)
    page.get_by_role("button", name="Fortsätt till ditt förslag").click()
    page.wait_for_url(re.compile(r"part=proposal"))
    page.fill("[name=proposal]", "Ett par startkablar i varje bil.")
    page.check("[name=audience][value=group]")
    page.get_by_role("button", name="Skicka till koordinatorn").click()
    page.wait_for_url(re.compile(r"/ideas/\d+/$"))
    assert page.get_by_text("Inskickad").first.is_visible()
    return page.url


def answer(page: Page, address: str) -> None:
    """The coordinator takes it on, from the step's own page."""
    page.goto(address.replace("/ideas/", "/contributions/") + "steps/explore/")
    page.fill("[name=reason]", ANSWER)
    page.locator("main form").get_by_role("button", name="Ta emot").click()
    page.wait_for_url(re.compile(r"/ideas/\d+/$"))
    assert page.get_by_text(ANSWER).first.is_visible()


def join_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="Vi har samma behov").click()
    page.locator("button[aria-pressed=true]", has_text="Vi har samma behov").wait_for()
    page.fill("textarea[name=body]", REMARK)
    page.get_by_role("button", name="Kommentera").click()
    page.locator("main p", has_text=REMARK).wait_for()


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to pass in time"
        time.sleep(0.5)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_share_answer_join_in_and_be_told(site: Site, script: bool) -> None:
    title = f"Startkablar i varje bil {'med' if script else 'utan'} skript"

    before = len(site.mails())

    def mails() -> list[tuple[str, str]]:
        return sorted((str(mail["To"]), str(mail["Subject"]).strip()) for mail in site.mails()[before:])

    with site.page(STAFF, script=script) as page:
        address = share(page, title)
    with site.page(COORDINATOR, script=script) as page:
        answer(page, address)
    with site.page(ACROSS, script=script) as page:
        join_in(page, address)
    wait_for(lambda: bool(mails()))
    time.sleep(12)  # longer than an undo takes, and two rounds of delivery: what should not be sent would be there
    assert mails() == [(STAFF, f"Svar på din idé: {title}")]
    assert ANSWER in _text(site.mails()[-1])
    assert told(site, STAFF, title, script) == sorted((ANSWER[:40], REMARK[:40], "samma behov"))
    assert told(site, COORDINATOR, title, script) == ["En ny idé att svara på"]


def told(site: Site, who: str, title: str, script: bool) -> list[str]:
    """What the bell's page says of it."""
    with site.page(who, script=script) as page:
        page.goto("/notifications/?show=all")
        lines = [" ".join(text.split()) for text in page.locator("main li").all_inner_texts() if title in text]
    marks = (ANSWER[:40], REMARK[:40], "samma behov", "En ny idé att svara på")
    return sorted(next((mark for mark in marks if mark in line), line) for line in lines)


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return " ".join(str(body.get_content()).split())
