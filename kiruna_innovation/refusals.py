"""The pages of what may not be done and what is not there. What somebody had written stays in sight, so that nothing is lost."""

from __future__ import annotations

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError
from django.shortcuts import render

from lib.text import clean_text

MOST, LONGEST = 20, 100_000


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"unsent": unsent(request)}, status=403)


def not_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", {"unsent": unsent(request)}, status=404)


def unsent(request: HttpRequest) -> list[str]:
    """What was written in the form that was refused: the texts of more than a word, never a password."""
    try:
        fields = request.POST.items()
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        return []
    texts = (clean_text(str(text)[:LONGEST]) for name, text in fields if "password" not in name)
    return [text for text in texts if len(text.split()) > 1][:MOST]
