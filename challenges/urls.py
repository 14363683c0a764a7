from django.urls import URLPattern, path

from challenges.views import edit, lists, page, plan, spread, stages, trials

urlpatterns: list[URLPattern] = [
    path("challenges/", lists.challenges, name="challenges"),
    path("challenges/<int:pk>/", page.challenge, name="challenge"),
    path("challenges/<int:pk>/edit/", edit.edit, name="challenge_edit"),
    path("challenges/<int:pk>/understanding/", stages.understanding, name="challenge_understanding"),
    path("challenges/<int:pk>/ideas/", stages.ideas, name="challenge_ideas"),
    path("challenges/<int:pk>/plan/", plan.plan, name="challenge_plan"),
    path("challenges/<int:pk>/plan/<int:item>/", plan.item, name="plan_item"),
    path("challenges/<int:pk>/plan/<int:item>/done/", plan.item_done, name="plan_item_done"),
    path("challenges/<int:pk>/plan/<int:item>/remove/", plan.item_remove, name="plan_item_remove"),
    path("challenges/<int:pk>/resources/", plan.resource_ask, name="resource_ask"),
    path("challenges/<int:pk>/resources/<int:resource>/", plan.resource_answer, name="resource_answer"),
    path("challenges/<int:pk>/way/", trials.way, name="way"),
    path("challenges/<int:pk>/way/<int:way>/", trials.decision, name="way_decision"),
    path("challenges/<int:pk>/tests/", trials.tests, name="challenge_tests"),
    path("challenges/<int:pk>/tests/<int:trial>/", trials.trial_end, name="trial_end"),
    path("challenges/<int:pk>/spread/", spread.spread, name="challenge_spread"),
    path("challenges/<int:pk>/spread/result/", spread.result, name="result"),
    path("challenges/<int:pk>/spread/adopt/", spread.adopt, name="adopt"),
    path("challenges/<int:pk>/printed/", spread.printed, name="challenge_printed"),
    path("mine/promised/", plan.promised, name="promised"),
]
