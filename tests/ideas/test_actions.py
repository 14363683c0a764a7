"""Drafts are their author's alone; one form makes one draft; what is sent is whole."""

from __future__ import annotations

import datetime
import threading
import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from contributions.actions.texts import save_texts
from contributions.enums import Audience, Kind, Status
from contributions.lifecycle import IllegalStep, StaleVersion
from contributions.models import Contribution, SearchRow, TrailEntry
from contributions.promise import promise_day
from ideas.actions import ChallengeClosed, create_draft, keep_to_author, send, share_with_ambassador
from ideas.models import Idea
from notifications.models import Notice
from organisation.enums import Role
from organisation.models import Person
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db

TEXTS: dict[str, Any] = {
    "title": "Hal trappa",
    "problem": "Trappan är hal varje morgon. Ingen sandar.",
    "touched": [],
    "touched_groups": ["clients"],
}


def draft_of(person: Person, **values: Any) -> Contribution:
    return create_draft(by=person, token=uuid.uuid4(), values={**TEXTS, **values})


def ambassador_for(person: Person) -> Person:
    return RoleAssignmentFactory.create(role=Role.AMBASSADOR, department=person.department, person__department=person.department).person


def test_a_draft_is_its_authors_alone() -> None:
    person = PersonFactory.create()
    touched = DepartmentFactory.create()
    draft = Idea.objects.get(pk=draft_of(person, touched=[touched.pk]).pk)
    assert (draft.author, draft.department, draft.owner_organisation) == (person, person.department, person.organisation)
    assert (draft.kind, draft.status, draft.audience, draft.home_organisation) == (Kind.IDEA, Status.DRAFT, Audience.AUTHOR, None)
    assert (draft.title, draft.problem, draft.touched_groups, list(draft.touched.all())) == (
        "Hal trappa",
        "Trappan är hal varje morgon. Ingen sandar.",
        ["clients"],
        [touched],
    )
    assert SearchRow.objects.get(pk=draft.pk).title == "Hal trappa"
    assert not TrailEntry.objects.exists()
    assert not Notice.objects.exists()


def test_the_same_form_once_more_is_the_same_draft_with_what_was_changed() -> None:
    person, token = PersonFactory.create(), uuid.uuid4()
    first = create_draft(by=person, token=token, values=TEXTS)
    again = create_draft(by=person, token=token, values=TEXTS)
    changed = create_draft(by=person, token=token, values={**TEXTS, "title": "Hala trappor"})
    assert first.pk == again.pk == changed.pk
    assert list(Contribution.objects.values_list("title", "version")) == [("Hala trappor", 2)]


def test_another_persons_form_with_the_same_token_is_another_draft() -> None:
    token = uuid.uuid4()
    drafts = {create_draft(by=PersonFactory.create(), token=token, values=TEXTS).pk for _ in range(2)}
    assert len(drafts) == 2


def test_an_old_form_does_not_write_over_what_came_later() -> None:
    person, token = PersonFactory.create(), uuid.uuid4()
    draft = create_draft(by=person, token=token, values=TEXTS)
    save_texts(by=person, contribution=draft, version=1, values={"problem": "Trappan är hal när det regnar. Ingen sandar då."})
    with pytest.raises(StaleVersion):
        create_draft(by=person, token=token, values={**TEXTS, "title": "Något helt annat"})
    assert Contribution.objects.get().problem == "Trappan är hal när det regnar. Ingen sandar då."


@pytest.mark.django_db(transaction=True)
def test_two_submits_at_once_make_one_draft() -> None:
    person, token = PersonFactory.create(), uuid.uuid4()
    made, start = [], threading.Barrier(4)

    def submit() -> None:
        start.wait()
        try:
            made.append(create_draft(by=person, token=token, values=TEXTS).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4
    assert len(set(made)) == Contribution.objects.count() == Idea.objects.count() == SearchRow.objects.count() == 1


def test_the_ambassador_chosen_reads_and_is_told_once() -> None:
    person = PersonFactory.create()
    ambassador, other = ambassador_for(person), ambassador_for(person)
    draft = draft_of(person)
    for _ in range(2):
        share_with_ambassador(by=person, draft=draft, ambassador=ambassador)
    draft = Contribution.objects.get()
    assert (draft.audience, draft.ambassador, draft.version) == (Audience.AMBASSADOR, ambassador, 2)
    assert [(n.recipient_id, n.kind, n.ids) for n in Notice.objects.all()] == [
        (ambassador.pk, "contributions.entrusted", {"contribution": draft.pk})
    ]
    assert [p.has_perm("contributions.see", draft) for p in (ambassador, other)] == [True, False]


def test_the_author_takes_the_draft_back() -> None:
    person = PersonFactory.create()
    ambassador = ambassador_for(person)
    draft = share_with_ambassador(by=person, draft=draft_of(person), ambassador=ambassador)
    draft = keep_to_author(by=person, draft=draft)
    assert (draft.audience, draft.ambassador_id, draft.version) == (Audience.AUTHOR, None, 3)
    assert not ambassador.has_perm("contributions.see", Contribution.objects.get())


def test_only_an_ambassador_over_the_department_can_be_chosen() -> None:
    person = PersonFactory.create()
    elsewhere = ambassador_for(PersonFactory.create())
    gone = ambassador_for(person)
    Person.objects.filter(pk=gone.pk).update(is_active=False, deactivated_at=timezone.now())
    ended = RoleAssignmentFactory.create(
        role=Role.AMBASSADOR,
        department=person.department,
        start_on=timezone.localdate() - datetime.timedelta(days=9),
        end_on=timezone.localdate() - datetime.timedelta(days=1),
    ).person
    RoleAssignmentFactory.create(role=Role.AMBASSADOR, person=person, department=person.department)
    draft = draft_of(person)
    for chosen in (elsewhere, gone, ended, person, PersonFactory.create()):
        with pytest.raises(ValidationError) as refused:
            share_with_ambassador(by=person, draft=draft, ambassador=chosen)
        assert list(refused.value.message_dict) == ["ambassador"]
    assert Contribution.objects.get().audience == Audience.AUTHOR


def test_nobody_else_does_anything_with_a_draft() -> None:
    author = PersonFactory.create()
    ambassador = ambassador_for(author)
    draft = share_with_ambassador(by=author, draft=draft_of(author), ambassador=ambassador)
    for other in (ambassador, PersonFactory.create(department=author.department), RoleAssignmentFactory.create().person):
        with pytest.raises(PermissionDenied):
            keep_to_author(by=other, draft=draft)
        with pytest.raises(PermissionDenied):
            send(by=other, draft=draft, version=draft.version, audience=Audience.GROUP)
        with pytest.raises(PermissionDenied):
            save_texts(by=other, contribution=draft, version=draft.version, values={"title": "Kapad"})
    assert list(Contribution.objects.values_list("title", "status", "audience")) == [("Hal trappa", "draft", "ambassador")]


@pytest.mark.parametrize(
    ("proposal", "kind", "status"), [("Sanda klockan sex.", Kind.IDEA, Status.SUBMITTED), ("", Kind.CHALLENGE, Status.REPORTED)]
)
def test_sent_with_a_proposal_it_is_an_idea_without_one_a_challenge(proposal: str, kind: Kind, status: Status) -> None:
    coordinator = RoleAssignmentFactory.create().person
    person = PersonFactory.create()
    draft = draft_of(person, proposal=proposal)
    entry = send(by=person, draft=draft, version=1, audience=Audience.ORGANISATION)
    sent = Contribution.objects.get()
    assert (sent.kind, sent.status, sent.audience, sent.home_organisation) == (kind, status, Audience.ORGANISATION, person.organisation)
    assert sent.promised_on == promise_day(person.organisation)
    assert (entry.step, entry.by, entry.from_status, entry.to_status) == ("submit", person, "draft", status)
    assert [(n.recipient_id, n.kind) for n in Notice.objects.all()] == [(coordinator.pk, "contributions.sent")]
    assert SearchRow.objects.get().title == "Hal trappa"


def test_what_was_shared_with_the_ambassador_is_theirs_no_longer_when_sent_elsewhere() -> None:
    person = PersonFactory.create()
    draft = share_with_ambassador(by=person, draft=draft_of(person), ambassador=ambassador_for(person))
    send(by=person, draft=draft, version=draft.version, audience=Audience.DEPARTMENT)
    assert Contribution.objects.get().ambassador_id is None


@pytest.mark.parametrize(
    ("values", "missing"),
    [
        ({"title": ""}, {"title"}),
        ({"title": "Hal"}, {"title"}),
        ({"problem": ""}, {"problem"}),
        ({"problem": "Det är halt."}, {"problem"}),
        ({"title": "", "problem": ""}, {"title", "problem"}),
    ],
)
def test_what_is_unfinished_is_not_sent(values: dict[str, str], missing: set[str]) -> None:
    person = PersonFactory.create()
    draft = draft_of(person, **values)
    with pytest.raises(ValidationError) as refused:
        send(by=person, draft=draft, version=1, audience=Audience.GROUP)
    assert set(refused.value.message_dict) == missing
    assert Contribution.objects.get().status == Status.DRAFT


@pytest.mark.parametrize("audience", [Audience.AUTHOR, Audience.AMBASSADOR, "everybody", ""])
def test_it_is_sent_only_to_those_who_can_be_chosen(audience: str) -> None:
    person = PersonFactory.create()
    with pytest.raises(ValidationError) as refused:
        send(by=person, draft=draft_of(person), version=1, audience=audience)
    assert list(refused.value.message_dict) == ["audience"]


def test_it_is_sent_once() -> None:
    person = PersonFactory.create()
    draft = draft_of(person)
    send(by=person, draft=draft, version=1, audience=Audience.GROUP)
    with pytest.raises(IllegalStep):
        send(by=person, draft=draft, version=2, audience=Audience.GROUP)
    assert TrailEntry.objects.count() == 1


def open_challenge(**more: Any) -> Any:
    closes = timezone.now() + datetime.timedelta(days=3)
    return ChallengeFactory.create(**{"status": Status.OPEN_FOR_IDEAS, "ideas_close_at": closes, **more})


def test_an_idea_answers_an_open_challenge() -> None:
    person, challenge = PersonFactory.create(), open_challenge()
    draft = draft_of(person, answers_id=challenge.pk, proposal="Sanda klockan sex.")
    send(by=person, draft=draft, version=1, audience=Audience.GROUP)
    assert Idea.objects.get().answers_id == challenge.pk


@pytest.mark.parametrize(
    "closed",
    [
        {"status": Status.UNDERSTANDING},
        {"status": Status.ACTION_PLAN},
        {"ideas_close_at": timezone.now() - datetime.timedelta(seconds=1)},
        {"ideas_close_at": None},
        {"audience": Audience.DEPARTMENT},
    ],
    ids=["not yet", "no longer", "too late", "no window", "not for them"],
)
def test_an_idea_does_not_answer_a_challenge_that_is_closed(closed: dict[str, Any]) -> None:
    person, challenge = PersonFactory.create(), open_challenge(**closed)
    draft = draft_of(person, answers_id=challenge.pk, proposal="Sanda klockan sex.")
    with pytest.raises(ChallengeClosed):
        send(by=person, draft=draft, version=1, audience=Audience.GROUP)
    assert Idea.objects.get().status == Status.DRAFT


def test_an_answer_needs_a_proposal() -> None:
    person, challenge = PersonFactory.create(), open_challenge()
    with pytest.raises(ValidationError) as refused:
        send(by=person, draft=draft_of(person, answers_id=challenge.pk), version=1, audience=Audience.GROUP)
    assert list(refused.value.message_dict) == ["proposal"]


def test_saving_writes_what_differs_the_index_and_the_version() -> None:
    person = PersonFactory.create()
    draft = draft_of(person)
    before = Contribution.objects.get()
    same = save_texts(by=person, contribution=draft, version=99, values=TEXTS)
    assert (same.version, same.edited_at) == (1, None)
    saved = save_texts(by=person, contribution=draft, version=1, values={"proposal": "Ett räcke av **trä**.", "title": "Hal trappa"})
    assert (saved.version, saved.title) == (2, "Hal trappa")
    assert saved.last_activity_at > before.last_activity_at
    assert SearchRow.objects.get().body.endswith("Ett räcke av trä.")


def test_an_edit_of_what_is_sent_is_no_event_and_changes_no_audience_and_no_challenge() -> None:
    idea = IdeaFactory.create()
    other = ChallengeFactory.create()
    values = {"title": "Ny rubrik", "audience": "department", "answers_id": other.pk, "status": "adopted", "author_id": other.author_id}
    save_texts(by=idea.author, contribution=idea, version=1, values=values)
    now = Idea.objects.get()
    assert (now.title, now.audience, now.answers_id, now.status, now.author) == ("Ny rubrik", "group", None, "submitted", idea.author)
    assert now.last_activity_at == idea.last_activity_at
    assert now.edited_at is not None


@pytest.mark.parametrize("status", [Status.PLANNED, Status.TESTING, Status.ADOPTED, Status.DECLINED, Status.MERGED, Status.PARKED])
def test_a_status_that_leaves_editing_closed_keeps_the_text(status: Status) -> None:
    idea = IdeaFactory.create(status=status)
    with pytest.raises(PermissionDenied):
        save_texts(by=idea.author, contribution=idea, version=1, values={"title": "Ny rubrik"})


def test_a_stale_edit_is_refused_with_what_stands() -> None:
    idea = IdeaFactory.create(title="Först")
    save_texts(by=idea.author, contribution=idea, version=1, values={"title": "Sedan"})
    with pytest.raises(StaleVersion) as stale:
        save_texts(by=idea.author, contribution=idea, version=1, values={"title": "Samtidigt"})
    assert stale.value.contribution.title == "Sedan"
    assert Contribution.objects.get().title == "Sedan"
