"""How promises are kept: open to everybody who works here, per organisation and never per person."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contributions.queries.promises import FEW, quarters, records


@require_safe
def promises(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    return render(request, "contributions/promises.html", {"records": records(today), "quarters": quarters(today), "few": FEW})
