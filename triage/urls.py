from django.urls import URLPattern, path

from triage.views import bulk, drafting, item, queue

urlpatterns: list[URLPattern] = [
    path("", queue.triage, name="triage"),
    path("keys/", queue.keys, name="triage_keys"),
    path("stay/", queue.stay, name="triage_stay"),
    path("many/", bulk.bulk, name="triage_many"),
    path("many/undo/", bulk.undo, name="triage_undo"),
    path("<int:pk>/history/", item.history, name="triage_history"),
    path("<int:pk>/people/", item.people, name="triage_people"),
    path("<int:pk>/people/tell/", item.bring_in, name="triage_bring_in"),
    path("<int:pk>/labels/", item.labels, name="triage_labels"),
    path("drafts/", drafting.drafts, name="drafts"),
    path("drafts/undo/", drafting.undo, name="drafts_undo"),
    path("drafts/<int:pk>/ask/", drafting.ask, name="draft_ask"),
    path("drafts/<int:pk>/discard/", drafting.discard, name="draft_discard"),
]
