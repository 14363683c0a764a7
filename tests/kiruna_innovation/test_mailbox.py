"""The demo's mailbox: what is in the folder and nothing else, and a mail's HTML well fenced in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import clear_url_caches, include, path, set_urlconf

from kiruna_innovation import mailbox, urls

pytestmark = pytest.mark.django_db


class DemoUrls:
    """The addresses of the house as they are in the demo."""

    urlpatterns = [*urls.urlpatterns, path("demo/", include("kiruna_innovation.demo.urls"))]


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.DEMO_MAIL_DIR = tmp_path
    settings.ROOT_URLCONF = DemoUrls
    clear_url_caches()
    yield tmp_path
    set_urlconf(None)
    clear_url_caches()


def keep(folder: Path, name: str, subject: str = "Svar på din idé", html: str = "", at: int = 1_000_000) -> None:
    message = EmailMessage()
    message["Subject"], message["To"] = subject, "a@example.test"
    message.set_content("Hej å ä ö\nhttp://localhost/ideas/1/")
    if html:
        message.add_alternative(html, subtype="html")
    (folder / f"{name}.eml").write_bytes(message.as_bytes())
    os.utime(folder / f"{name}.eml", (at, at))


def page(response: Any) -> str:
    assert response.status_code == 200
    return response.content.decode()


def test_the_newest_mail_is_first_and_nobody_need_sign_in(folder: Path, client: Client) -> None:
    assert "Inga mejl än" in page(client.get("/demo/mail/"))
    keep(folder, "1-0001", "Först", at=1_000_000)
    keep(folder, "2-0002", "<b>Sedan</b>", at=2_000_000)
    listed = page(client.get("/demo/mail/"))
    assert listed.index("&lt;b&gt;Sedan") < listed.index("Först")


def test_a_mail_shows_its_text_and_links_are_links(folder: Path, client: Client) -> None:
    keep(folder, "1-0001")
    shown = page(client.get("/demo/mail/1-0001/"))
    assert "Hej å ä ö" in shown
    assert 'href="http://localhost/ideas/1/"' in shown
    assert "<iframe" not in shown


def test_the_html_stands_in_a_fence(folder: Path, client: Client) -> None:
    keep(folder, "1-0001", html="<html><head></head><body><script>x()</script><p>Hej</p></body></html>")
    frame = client.get("/demo/mail/1-0001/")
    assert "frame-src 'self'" in frame.headers["Content-Security-Policy"]
    assert 'sandbox="allow-top-navigation-by-user-activation"' in page(frame)
    html = client.get("/demo/mail/1-0001/html/")
    assert '<base target="_top">' in page(html)
    assert html.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert set(html.headers["Content-Security-Policy"].split("; ")) == {
        "default-src 'none'", "style-src 'unsafe-inline'", "frame-ancestors 'self'", "sandbox allow-top-navigation-by-user-activation",
    }  # fmt: skip


@pytest.mark.parametrize("name", ["9-9999", "..", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "x", "%00", "1-0001.eml"])
def test_nothing_but_a_mail_is_found(folder: Path, client: Client, name: str) -> None:
    keep(folder, "1-0001")
    for address in (f"/demo/mail/{name}/", f"/demo/mail/{name}/html/"):
        assert client.get(address).status_code in (301, 404)


def test_a_broken_mail_is_shown_as_far_as_it_goes(folder: Path, client: Client) -> None:
    (folder / "1-0001.eml").write_bytes(b"Subject: =?utf-8?b?nonsense\n\xff\xfe\nno headers at all")
    page(client.get("/demo/mail/"))
    page(client.get("/demo/mail/1-0001/"))


def test_without_the_demo_there_is_no_mailbox(client: Client) -> None:
    assert client.get("/demo/mail/").status_code == 404
    assert mailbox.LATEST == 100
