"""One-click sign-in as one of the demo accounts. Reachable only when DEMO is on."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from kiruna_innovation.demo.accounts import ADDRESSES
from organisation.models import Person


@login_not_required
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    person = get_object_or_404(Person.objects.active(), email=request.POST.get("email", "").replace("\0", ""), email__in=ADDRESSES)
    login(request, person, backend="organisation.backends.PersonBackend")
    return redirect("start")
