from django.urls import URLPattern, path

from contributions.views import files, lists, moderation, steps, talk

urlpatterns: list[URLPattern] = [
    path("search/", lists.search, name="search"),
    path("learnings/", lists.learnings, name="learnings"),
    path("mine/", lists.mine, name="mine"),
    path("contributions/similar/", lists.similar, name="similar"),
    path("contributions/<int:pk>/", talk.contribution, name="contribution"),
    path("contributions/<int:pk>/comments/", talk.comments, name="comments"),
    path("contributions/<int:pk>/support/", talk.support, name="support"),
    path("contributions/<int:pk>/follow/", talk.follow, name="follow"),
    path("contributions/<int:pk>/report/", talk.report, name="report"),
    path("contributions/<int:pk>/files/", files.files, name="files"),
    path("contributions/<int:pk>/files/<int:file>/", files.file, name="file"),
    path("contributions/<int:pk>/files/<int:file>/thumbnail/", files.thumbnail, name="thumbnail"),
    path("contributions/<int:pk>/files/<int:file>/remove/", files.remove, name="file_remove"),
    path("contributions/<int:pk>/steps/<slug:step>/", steps.step, name="step"),
    path("contributions/<int:pk>/moderate/", moderation.moderate, name="moderate"),
    path("contributions/<int:pk>/hide/", moderation.hide, name="hide"),
    path("contributions/<int:pk>/unhide/", moderation.unhide, name="unhide"),
    path("contributions/<int:pk>/mask/", moderation.mask, name="mask"),
    path("contributions/<int:pk>/reports/<int:report>/", moderation.handled, name="report_handled"),
]
