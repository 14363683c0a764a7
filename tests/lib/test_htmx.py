from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template import engines
from django.test import RequestFactory
from django.urls import reverse
from django_htmx.middleware import HtmxDetails
from template_partials.loader import Loader as Partials

from lib.htmx import HtmxLoginRedirect, answer, redirect

HTMX = {"HX-Request": "true"}
TEMPLATE = "{% load partials %}<page>{% partialdef rows inline %}<rows>{{ n }}</rows>{% endpartialdef %}</page>"


def asking(path: str = "/", method: str = "GET", **headers: str) -> HttpRequest:
    request: Any = RequestFactory().generic(method, path, headers=headers)
    request.htmx = HtmxDetails(request)
    return request


@pytest.fixture
def template(monkeypatch: pytest.MonkeyPatch) -> str:
    engine = engines["django"].engine  # type: ignore[attr-defined]
    loader = Partials(engine, [("django.template.loaders.locmem.Loader", {"list.html": TEMPLATE})])
    monkeypatch.setattr(engine, "template_loaders", [loader])
    monkeypatch.setattr(engine, "template_context_processors", ())
    return "list.html"


@pytest.mark.parametrize(
    ("headers", "content"),
    [
        ({}, "<page><rows>3</rows></page>"),
        (HTMX, "<rows>3</rows>"),
        ({**HTMX, "HX-Boosted": "true"}, "<page><rows>3</rows></page>"),
        ({**HTMX, "HX-History-Restore-Request": "true"}, "<page><rows>3</rows></page>"),
    ],
)
def test_answer_is_the_page_or_its_part(template: str, headers: dict[str, str], content: str) -> None:
    response = answer(asking(**headers), template, "rows", {"n": 3}, status=422)
    assert (response.status_code, response.content.decode()) == (422, content)
    assert response["Vary"] == "HX-Request"
    assert set(response["Cache-Control"].split(", ")) == {"no-store", "private"}


@pytest.mark.parametrize(("method", "status"), [("GET", 302), ("POST", 303)])
def test_redirect_of_a_page(method: str, status: int) -> None:
    response = redirect(asking(method=method), "/ideas/1/?a=b#c")
    assert (response.status_code, response["Location"]) == (status, "/ideas/1/?a=b#c")


def test_redirect_of_htmx_moves_the_whole_page() -> None:
    response = redirect(asking(method="POST", **HTMX), "/ideas/å/")
    assert (response.status_code, response["HX-Redirect"], response.content) == (204, "/ideas/%C3%A5/", b"")
    assert "Location" not in response


def test_redirect_of_a_boosted_link_is_followed_as_a_page_is() -> None:
    assert redirect(asking(**HTMX, **{"HX-Boosted": "true"}), "/ideas/").status_code == 302


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    "url",
    ["https://a.se/", "//a.se/", "///a.se", "/\\a.se", "javascript:alert(1)", "", " https://a.se", "\x01/a", "http://testserver.a.se/"],
)
def test_redirect_stays_on_the_site(url: str, headers: dict[str, str]) -> None:
    response = redirect(asking(method="POST", **headers), url, otherwise="/mine/")
    assert response.headers.get("HX-Redirect", response.headers.get("Location")) == "/mine/"


def test_redirect_cannot_add_headers() -> None:
    response = redirect(asking(method="POST", **HTMX), "/a\r\nSet-Cookie: a=b")
    assert response["HX-Redirect"] == "/a%0D%0ASet-Cookie:%20a=b"


def sent_to(location: str, **headers: str) -> Any:
    return HtmxLoginRedirect(lambda _request: HttpResponseRedirect(location))(asking("/ideas/rows/", **headers))


def test_sign_in_takes_the_whole_page_and_leads_back_to_it() -> None:
    login = reverse("account_login")
    response = sent_to(f"{login}?next=/ideas/rows/", **HTMX, **{"HX-Current-URL": "http://testserver/ideas/?q=a&b"})
    assert (response.status_code, response["HX-Redirect"]) == (204, f"{login}?next=%2Fideas%2F%3Fq%3Da%26b")


@pytest.mark.parametrize("current", ["", "https://a.se/x", "http://[", "x"])
def test_sign_in_leads_back_to_no_other_site(current: str) -> None:
    login = reverse("account_login")
    response = sent_to(login, **HTMX, **{"HX-Current-URL": current})
    assert response["HX-Redirect"] == f"{login}?next=%2F"


@pytest.mark.parametrize(("location", "headers"), [("/accounts/login/", {}), ("/ideas/", HTMX), ("/accounts/login/code/", HTMX)])
def test_other_redirects_stay_as_they_are(location: str, headers: dict[str, str]) -> None:
    response = sent_to(location, **headers)
    assert (response.status_code, response["Location"]) == (302, location)


def test_other_answers_stay_as_they_are() -> None:
    page = HttpResponse("a")
    assert HtmxLoginRedirect(lambda _request: page)(asking(**HTMX)) is page
