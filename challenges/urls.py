from django.urls import URLPattern, path

from challenges.views import edit, lists, page, stages

urlpatterns: list[URLPattern] = [
    path("challenges/", lists.challenges, name="challenges"),
    path("challenges/<int:pk>/", page.challenge, name="challenge"),
    path("challenges/<int:pk>/edit/", edit.edit, name="challenge_edit"),
    path("challenges/<int:pk>/understanding/", stages.understanding, name="challenge_understanding"),
    path("challenges/<int:pk>/ideas/", stages.ideas, name="challenge_ideas"),
    path("challenges/<int:pk>/plan/", stages.plan, name="challenge_plan"),
    path("challenges/<int:pk>/tests/", stages.tests, name="challenge_tests"),
    path("challenges/<int:pk>/spread/", stages.spread, name="challenge_spread"),
]
