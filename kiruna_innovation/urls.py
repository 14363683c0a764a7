"""Every address of the house. Programs and bookmarks rely on them; change one only with a decision record."""

from allauth.account import urls as account_urls
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from kiruna_innovation import health, views
from network.views import competences
from triage.views.absence import absence

SIGN_IN = [pattern for pattern in account_urls.urlpatterns if pattern.name not in {"account_email", "account_confirm_email"}]
"""allauth's addresses but those by which people would change their own mail address: that is an admin's to change."""

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.start, name="start"),
    path("method/", views.method, name="method"),
    path("healthz", health.live, name="live"),
    path("readyz", health.ready, name="ready"),
    path("i18n/setlang/", views.choose_language, name="set_language"),
    path("accounts/", include(SIGN_IN)),
    path("", include("ideas.urls")),
    path("", include("challenges.urls")),
    path("", include("contributions.urls")),
    path("", include("organisation.urls")),
    path("mine/competences/", competences, name="competences"),
    path("mine/absence/", absence, name="absence"),
    path("network/", include("network.urls")),
    path("notifications/", include("notifications.urls")),
    path("triage/", include("triage.urls")),
]

handler403 = "kiruna_innovation.refusals.not_allowed"
handler404 = "kiruna_innovation.refusals.not_here"

if settings.DEMO:
    urlpatterns += [path("demo/", include("kiruna_innovation.demo.urls"))]
