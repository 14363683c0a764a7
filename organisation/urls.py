"""The administrators' addresses, and a person's own settings."""

from django.urls import URLPattern, URLResolver, include, path

from organisation.views import log, mine, people, roles, structure

administration: list[URLPattern | URLResolver] = [
    path("", structure.overview, name="overview"),
    path("organisations/new/", structure.new_organisation, name="new_organisation"),
    path("organisations/<int:pk>/", structure.organisation, name="organisation"),
    path("organisations/<int:pk>/edit/", structure.edit_organisation, name="edit_organisation"),
    path("organisations/<int:pk>/departments/new/", structure.new_department, name="new_department"),
    path("departments/<int:pk>/", structure.edit_department, name="department"),
    path("departments/<int:pk>/close/", structure.close, name="close_department"),
    path("departments/<int:pk>/reopen/", structure.reopen, name="reopen_department"),
    path("people/", people.people, name="people"),
    path("people/new/", people.invite, name="invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/edit/", people.edit, name="edit_person"),
    path("people/<int:pk>/away/", people.away, name="away"),
    path("people/<int:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<int:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("people/<int:pk>/roles/new/", roles.give, name="give_role"),
    path("roles/<int:pk>/deputy/", roles.deputy, name="deputy"),
    path("roles/<int:pk>/end/", roles.end, name="end_role"),
    path("log/", log.log, name="log"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("organisation/", include((administration, "organisation"))),
    path("mine/settings/", mine.settings, name="settings"),
]
