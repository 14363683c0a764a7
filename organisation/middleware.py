"""What every request needs to know of the person."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_cache_control

from organisation.models import Person


class PersonLanguageMiddleware:
    """Speaks the language the person has chosen; before sign-in the cookie's, and Swedish otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.activate(chosen_language(request))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or settings.LANGUAGE_CODE)
        return response


class PrivatePagesMiddleware:
    """Nothing that somebody signed in has read is kept by a cache or shown by the back button, unless the view says otherwise."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(request.user, Person) and "Cache-Control" not in response.headers:
            patch_cache_control(response, no_store=True, private=True)
        return response


def chosen_language(request: HttpRequest) -> str:
    if isinstance(request.user, Person):
        return request.user.language
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return cookie if cookie in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
