"""The bell's pages: what one has been told, what one wants to be told, and stopping it from a mail."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lib.htmx import answer, redirect, wants_part
from lib.keyset import page
from lib.text import drop_controls, number
from notifications import actions, unsubscribing
from notifications.enums import Channel, Frequency
from notifications.forms import PreferencesForm
from notifications.messages import render as render_notices
from notifications.models import Notice
from notifications.outbox import kind_of

LATEST = 5
ORDER = ("-due_at", "-id")


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What the person has been told: the unread, or with ?show=all everything."""
    everything = request.GET.get("show") == "all"
    mine = Notice.objects.filter(recipient=request.user.pk)
    shown = page(mine.in_bell() if everything else mine.unread(), order=ORDER, after=request.GET.get("after"))
    said = render_notices(request.user, shown.rows)
    context = {
        "said": said,
        "unsaid": len(shown.rows) - len(said),
        "everything": everything,
        "before_url": _page_url(shown.previous, everything),
        "after_url": _page_url(shown.next, everything),
    }
    return render(request, "notifications/index.html", context)


@require_GET
def panel(request: HttpRequest) -> HttpResponse:
    """The latest few, for the bell; a browser that asks for it as a page is sent to the page."""
    if not wants_part(request):
        return redirect(request, reverse("notifications:index"))
    latest = list(Notice.objects.filter(recipient=request.user.pk).in_bell().order_by(*ORDER)[:LATEST])
    said = render_notices(request.user, latest)
    return answer(request, "notifications/index.html", "panel", {"said": said})


@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark as read: one notice, everything in a thread, or with neither everything. A page that htmx loads does so by itself."""
    notices = Notice.objects.all()
    if "notice" in request.POST:
        notices = notices.filter(pk=get_object_or_404(Notice, recipient=request.user.pk, pk=(number(request.POST["notice"]) or 0)).pk)
    elif "thread" in request.POST:
        notices = notices.filter(thread=drop_controls(request.POST["thread"])[:60])
    actions.mark_read(by=request.user, notices=notices)
    if wants_part(request):
        return HttpResponse(status=204)
    return redirect(request, request.POST.get("next") or reverse("notifications:index"))


@require_http_methods(["GET", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    form = PreferencesForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved. What waits for its mail follows your choice too."))
        return redirect(request, reverse("notifications:preferences"))
    context = {"form": form, "channels": Channel.choices}
    return render(request, "notifications/preferences.html", context, status=422 if form.is_bound else 200)


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Stop what the token names: GET shows a page with one button, POST does it, for people and for mail programs (RFC 8058)."""
    wish = unsubscribing.wish_in(token)
    person = get_user_model().objects.filter(pk=wish.person_id).first() if wish else None
    if wish is None or person is None:
        return HttpResponseNotFound(render(request, "notifications/unsubscribe.html", {"forged": True}).content)
    is_digest = unsubscribing.DIGEST in wish.codes
    if request.method == "POST":
        if is_digest:
            actions.choose_frequency(by=person, frequency=Frequency.NEVER)
        actions.stop_kinds(by=person, codes=wish.codes)
    with translation.override(person.language):
        labels = [kind.label for code in wish.codes if (kind := kind_of(code))]
        context: dict[str, Any] = {"is_digest": is_digest, "labels": labels, "done": request.method == "POST", "email": person.email}
        return render(request, "notifications/unsubscribe.html", context)


def _page_url(cursor: str | None, everything: bool) -> str:
    return "?" + urlencode({**({"show": "all"} if everything else {}), "after": cursor}) if cursor else ""
