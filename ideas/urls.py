from django.urls import URLPattern, path

from ideas.views import lists, page, sharing

urlpatterns: list[URLPattern] = [
    path("ideas/", lists.ideas, name="ideas"),
    path("ideas/new/", sharing.new, name="idea_new"),
    path("ideas/<int:pk>/", page.idea, name="idea"),
    path("ideas/<int:pk>/edit/", sharing.edit, name="idea_edit"),
]
