from django.urls import URLPattern, path

from ideas.views import lists, page, sharing, together

urlpatterns: list[URLPattern] = [
    path("ideas/", lists.ideas, name="ideas"),
    path("ideas/new/", sharing.new, name="idea_new"),
    path("ideas/<int:pk>/", page.idea, name="idea"),
    path("ideas/new/for/", together.choose, name="idea_for"),
    path("ideas/<int:pk>/edit/", together.edit, name="idea_edit"),
    path("contributions/<int:pk>/on-behalf/", together.on_behalf, name="on_behalf"),
]
