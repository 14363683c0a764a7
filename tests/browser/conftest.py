"""A real browser on the whole demo: granian, PostgreSQL, a Celery worker with beat, and mail over SMTP, started once for all."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from signal import SIGTERM
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from kiruna_innovation.embedded.environment import ROOT
from kiruna_innovation.embedded.ports import free_port
from tests.processes import Demo

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
BROWSER_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
PASSWORD = "kiruna-demo"


@dataclass
class Site:
    """The demo in a browser: pages opened as somebody, and the mails that reached the sink."""

    demo: Demo
    browser: Browser
    states: dict[str, Any] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://localhost:{self.demo.port}"

    @contextmanager
    def page(
        self, who: str | None = None, *, width: int = 1280, scheme: str = "light", script: bool = True, language: str = "sv"
    ) -> Iterator[Page]:
        """A page signed in as an address, without script also signed in without it. What the browser complains of fails the test that opened it."""
        state = f"{who}{'' if script else ' without script'}"
        context = self.browser.new_context(
            base_url=self.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            java_script_enabled=script,
            locale="sv-SE",
            storage_state=self.states.get(state),
        )
        context.set_default_timeout(15_000)
        if not who and language != "sv":
            context.add_cookies([{"name": "django_language", "value": language, "url": self.url}])
        page, complaints = context.new_page(), []
        page.on(
            "console",
            lambda message: complaints.append(message.text) if message.type == "error" and "status of 4" not in message.text else None,
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if who and state not in self.states:
            sign_in(page, who)
            self.states[state] = context.storage_state()
        if who:
            speak(page, language)
        yield page
        context.close()
        assert complaints == []

    def mails_to(self, address: str) -> list[EmailMessage]:
        """What the SMTP sink holds for an address, oldest first."""
        return [mail for mail in self.mails() if address in str(mail["To"])]

    def mails(self) -> list[EmailMessage]:
        return [_read(path) for path in sorted((self.demo.var / "mail").glob("**/*.eml"))]


def _read(path: Path) -> EmailMessage:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def sign_in(page: Page, who: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", who)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url("**/")


def speak(page: Page, language: str) -> None:
    """Who is signed in has chosen a language for good; the button at the foot of every page changes it."""
    page.goto("/method/")
    if page.get_attribute("html", "lang") != language:
        page.locator("footer button[name=language]").click()
        page.locator(f"html[lang={language}]").wait_for(state="attached")


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory, chromium_path: str) -> Iterator[Site]:
    """For the tests of this folder and no longer: Playwright keeps an event loop running, in which Django refuses to work."""
    demo = Demo(tmp_path_factory.mktemp("demo") / "var", free_port())
    try:
        demo.wait_until_ready()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium_path, args=list(BROWSER_FLAGS))
            yield Site(demo, browser)
            browser.close()
    finally:
        if demo.process.poll() is None:
            demo.end(SIGTERM)


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Runs axe on a page with every rule: a line per violation, with the rule and the element."""
    source = AXE.read_text(encoding="utf-8")

    def violations(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [f"{rule['id']}: {node['html'][:160]}" for rule in found["violations"] for node in rule["nodes"]]

    return violations
