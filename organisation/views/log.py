"""The audit log."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lib.keyset import page
from organisation.messages import line
from organisation.queries import audit_log
from organisation.views.answers import reader

PAGE_SIZE = 50


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    person = reader(request, "organisation.administer")
    rows = page(audit_log(person), order=("-at", "-id"), after=request.GET.get("after"), size=PAGE_SIZE)
    return render(request, "organisation/log.html", {"rows": rows, "lines": [line(entry) for entry in rows.rows]})
