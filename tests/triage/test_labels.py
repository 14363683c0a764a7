"""Labels: whose they are, what holds in the database, who sees them, and that nobody's change is lost."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from contributions.models import Contribution, TrailEntry
from contributions.rules import UNDO_WITHIN
from organisation.models import Department, Person
from tests.factories import DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory
from triage.actions import labels as acts
from triage.actions.labels import Changed, label, take_back
from triage.enums import Scope
from triage.models import Label, Labelling
from triage.queries.labels import labelled, labels_seen_by
from triage.queries.queue import Wish, queue

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> Department:
    return DepartmentFactory.create()


@pytest.fixture
def coordinator(home: Department) -> Person:
    return RoleAssignmentFactory.create(organisation=home.organisation, person__department=home).person


@pytest.fixture
def idea(home: Department) -> Contribution:
    return IdeaFactory.create(author=PersonFactory.create(department=home))


def browser_of(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def names(person: Person, contribution: Contribution) -> list[str]:
    return [row.label.name for row in labelled(person, contribution)]


def test_a_name_makes_a_label_once_whatever_its_case(coordinator: Person, idea: Contribution, home: Department) -> None:
    label(by=coordinator, contribution=idea, name="Vinter")
    label(by=coordinator, contribution=IdeaFactory.create(author=idea.author), name="VINTER")
    assert [(one.name, one.organisation) for one in Label.objects.all()] == [("Vinter", home.organisation)]
    assert Labelling.objects.count() == 2


@pytest.mark.parametrize("of_group", [True, False])
def test_a_name_stands_once_in_each_scope(home: Department, of_group: bool) -> None:
    organisation = None if of_group else home.organisation
    Label.objects.create(name="Vinter", key="vinter", organisation=organisation)
    with pytest.raises(IntegrityError), transaction.atomic():
        Label.objects.create(name="vinter", key="vinter", organisation=organisation)
    Label.objects.create(name="Vinter", key="vinter", organisation=DepartmentFactory.create().organisation)


def test_a_label_sits_once_and_is_taken_off_by_somebody(coordinator: Person, idea: Contribution) -> None:
    row = Labelling.objects.get(pk__in=label(by=coordinator, contribution=idea, name="Vinter").on)
    assert label(by=coordinator, contribution=idea, name="Vinter") == Changed(on=[], off=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        Labelling.objects.create(contribution=idea, label=row.label, by=coordinator)
    with pytest.raises(IntegrityError), transaction.atomic():
        Labelling.objects.filter(pk=row.pk).update(removed_at=timezone.now())
    label(by=coordinator, contribution=idea, remove=[row.label])
    row.refresh_from_db()
    assert (row.removed_by, names(coordinator, idea)) == (coordinator, [])


def test_a_label_is_told_to_nobody_and_stands_on_no_trail(coordinator: Person, idea: Contribution) -> None:
    label(by=coordinator, contribution=idea, name="Vinter")
    assert TrailEntry.objects.filter(contribution=idea).count() == 0
    page = browser_of(idea.author).get(idea.get_absolute_url()).content.decode()
    assert "Vinter" not in page


def test_those_of_another_organisation_do_not_see_it(coordinator: Person, idea: Contribution) -> None:
    label(by=coordinator, contribution=idea, name="Vinter")
    other = RoleAssignmentFactory.create(organisation=DepartmentFactory.create().organisation).person
    Contribution.objects.filter(pk=idea.pk).update(owner_organisation=other.coverage("coordinator").organisations.__iter__().__next__())  # type: ignore[arg-type]
    assert list(labels_seen_by(other)) == []
    assert "Vinter" not in browser_of(other).get("/triage/").content.decode()
    own = Label.objects.get()
    assert list(queue(other, Wish(label=own.pk))) == []


def test_only_those_who_answer_set_labels(idea: Contribution) -> None:
    for person in (idea.author, RoleAssignmentFactory.create(role="admin").person, PersonFactory.create()):
        with pytest.raises(PermissionDenied):
            label(by=person, contribution=idea, name="Vinter")
    assert Label.objects.count() == 0


def test_there_is_an_end_to_labels(coordinator: Person, idea: Contribution, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "MOST_LABELS", 1)
    label(by=coordinator, contribution=idea, name="Vinter")
    with pytest.raises(ValidationError, match="1"):
        label(by=coordinator, contribution=idea, name="Sommar")


def test_what_another_sets_meanwhile_stays(coordinator: Person, idea: Contribution) -> None:
    label(by=coordinator, contribution=idea, name="Vinter")
    first = Label.objects.get()
    label(by=coordinator, contribution=idea, name="Sommar")
    came = browser_of(coordinator).post(f"/triage/{idea.pk}/labels/", {"had": str(first.pk), "name": "Höst"})
    assert (came.status_code, names(coordinator, idea)) == (303, ["Höst", "Sommar"])


def test_a_label_just_set_is_taken_off_by_whoever_set_it_and_only_in_time(coordinator: Person, idea: Contribution) -> None:
    row = Labelling.objects.get(pk__in=label(by=coordinator, contribution=idea, name="Vinter").on)
    somebody = RoleAssignmentFactory.create().person
    assert take_back(by=somebody, on=[row.pk]) == 0
    assert take_back(by=coordinator, on=[row.pk], now=row.at + UNDO_WITHIN * 2) == 0
    assert take_back(by=coordinator, on=[row.pk]) == 1


def changed_by_form(coordinator: Person, idea: Contribution, **typed: Any) -> str:
    """Post the form of labels. Returns the address that takes it back."""
    browser = browser_of(coordinator)
    browser.post(f"/triage/{idea.pk}/labels/", {"next": "/triage/", **typed})
    return html.unescape(
        next(found for found in re.findall(r'action="([^"]+)"', browser.get("/triage/").content.decode()) if "undo" in found)
    )


def test_undo_puts_back_what_was_taken_off_and_takes_off_what_was_set(coordinator: Person, idea: Contribution) -> None:
    colleague = RoleAssignmentFactory.create(organisation=idea.owner_organisation).person
    kept = label(by=colleague, contribution=idea, name="Vinter").on
    vinter = Label.objects.get()
    undo = changed_by_form(coordinator, idea, had=str(vinter.pk), name="Sommar")
    assert names(coordinator, idea) == ["Sommar"]
    said = browser_of(coordinator).post(undo, follow=True).content.decode()
    assert "Ingen har fått veta" in said
    assert names(coordinator, idea) == ["Vinter"]
    assert Labelling.objects.get(removed_at=None).by == colleague
    assert [row.pk for row in Labelling.objects.filter(removed_at=None)] == kept


def test_what_another_has_set_anew_is_not_put_back_twice_nor_what_another_took_off(coordinator: Person, idea: Contribution) -> None:
    colleague = RoleAssignmentFactory.create(organisation=idea.owner_organisation).person
    label(by=coordinator, contribution=idea, name="Vinter")
    vinter = Label.objects.get()
    off = label(by=coordinator, contribution=idea, remove=[vinter]).off
    assert take_back(by=colleague, off=off) == 0
    assert take_back(by=coordinator, off=off, now=timezone.now() + UNDO_WITHIN * 2) == 0
    label(by=colleague, contribution=idea, add=[vinter])
    assert take_back(by=coordinator, off=off) == 0
    assert Labelling.objects.filter(removed_at=None).count() == 1


def test_the_queue_by_label_and_scope(coordinator: Person, idea: Contribution, home: Department) -> None:
    beside = DepartmentFactory.create(organisation=home.organisation)
    other = IdeaFactory.create(author=PersonFactory.create(department=beside), assigned_to=coordinator)
    label(by=coordinator, contribution=other, name="Vinter")
    chosen = Label.objects.get().pk
    found = {
        "label": list(queue(coordinator, Wish(label=chosen))),
        "mine": list(queue(coordinator, Wish(scope=Scope.MINE))),
        "departments": list(queue(coordinator, Wish(scope=Scope.DEPARTMENTS))),
        "organisation": list(queue(coordinator, Wish(organisation=home.organisation_id + 999))),
    }
    assert {name: [row.pk for row in rows] for name, rows in found.items()} == {
        "label": [other.pk],
        "mine": [other.pk],
        "departments": [idea.pk],
        "organisation": [],
    }
