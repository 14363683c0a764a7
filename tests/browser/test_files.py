"""Files in a real browser and through the real web server: progress, cancelling, and many uploads at once within bounded memory."""

from __future__ import annotations

import http.client
import io
import os
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image
from playwright.sync_api import Page, Route

from tests.browser.conftest import Site
from tests.contributions.corpus import PDF, picture, with_exif

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AUTHOR, READER = "medarbetare@kiruna.example", "medarbetare@tvk.example"
MEGABYTE = 1024 * 1024


def draft(page: Page, title: str = "Hal trappa") -> str:
    """The address of a new draft's first screen."""
    page.goto("/ideas/new/")
    page.fill("#id_title", title)
    page.fill("#id_problem", "Trappan är hal varje morgon. Ingen sandar före sju.")
    page.locator("button[name=later]").click()
    page.wait_for_url("**/mine/")
    page.get_by_role("link", name=title).first.click()
    return f"/ideas/{re.findall(r'/ideas/([0-9]+)/', page.url)[0]}/edit/"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "trappa.jpg").write_bytes(with_exif(6, gps=True, size=(1200, 800)))
    (tmp_path / "beslut.pdf").write_bytes(PDF)
    (tmp_path / "sida.html").write_bytes(b"<script>alert(1)</script>")
    (tmp_path / "stor.pdf").write_bytes(PDF + bytes(11 * MEGABYTE))
    return tmp_path


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (320, "dark")])
def test_files_go_up_at_once_and_say_how_it_went(
    site: Site, axe: Callable[[Page], list[str]], files: Path, width: int, scheme: str
) -> None:
    with site.page(AUTHOR, width=width, scheme=scheme) as page:
        address = draft(page, f"Hal trappa {width}")
        page.goto(address)
        page.set_input_files("#id_files", [files / name for name in ("trappa.jpg", "sida.html", "stor.pdf", "beslut.pdf")])
        page.locator("[data-file]").nth(1).wait_for()
        page.locator("[data-going] .ds-validation-message").nth(1).wait_for()
        said = page.locator("[data-going] > li").all_inner_texts()
        assert [("kan inte bifogas" in text, "större än 10 MB" in text) for text in said] == [(True, False), (False, True)]
        assert page.locator("[data-file] a").all_inner_texts() == ["trappa.jpg", "beslut.pdf"]
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.locator("[data-remove]").nth(1).click()
        page.locator("[data-file]").nth(1).wait_for(state="detached")
        assert page.evaluate("document.activeElement.id") == "id_files"
        page.goto(address.removesuffix("edit/"))
        shown = page.locator(".files img")
        assert (shown.count(), shown.get_attribute("alt"), shown.evaluate("image => image.naturalWidth > 0")) == (1, "trappa.jpg", True)
        assert axe(page) == []


def slowly(route: Route) -> None:
    time.sleep(1)
    route.continue_()


def test_whoever_goes_on_waits_for_the_file_on_its_way(site: Site, files: Path) -> None:
    with site.page(AUTHOR) as page:
        address = draft(page, "Väntar på bilden")
        page.goto(address)
        page.route("**/files/", slowly)
        page.set_input_files("#id_files", files / "trappa.jpg")
        page.locator("main form .send button").first.click()
        page.wait_for_url("**part=proposal*")
        page.goto(address)
        assert page.locator("[data-file]").count() == 1


def test_a_file_can_be_stopped_and_one_that_was_lost_tried_again(site: Site, files: Path) -> None:
    with site.page(AUTHOR) as page:
        page.goto(draft(page, "Avbruten bild"))
        tries: list[int] = []

        def answer(route: Any) -> None:
            tries.append(1)
            route.fulfill(status=408) if len(tries) == 1 else route.continue_()

        page.route("**/files/", answer)
        page.set_input_files("#id_files", files / "trappa.jpg")
        page.locator("[data-again]:visible").click()
        page.locator("[data-file]").wait_for()
        page.unroute("**/files/")
        page.route("**/files/", lambda _route: None)
        page.set_input_files("#id_files", files / "beslut.pdf")
        page.locator("[data-stop]").click()
        assert (page.locator("[data-going] > li").count(), page.locator("[data-file]").count()) == (0, 1)


def test_before_there_is_a_draft_the_files_travel_with_the_form(site: Site, files: Path) -> None:
    with site.page(AUTHOR) as page:
        page.goto("/ideas/new/")
        page.fill("#id_title", "Följer med")
        page.fill("#id_problem", "Trappan är hal varje morgon. Ingen sandar före sju.")
        page.set_input_files("#id_files", files / "trappa.jpg")
        page.set_input_files("#id_files", [files / "beslut.pdf", files / "stor.pdf"])
        page.locator("[data-stop]").first.click()
        page.locator("main form .send button").first.click()
        page.wait_for_url("**part=proposal*")
        page.goto(page.url.partition("?")[0])
        assert page.locator("[data-file] a").all_inner_texts() == ["beslut.pdf"]


def test_another_persons_draft_keeps_its_files_to_itself(site: Site, files: Path) -> None:
    with site.page(AUTHOR) as page:
        page.goto(draft(page, "Bara min"))
        page.set_input_files("#id_files", files / "trappa.jpg")
        address = page.locator("[data-file] a").get_attribute("href")
        answer = page.request.get(str(address))
        assert (answer.status, answer.headers["content-disposition"]) == (200, 'attachment; filename="trappa.jpg"')
        with Image.open(io.BytesIO(answer.body())) as image:
            assert (image.size, dict(image.getexif())) == ((800, 1200), {})
    with site.page(READER) as page:
        assert page.request.get(str(address)).status == 404


class Watch:
    """How much memory each of the web server's processes takes at most, beyond what it took at first."""

    def __init__(self, server: psutil.Process) -> None:
        self.processes = server.children(recursive=True)
        self.before = {process.pid: process.memory_info().rss for process in self.processes}
        self.most = dict(self.before)
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def _look(self) -> None:
        while not self.done.wait(0.02):
            for process in self.processes:
                self.most[process.pid] = max(self.most[process.pid], process.memory_info().rss)

    def growth(self) -> float:
        self.done.set()
        self.thread.join()
        return max(self.most[pid] - self.before[pid] for pid in self.before) / MEGABYTE


def send(port: int, address: str, cookies: str, token: str, name: str, content: bytes) -> int:
    head = "".join(f'--edge\r\nContent-Disposition: form-data; name="{field}"' for field in ("csrfmiddlewaretoken",))
    body = f'{head}\r\n\r\n{token}\r\n--edge\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode() + content
    headers = {"Host": f"localhost:{port}", "Cookie": cookies, "HX-Request": "true", "Content-Type": "multipart/form-data; boundary=edge"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=120)) as connection:
        connection.request("POST", address, body + b"\r\n--edge--\r\n", headers)
        return connection.getresponse().status


def test_twenty_at_once_stay_within_memory(site: Site) -> None:
    """Ten documents of almost 10 MB, five pictures of 48 million pixels and five files of 20 MB, all at the same moment."""
    port = site.demo.port
    with site.page("koordinator@kiruna.example") as page:
        edits = [draft(page, f"Många på en gång {number}") for number in range(4)]
        page.goto(edits[0])
        token = page.locator("main input[name=csrfmiddlewaretoken]").first.input_value()
        cookies = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
        heavy = picture("JPEG", (8000, 6000), quality=50)
        loads = [("a.pdf", PDF[:9] + os.urandom(9 * MEGABYTE) + PDF) for _ in range(10)]
        loads += [("b.jpg", heavy) for _ in range(5)] + [("c.pdf", PDF + bytes(20 * MEGABYTE))] * 5
        watch = Watch(site.demo.part("granian"))
        answers: list[int] = []
        threads = [
            threading.Thread(
                target=lambda place=place, name=name, content=content: answers.append(
                    send(
                        port,
                        edits[place % 4].replace("/ideas/", "/contributions/").replace("edit/", "files/"),
                        cookies,
                        token,
                        name,
                        content,
                    )
                )
            )
            for place, (name, content) in enumerate(loads)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        growth = watch.growth()
        counted = Counter(answers)
        print(f"most memory of one web process beyond its own: {growth:.0f} MB; answers {dict(counted)}")  # noqa: T201
        assert (set(counted) <= {200, 422}, sum(counted.values()), counted[422] >= 5) == (True, 20, True)
        assert growth < 300


@pytest.mark.parametrize("claimed", [10 * 1024**3, 2_000_000])
def test_a_length_that_lies_holds_nobody_up(site: Site, claimed: int) -> None:
    with closing(socket.create_connection(("127.0.0.1", site.demo.port), timeout=20)) as line:
        head = f"POST /ideas/new/ HTTP/1.1\r\nHost: localhost:{site.demo.port}\r\nContent-Type: multipart/form-data; boundary=edge\r\n"
        part = '--edge\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\nabc'
        line.sendall(f"{head}Content-Length: {claimed}\r\n\r\n{part}".encode())
        line.shutdown(socket.SHUT_WR)
        said = line.recv(200)
    assert not said.startswith(b"HTTP/1.1 5")
    assert site.demo.page("/accounts/login/")[0] == 200
