from django.urls import URLPattern, path

from triage import views

urlpatterns: list[URLPattern] = [path("", views.triage, name="triage")]
