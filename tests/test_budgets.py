"""No page costs more than 12 queries, whoever opens it and however much there is in it. An address missing here fails."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from challenges.models import Challenge
from contributions.enums import Audience, Kind, ParticipantRole, Status, SupportKind
from contributions.lifecycle import advance, reindex_texts, spec_of, specs
from contributions.models import Comment, Contribution, Participant, Report
from contributions.statuses import STATUSES
from contributions.steps.shared import LEARNING
from notifications import outbox
from organisation.enums import Role
from organisation.models import Person
from tests.addresses import ROLES, addresses, arguments, client_of, small_world, table, whole
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory
from triage.models import Label, Labelling

pytestmark = pytest.mark.django_db

MOST = 12
NO_PAGE = {
    "account_change_password", "account_confirm_login_code", "account_reauthenticate", "adopt", "adoption_end", "call", "challenge_assess_close",
    "challenge_assess_decline", "challenge_assessors", "challenge_criteria", "challenge_experience", "challenge_experience_mark", "challenge_note_reply",
    "challenge_recognise", "challenge_score", "challenge_set_aside", "challenge_step_down", "challenge_why", "challenge_why_shift",
    "comment_delete", "comment_edit", "comment_restore", "comments", "contribution", "draft_discard", "drafts_undo", "end_coauthor", "file_remove",
    "file_take_away", "files", "follow", "hide", "idea_for", "invitation", "mask", "merge_withdraw", "notifications:panel",
    "notifications:read", "on_behalf", "organisation:reactivate", "organisation:reopen_department", "plan_item", "plan_item_done",
    "plan_item_remove", "report_handled", "resource_answer", "resource_ask", "resource_take_back", "restore", "result", "set_language", "support",
    "triage_bring_in", "triage_many", "triage_stay", "triage_undo", "unhide", "way", "way_decision",
}  # fmt: skip
"""Addresses that answer nobody with a page of their own: they take posts, or lead on."""
VARIANTS = (
    ("ideas", "?q=halka&sort=best&status=ongoing"),
    ("ideas", "?answers={challenge}"),
    ("search", "?q=halka"),
    ("learnings", "?q=halka"),
    ("mine", "?tab=followed"),
    ("mine", "?tab=supported"),
    ("mine", "?tab=waiting"),
    ("similar", "?q=halka"),
    ("idea_new", "?answers={challenge}"),
    ("report", "?comment={comment}"),
    ("moderate", "?comment={comment}"),
    ("network", "?q=family&organisation={organisation}&department={department}"),
    ("organisation:people", "?q=family&department={department}"),
    ("notifications:index", "?show=all"),
    *(("triage", f"?tab={tab}") for tab in ("answer", "mine", "waiting", "parked", "ongoing", "reports")),
    ("triage", "?past={answered}"),
    ("triage", "?scope=departments&label={label}&organisation={organisation_pk}&past={answered}"),
)


def fill(world: dict[str, Any]) -> None:
    """Three of everything around what is there."""
    people, home = world["people"], world["idea"].department
    Person.objects.filter(pk=people["author"].pk).update(away_from=timezone.localdate(), away_until=timezone.localdate())
    units = [DepartmentFactory.create(parent=home) for _ in range(3)]
    crowd = [PersonFactory.create(department=unit) for unit in units] + [PersonFactory.create() for _ in range(3)]
    for person in (people["author"], people["colleague"], *crowd[:3]):
        RoleAssignmentFactory.create(person=person, department=home, role=Role.AMBASSADOR, deputy=crowd[4])
    for role in Role:
        RoleAssignmentFactory.create(person=people["coordinator"], department=crowd[4].department, role=role)
    for status in (Status.SUBMITTED, Status.EXPLORING, Status.NEEDS_AUTHOR, Status.DRAFT):
        for author in (people["author"], crowd[0], crowd[4]):
            IdeaFactory.create(author=author, status=status, title="Halka vid dörren", answers=world["challenge"])
    open_to = timezone.now() + datetime.timedelta(days=9)
    for author in (people["author"], *crowd[3:]):
        ChallengeFactory.create(author=author, status=Status.OPEN_FOR_IDEAS, title="Halka på trappan", ideas_close_at=open_to)
    for row in Contribution.objects.exclude(status=Status.DRAFT):
        surround(row, crowd, [people["coordinator"], people["colleague"]], world)


def surround(row: Contribution, crowd: list[Person], others: list[Person], world: dict[str, Any]) -> None:
    """People who talk about it, help, lead, follow and complain."""
    row.touched.set([person.department for person in crowd[:3]])
    for person in crowd[:3]:
        said = Comment.objects.create(contribution=row, author=person, body="Hej", body_html="<p>Hej</p>")
        Comment.objects.create(contribution=row, author=person, body="Ja", body_html="<p>Ja</p>", parent=said)
        Report.objects.create(contribution=row, by=person, comment=said, reason="Ett namn.")
        Participant.objects.create(contribution=row, person=person, role=ParticipantRole.LEAD)
    for person in (*crowd[:3], *others):
        row.follows.create(person=person)
        row.supports.create(person=person, kind=SupportKind.HELP, note="Jag kan sanda.")
        ids = {"contribution": row.pk, "comment": said.pk}
        outbox.tell([person], "contributions.commented", ids, thread=row.thread)
    words = dict.fromkeys(LEARNING, "Halka.")
    for _ in range(3):
        if row.owner_organisation_id == world["idea"].owner_organisation_id:
            advance(by=others[0], contribution=row, step="learn", values=words)
    reindex_texts(row)
    if row.kind == Kind.CHALLENGE:
        Challenge.objects.filter(pk=row.pk).update(root_problem="Isen kommer av taket.")
        for person in crowd:
            row.recognitions.create(sentence="Isen kommer av taket.", person=person, department=person.department, agrees=True)
            row.whys.create(position=row.whys.count() + 1, question="Varför?", answer="Därför.", by=person, at=timezone.now())
        row.comments.update(experience_from=others[0].department)


@pytest.fixture
def world(settings: Any) -> dict[str, Any]:
    settings.ACCOUNT_RATE_LIMITS = False
    world = small_world()
    fill(world)
    return world


def costs(world: dict[str, Any], url: str, *, roles: tuple[str, ...], **headers: str) -> dict[str, int]:
    """Queries by role, of those that get a page."""
    found = {}
    for role in roles:
        client = client_of(world["people"][role], role)
        with CaptureQueriesContext(connection) as caught:
            response = client.get(url, headers=headers)
        whole(response)
        assert response.status_code == 200, (role, response.status_code)
        found[role] = len(caught)
    return found


def opened_by(name: str) -> tuple[str, ...]:
    """Those with the fullest pages, of the roles that the table of access lets in."""
    answers = dict(zip(ROLES, table()["GET", name], strict=True))
    return tuple(role for role in ("anonymous", "author", "coordinator", "admin") if answers[role] == "200")


def test_every_address_is_measured_or_is_no_page() -> None:
    assert {name for name in addresses() if not opened_by(name)} == NO_PAGE


def test_a_page_costs_little(world: dict[str, Any]) -> None:
    worst = {}
    for name in sorted(set(addresses()) - NO_PAGE):
        url = reverse(name, kwargs=arguments(name, addresses()[name], world))
        worst[name] = max(costs(world, url, roles=opened_by(name)).values())
    assert {name: number for name, number in worst.items() if number > MOST} == {}


def test_a_page_asked_for_something_costs_little(world: dict[str, Any]) -> None:
    idea, worst = world["idea"], {}
    words = {"challenge": world["challenge"].pk, "comment": world["comment"].pk}
    label = Label.objects.create(name="Vinter", key="vinter")
    for row in Contribution.objects.exclude(status=Status.DRAFT):
        Labelling.objects.create(contribution=row, label=label, by=world["people"]["coordinator"])
    answered = Contribution.objects.filter(status=Status.EXPLORING, owner_organisation=idea.owner_organisation_id).first()
    words |= {"label": label.pk, "organisation_pk": idea.owner_organisation_id, "answered": answered.pk if answered else 0}
    words |= {"organisation": idea.owner_organisation.code, "department": idea.department_id}
    for name, query in VARIANTS:
        url = reverse(name, kwargs=arguments(name, addresses()[name], world)) + query.format(**words)
        worst[name, query] = max(costs(world, url, roles=opened_by(name)).values())
    assert {asked: number for asked, number in worst.items() if number > MOST} == {}


def test_the_form_of_every_step_costs_little(world: dict[str, Any]) -> None:
    author, worst = world["idea"].author, {}
    for factory, kind in ((IdeaFactory, Kind.IDEA), (ChallengeFactory, Kind.CHALLENGE)):
        for step in spec_of(kind).steps:
            statuses = sorted(step.sources & set(STATUSES[kind]))
            if statuses and step.name != "submit":
                row = factory.create(author=author, status=statuses[-1], audience=Audience.DEPARTMENT, title="Halka vid dörren")
                role = "author" if author.has_perm(step.permission, row) else "coordinator"
                worst[kind, step.name] = costs(world, reverse("step", args=(row.pk, step.name)), roles=(role,))[role]
    assert len(worst) == sum(len(spec.steps) - 1 for spec in specs())
    assert {step: number for step, number in worst.items() if number > MOST} == {}


def test_what_shows_only_at_times_costs_little(world: dict[str, Any], mailoutbox: list[Any]) -> None:
    author = world["idea"].author
    draft = IdeaFactory.create(author=author, status=Status.DRAFT)
    worst = costs(world, reverse("idea_edit", args=(draft.pk,)) + "?part=proposal", roles=("author",))
    worst |= {"panel": costs(world, reverse("notifications:panel"), roles=("author",), hx_request="true")["author"]}
    code = client_of(None, "anonymous")
    assert code.post(reverse("account_request_login_code"), {"email": author.email})["Location"] == reverse("account_confirm_login_code")
    author.set_password("Vinterljus i Kiruna")
    author.save(update_fields=["password"])
    signed_in = client_of(author, "author")
    for name, client in (
        ("account_confirm_login_code", code),
        ("account_change_password", signed_in),
        ("account_reauthenticate", signed_in),
    ):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse(name)).status_code == 200
        worst[name] = len(caught)
    assert len(mailoutbox) == 1
    assert {page: number for page, number in worst.items() if number > MOST} == {}
