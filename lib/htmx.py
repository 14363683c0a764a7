"""Answers that suit both a browser that loads pages and htmx that asks for parts of them."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

LONGEST_ADDRESS = 2_000


def wants_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part; a boosted link and a step back in the history want the page."""
    htmx = _htmx(request)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def answer(request: HttpRequest, template: str, part: str, context: Mapping[str, Any] | None = None, status: int = 200) -> HttpResponse:
    """The page, or for htmx the partial of that name in it (`template#part`). Never kept by a cache."""
    name = f"{template}#{part}" if wants_part(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    patch_cache_control(response, no_store=True, private=True)
    return response


def own_address(request: HttpRequest, url: str | None) -> str:
    """The address when it is one of this site and no longer than a server takes, else nothing."""
    if not url or len(url) > LONGEST_ADDRESS:
        return ""
    is_ours = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if is_ours else ""


def redirect(request: HttpRequest, url: str, *, otherwise: str = "/") -> HttpResponse:
    """Send the browser to an address of this site (to `otherwise` when it is not): 303 after a POST, else 302; for htmx HX-Redirect."""
    url = own_address(request, url) or otherwise
    if wants_part(request):
        return _htmx_redirect(url)
    return HttpResponseRedirect(url, status=302 if request.method in ("GET", "HEAD") else 303)


class HtmxLoginRedirect:
    """Middleware: when htmx meets the sign-in page, the whole browser goes there, and afterwards back to the page it stood on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        htmx = _htmx(request)
        if not htmx or not isinstance(response, HttpResponseRedirect):
            return response
        sign_in = resolve_url(settings.LOGIN_URL)
        if urlsplit(response.url).path != urlsplit(sign_in).path:
            return response
        return _htmx_redirect(f"{sign_in}?{urlencode({REDIRECT_FIELD_NAME: _page_it_stood_on(htmx)})}")


def _page_it_stood_on(htmx: HtmxDetails) -> str:
    try:
        return htmx.current_url_abs_path or "/"
    except ValueError:  # a header that is no address
        return "/"


def _htmx(request: HttpRequest) -> HtmxDetails:
    return getattr(request, "htmx", None) or HtmxDetails(request)


def _htmx_redirect(url: str) -> HttpResponse:
    return HttpResponse(status=204, headers={"HX-Redirect": iri_to_uri(url)})
