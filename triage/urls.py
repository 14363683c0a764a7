from django.urls import URLPattern, path

from triage import drafting, views

urlpatterns: list[URLPattern] = [
    path("", views.triage, name="triage"),
    path("drafts/", drafting.drafts, name="drafts"),
    path("drafts/<int:pk>/ask/", drafting.ask, name="draft_ask"),
    path("drafts/<int:pk>/discard/", drafting.discard, name="draft_discard"),
]
