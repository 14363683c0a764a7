"""Beneath /network/."""

from django.urls import path

from network import views

urlpatterns = [
    path("", views.people, name="network"),
    path("people/<int:pk>/", views.person, name="person"),
    path("departments/", views.departments, name="departments"),
    path("departments/<int:pk>/", views.department, name="department"),
]
