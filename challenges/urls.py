from django.urls import URLPattern, path

from challenges.views import assessing, edit, ideas, leading, lists, page, stages, understanding

urlpatterns: list[URLPattern] = [
    path("challenges/", lists.challenges, name="challenges"),
    path("challenges/<int:pk>/", page.challenge, name="challenge"),
    path("challenges/<int:pk>/edit/", edit.edit, name="challenge_edit"),
    path("challenges/<int:pk>/understanding/", understanding.understanding, name="challenge_understanding"),
    path("challenges/<int:pk>/experiences/", understanding.tell, name="challenge_experience"),
    path("challenges/<int:pk>/experiences/<int:comment_pk>/", understanding.mark, name="challenge_experience_mark"),
    path("challenges/<int:pk>/whys/", understanding.ask_why, name="challenge_why"),
    path("challenges/<int:pk>/whys/shift/", understanding.shift, name="challenge_why_shift"),
    path("challenges/<int:pk>/recognised/", understanding.recognise, name="challenge_recognise"),
    path("challenges/<int:pk>/ideas/", ideas.ideas, name="challenge_ideas"),
    path("challenges/<int:pk>/poster/", ideas.poster, name="challenge_poster"),
    path("challenges/<int:pk>/poster/qr.svg", ideas.qr, name="challenge_qr"),
    path("c/<int:pk>/", ideas.call, name="call"),
    path("challenges/<int:pk>/assessment/", assessing.assessment, name="challenge_assessment"),
    path("challenges/<int:pk>/assessment/assessors/", assessing.assessors, name="challenge_assessors"),
    path("challenges/<int:pk>/assessment/ideas/<int:idea>/", assessing.score, name="challenge_score"),
    path("challenges/<int:pk>/assessment/decline/", assessing.decline, name="challenge_assess_decline"),
    path("challenges/<int:pk>/assessment/close/", assessing.close, name="challenge_assess_close"),
    path("challenges/<int:pk>/assessment/notes/<int:note>/", assessing.reply, name="challenge_note_reply"),
    path("challenges/<int:pk>/leads/", leading.leads, name="challenge_leads"),
    path("challenges/<int:pk>/leads/end/", leading.step_down, name="challenge_step_down"),
    path("challenges/<int:pk>/propose/", leading.propose, name="challenge_propose"),
    path("challenges/<int:pk>/propose/<int:proposal>/", leading.set_aside, name="challenge_set_aside"),
    path("challenges/<int:pk>/plan/", stages.plan, name="challenge_plan"),
    path("challenges/<int:pk>/tests/", stages.tests, name="challenge_tests"),
    path("challenges/<int:pk>/spread/", stages.spread, name="challenge_spread"),
]
