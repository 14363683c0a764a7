"""When I am away, and who stands in for me: dates, a deputy for each role, and who then answers for what waits now."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contributions.models import Contribution
from lib.htmx import redirect
from notifications import outbox
from organisation.actions import choose_deputy, set_away
from organisation.enums import Role
from organisation.forms import AwayForm
from organisation.models import Person, RoleAssignment
from triage.enums import Tab
from triage.queries import Rota, queue

SHOWN = 10
CHOOSE = ("", "–")


class AbsenceForm(AwayForm):
    """The days, and a deputy for each of the roles (`deputy_<id of the assignment>`): somebody who holds the same role, or who is it already."""

    def __init__(self, *args: Any, roles: list[RoleAssignment], person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[int, Person] = {}
        holders = holders_of({role.role for role in roles}, person)
        for role in roles:
            choices = {holder.pk: holder for holder in holders.get(role.role, [])}
            if role.deputy and role.deputy.is_active:
                choices.setdefault(role.deputy.pk, role.deputy)
            self.people |= choices
            self.fields[name_of(role)] = forms.ChoiceField(
                label=_("Stands in for me as %(role)s, %(scope)s")
                % {"role": role.get_role_display().lower(), "scope": role.scope or _("the whole group")},
                choices=[CHOOSE, *((str(pk), f"{one.full_name}, {one.department.name}") for pk, one in choices.items())],
                required=False, initial=str(role.deputy_id or ""),
                error_messages={"invalid_choice": _("That person cannot stand in: the role has ended, or the account is closed. Choose another.")},
            )  # fmt: skip

    def clean_away_until(self) -> datetime.date | None:
        day: datetime.date | None = self.cleaned_data["away_until"]
        if day and day < timezone.localdate():
            raise ValidationError(_("That day has been. Leave both days empty if you are back."))
        return day

    def deputy_for(self, role: RoleAssignment) -> Person | None:
        value = self.cleaned_data.get(name_of(role))
        return self.people[int(value)] if value else None


def name_of(role: RoleAssignment) -> str:
    return f"deputy_{role.pk}"


def holders_of(roles: Iterable[str], but: Person) -> dict[str, list[Person]]:
    """Who holds each of the roles now, anywhere, in name order. One query."""
    found: dict[str, dict[int, Person]] = {}
    held = RoleAssignment.objects.in_force().filter(role__in=list(roles), person__is_active=True).exclude(person=but)
    for assignment in held.select_related("person__department").order_by("person__sort_key", "person_id"):
        found.setdefault(assignment.role, {})[assignment.person_id] = assignment.person
    return {role: list(people.values()) for role, people in found.items()}


@dataclass(frozen=True)
class Waiting:
    """Something that waits for an answer, and who answers for it while the person is away."""

    contribution: Contribution
    responsible: list[Person]


@require_http_methods(["GET", "HEAD", "POST"])
def absence(request: HttpRequest) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    roles = [role for role in person.roles_to_come() if role.person_id == person.pk]
    form = AbsenceForm(request.POST if request.method == "POST" else None, roles=roles, person=person, initial=days_of(person))
    if request.method == "POST" and form.is_valid() and save(person, roles, form):
        messages.success(request, _("Saved."))
        return redirect(request, reverse("absence"))
    if form.errors:
        person.refresh_from_db()
    context = {
        "form": form,
        "roles": roles,
        "role_names": {role.role for role in roles},
        "also_away": also_away(person, roles),
        "waiting": waiting(person) if person.coverage(Role.COORDINATOR) else None,
    }
    return render(request, "triage/absence.html", context, status=422 if form.errors else 200)


def days_of(person: Person) -> dict[str, datetime.date | None]:
    """The absence that is or is to come; one that is over is no longer shown."""
    is_over = person.away_until is None or person.away_until < timezone.localdate()
    return {"away_from": None, "away_until": None} if is_over else {"away_from": person.away_from, "away_until": person.away_until}


def save(person: Person, roles: list[RoleAssignment], form: AbsenceForm) -> bool:
    """All of it or nothing. What is refused lands beside its field."""
    field = "away_from"
    try:
        with transaction.atomic():
            set_away(by=person, person=person, away_from=form.cleaned_data["away_from"], away_until=form.cleaned_data["away_until"])
            for role in roles:
                field = name_of(role)
                choose_deputy(by=person, assignment=role, deputy=form.deputy_for(role))
                tell_deputy(person, role)
    except ValidationError as refusal:
        problems = refusal.message_dict if hasattr(refusal, "error_dict") else {field: refusal.messages}
        for name, sentences in problems.items():
            for sentence in sentences:
                form.add_error(name if name in form.fields else field, sentence)
        return False
    return True


def tell_deputy(person: Person, role: RoleAssignment) -> None:
    """Once for each absence."""
    if role.deputy_id and person.away_until:
        key = f"stand-in:{role.pk}:{person.away_from}:{person.away_until}"
        outbox.tell([role.deputy_id], "triage.standing_in", {"assignment": role.pk}, dedupe_key=key)


def also_away(person: Person, roles: list[RoleAssignment]) -> list[Person]:
    """Deputies who are away themselves during some of it."""
    if person.away_from is None or person.away_until is None:
        return []
    deputies = {role.deputy_id: role.deputy for role in roles if role.deputy}
    return [
        deputy
        for deputy in deputies.values()
        if deputy.away_from and deputy.away_until and deputy.away_from <= person.away_until and deputy.away_until >= person.away_from
    ]


def waiting(person: Person) -> list[Waiting]:
    """What the person answers for now, nearest promise first, with who would answer if they were away."""
    rota = Rota.read(days_of(person)["away_from"], away=frozenset((person.pk,)))
    rows = queue(person, Tab.ANSWER).select_related("department")
    shown = [Waiting(row, rota.responsible(row)) for row in rows[: SHOWN * 10]]
    return [row for row in shown if row.contribution.assigned_to_id in (None, person.pk)][:SHOWN]
