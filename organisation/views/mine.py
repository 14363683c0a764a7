"""Each person's own settings."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from organisation.actions import choose_settings, set_away
from organisation.forms import SettingsForm
from organisation.views.answers import add_refusal, form_view, reader, sent

FIELDS = ("language", "away_from", "away_until", "single_keys")


@form_view
def settings(request: HttpRequest) -> HttpResponse:
    person = reader(request)
    form = SettingsForm(sent(request), initial={name: getattr(person, name) for name in FIELDS})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            with transaction.atomic():
                set_away(by=person, person=person, away_from=data["away_from"], away_until=data["away_until"])
                choose_settings(by=person, language=data["language"], single_keys=data["single_keys"])
        except ValidationError as refusal:
            add_refusal(form, refusal)
        else:
            with translation.override(data["language"]):
                messages.success(request, _("Saved."))
            return redirect("settings")
    return render(request, "organisation/settings.html", {"form": form}, status=422 if form.errors else 200)
