from django.urls import URLPattern, path

from challenges import views

urlpatterns: list[URLPattern] = [
    path("challenges/", views.challenges, name="challenges"),
    path("challenges/<int:pk>/", views.challenge, name="challenge"),
    path("challenges/<int:pk>/edit/", views.edit, name="challenge_edit"),
]
