from django.urls import URLPattern, path

from contributions.views import comments, history, lists, merging, moderation, steps, talk, together

urlpatterns: list[URLPattern] = [
    path("search/", lists.search, name="search"),
    path("learnings/", lists.learnings, name="learnings"),
    path("mine/", lists.mine, name="mine"),
    path("contributions/similar/", lists.similar, name="similar"),
    path("contributions/<int:pk>/", talk.contribution, name="contribution"),
    path("contributions/<int:pk>/comments/", comments.say, name="comments"),
    path("contributions/<int:pk>/comments/<int:comment_pk>/edit/", comments.edit, name="comment_edit"),
    path("contributions/<int:pk>/comments/<int:comment_pk>/delete/", comments.delete, name="comment_delete"),
    path("contributions/<int:pk>/comments/<int:comment_pk>/restore/", comments.restore, name="comment_restore"),
    path("contributions/<int:pk>/people/", comments.people, name="people_to_name"),
    path("contributions/<int:pk>/support/", talk.support, name="support"),
    path("contributions/<int:pk>/follow/", talk.follow, name="follow"),
    path("contributions/<int:pk>/report/", talk.report, name="report"),
    path("contributions/<int:pk>/people/invite/", together.invite, name="invite_coauthor"),
    path("contributions/<int:pk>/people/end/", together.end, name="end_coauthor"),
    path("contributions/<int:pk>/invitation/", together.invitation, name="invitation"),
    path("contributions/<int:pk>/steps/<slug:step>/", steps.step, name="step"),
    path("contributions/<int:pk>/history/", history.history, name="history"),
    path("contributions/<int:pk>/history/<int:version>/", history.restore, name="restore"),
    path("contributions/<int:pk>/merge/<int:proposal>/", merging.merge, name="merge"),
    path("contributions/<int:pk>/merge/<int:proposal>/withdraw/", merging.withdraw, name="merge_withdraw"),
    path("contributions/<int:pk>/moderate/", moderation.moderate, name="moderate"),
    path("contributions/<int:pk>/hide/", moderation.hide, name="hide"),
    path("contributions/<int:pk>/unhide/", moderation.unhide, name="unhide"),
    path("contributions/<int:pk>/mask/", moderation.mask, name="mask"),
    path("contributions/<int:pk>/reports/<int:report>/", moderation.handled, name="report_handled"),
]
