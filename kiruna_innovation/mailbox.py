"""The demo's mailbox: the mails its mail server has kept, to be read in the browser. Open to all, and there only in the demo."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

LATEST = 100
_NAME = re.compile(r"\d+-\d+")
_SANDBOX = "allow-top-navigation-by-user-activation"


@dataclass(frozen=True)
class Letter:
    """A mail as it was taken in. `name` is its file's, without the ending."""

    name: str
    subject: str
    to: str
    kept_at: datetime
    text: str
    html: str

    @classmethod
    def read(cls, path: Path) -> Letter:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        return cls(
            name=path.stem,
            subject=str(message["Subject"] or ""),
            to=str(message["To"] or ""),
            kept_at=datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone()),
            text=_part(message, "plain"),
            html=_part(message, "html"),
        )


def _part(message: EmailMessage[Any, Any], subtype: str) -> str:
    body = message.get_body((subtype,))
    return str(body.get_content()) if body else ""


def letters() -> list[Letter]:
    """The latest, newest first."""
    paths = sorted(settings.DEMO_MAIL_DIR.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
    return [Letter.read(path) for path in paths[:LATEST]]


def letter(name: str) -> Letter:
    path = settings.DEMO_MAIL_DIR / f"{name}.eml"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Http404
    return Letter.read(path)


@login_not_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "demo/mailbox.html", {"letters": letters()})


@login_not_required
@require_safe
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]
def show(request: HttpRequest, name: str) -> HttpResponse:
    return render(request, "demo/letter.html", {"letter": letter(name), "sandbox": _SANDBOX})


@login_not_required
@require_safe
@xframe_options_sameorigin
@csp({"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": [_SANDBOX]})  # type: ignore[arg-type]
def html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail's own HTML, fenced in: no script, no picture from elsewhere. Its links open in the whole window."""
    return HttpResponse(letter(name).html.replace("<head>", '<head><base target="_top">', 1))
