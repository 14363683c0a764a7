"""Every address of the URLconf, and a small world in which each of them leads somewhere."""

from __future__ import annotations

import datetime
import re
from io import BytesIO
from pathlib import Path
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from challenges.models import Adoption, PlanItem, Resource, Trial, Way
from contributions.actions.files import attach
from contributions.enums import Audience, ParticipantRole
from contributions.models import AnswerDraft, Comment, MergeAnswer, MergeProposal, Participant, Report, Revision
from notifications.unsubscribing import Wish, token_of
from organisation.enums import Role
from organisation.models import Department, Person
from tests.contributions.corpus import picture
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory

ROLES = (
    "anonymous", "author", "colleague", "other_department", "elsewhere", "coordinator", "coordinator_elsewhere", "admin", "disabled",
    "ambassador", "lead", "deputy",
)  # fmt: skip
TABLE = Path(__file__).with_name("access.txt")


def addresses() -> dict[str, str]:
    """Name of every address, and its route."""
    return dict(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], route: str, space: str) -> list[tuple[str, str]]:
    found = []
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            found += _walk(
                pattern.url_patterns, route + str(pattern.pattern), f"{space}{pattern.namespace}:" if pattern.namespace else space
            )
        elif pattern.name:
            found.append((space + pattern.name, route + str(pattern.pattern)))
    return found


def table() -> dict[tuple[str, str], list[str]]:
    """The answer to each role, by method and name of the address."""
    lines = [line.split() for line in TABLE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    return {(method, name): answers for method, name, *answers in lines}


def small_world() -> dict[str, Any]:
    """An idea and a challenge for the author's department alone; the roles stand inside, beside and outside of it.

    The ambassador covers the department from beside it, the lead of the challenge is from elsewhere, and the deputy from beside it stands
    in for a coordinator who is away.
    """
    author = PersonFactory.create(email="author@example.test")
    home = author.department
    idea = IdeaFactory.create(author=author, audience=Audience.DEPARTMENT, version=2)
    colleague = PersonFactory.create(department=home)
    people: dict[str, Person | None] = {
        "anonymous": None,
        "author": author,
        "colleague": colleague,
        "other_department": PersonFactory.create(department=DepartmentFactory.create(organisation=home.organisation)),
        "elsewhere": PersonFactory.create(),
        "coordinator": RoleAssignmentFactory.create(organisation=home.organisation, person__department=home).person,
        "coordinator_elsewhere": RoleAssignmentFactory.create(organisation=DepartmentFactory.create().organisation).person,
        "admin": RoleAssignmentFactory.create(
            role=Role.ADMIN, person__department=DepartmentFactory.create(organisation=home.organisation)
        ).person,
        "disabled": PersonFactory.create(department=home),
        **standing_beside(home),
    }
    comment = Comment.objects.create(contribution=idea, author=author, body="Hej", body_html="<p>Hej</p>")
    report = Report.objects.create(contribution=idea, by=colleague, reason="Namn på en brukare.")
    challenge = ChallengeFactory.create(author=author, audience=Audience.DEPARTMENT)
    asker, other = RoleAssignmentFactory.create(organisation=home.organisation).person, IdeaFactory.create(author=author)
    Participant.objects.create(contribution=challenge, person=people["lead"], role=ParticipantRole.LEAD)  # type: ignore[misc]
    proposal = MergeProposal.objects.create(contribution_id=idea.pk, target_id=other.pk, by=asker, reason="Samma sak.")
    MergeAnswer.objects.create(proposal=proposal, person=author)
    Revision.objects.create(contribution_id=idea.pk, version=1, by=author, texts={"title": "Före"})
    file = attach(by=author, contribution=idea, file=BytesIO(picture()), name="trappa.png")
    assignment = RoleAssignmentFactory.create(organisation=home.organisation, person__department=home)
    drafting = RoleAssignmentFactory.create(organisation=home.organisation).person
    draft = AnswerDraft.objects.create(
        contribution_id=idea.pk, step="explore", values={"reason": "Vi prövar."}, contribution_version=2, by=drafting, edited_by=drafting
    )
    return {
        **worked_on(challenge.pk, author), "people": people, "idea": idea, "challenge": challenge, "comment": comment, "report": report,
        "assignment": assignment,
        "proposal": proposal, "file": file, "draft": draft,
    }  # fmt: skip


def standing_beside(home: Department) -> dict[str, Person]:
    beside, today = DepartmentFactory.create(organisation=home.organisation), timezone.localdate()
    ambassador = RoleAssignmentFactory.create(role=Role.AMBASSADOR, department=home, person__department=beside).person
    deputy = PersonFactory.create(department=beside)
    away = {"person__away_from": today, "person__away_until": today, "person__department": home}
    RoleAssignmentFactory.create(organisation=home.organisation, deputy=deputy, **away)
    return {"ambassador": ambassador, "lead": PersonFactory.create(), "deputy": deputy}


def worked_on(pk: int, by: Person) -> dict[str, Any]:
    """A row of each sort that hangs on a challenge."""
    day = timezone.localdate()
    where = {"contribution_id": pk}
    return {
        "item": PlanItem.objects.create(**where, what="Sanda", who=by, due_on=day, created_by=by),
        "resource": Resource.objects.create(**where, sort="hours", amount=8, what="Sandning", giver=by, asked_by=by),
        "way": Way.objects.create(**where, kind="formal", body="Nämnden", ground="Delegation", chosen_by=by),
        "trial": Trial.objects.create(
            **where, believed="Sand.", tried="Grus.", place="Trappan", starts_on=day, stops_on=day, created_by=by
        ),
        "adoption": Adoption.objects.create(**where, department=by.department, since=day, told_by=by),
    }


def footing(pk: int, by: Person) -> None:
    """What lets the test of a challenge begin."""
    day = timezone.localdate()
    days = {"yes_on": day, "stops_on": day + datetime.timedelta(days=9)}
    Way.objects.create(contribution_id=pk, kind="small", manager="Chefen", chosen_by=by, **days)


def arguments(name: str, route: str, world: dict[str, Any]) -> dict[str, Any]:
    """What the route's parameters stand for in this world."""
    idea = world["idea"]
    by_prefix = {
        "organisation/organisations/": idea.owner_organisation.pk,
        "organisation/departments/": idea.department.pk,
        "network/departments/": idea.department.pk,
        "organisation/people/": world["people"]["colleague"].pk,
        "network/people/": world["people"]["colleague"].pk,
        "organisation/roles/": world["assignment"].pk,
        "triage/drafts/": world["draft"].pk,
        "challenges/": world["challenge"].pk,
        "c/": world["challenge"].pk,
        "ideas/": idea.pk,
        "contributions/": idea.pk,
        "triage/": idea.pk,
    }
    pk = next((value for prefix, value in by_prefix.items() if route.startswith(prefix)), 1)
    known = {
        "pk": pk,
        "comment_pk": world["comment"].pk,
        "comment_id": world["comment"].pk,
        "report_pk": world["report"].pk,
        "report_id": world["report"].pk,
        "report": world["report"].pk,
        "proposal": world["proposal"].pk,
        "version": 1,
        "file": world["file"].pk,
        "idea": idea.pk,
        "note": 1,
        **{name: world[name].pk for name in ("item", "resource", "way", "trial", "adoption")},
        "step": "decline",
        "name": "decline",
        "token": token_of(Wish(idea.author.pk, ("contributions.commented",))),
        "uidb36": "1",
        "key": "a-b",
    }
    wanted = re.findall(r"<(?:\w+:)?(\w+)>", route)
    return {parameter: known[parameter] for parameter in wanted}


def whole(answer: Any) -> bytes:
    """What was answered, read to its end: a file left half read stays open."""
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def client_of(person: Person | None, role: str) -> Client:
    client = Client()
    if person is not None:
        client.force_login(person, backend="organisation.backends.PersonBackend")
    if person is not None and role == "disabled":
        Person.objects.filter(pk=person.pk).update(is_active=False, deactivated_at=timezone.now())
    return client
