"""Who leads a challenge, and the steps they propose."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from challenges.actions import leading
from challenges.models import StepProposal
from contributions.enums import Audience, Kind, ParticipantRole, Status
from contributions.lifecycle import advance
from contributions.models import Contribution, Participant, TrailEntry
from notifications.messages import render
from notifications.models import Notice
from tests.contributions.test_talk import client_of
from tests.contributions.world import ROLES, World

DRIVE = {"lead", "department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}


def leads(about: Contribution) -> set[int]:
    return set(Participant.objects.filter(contribution=about, role=ParticipantRole.LEAD).values_list("person", flat=True))


def test_those_who_lead_and_the_coordinators_choose_who_leads_of_any_organisation(world: World) -> None:
    about, asked = (
        world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING, audience=Audience.DEPARTMENT),
        world.person("other_organisation"),
    )
    able = set()
    for role in ROLES:
        try:
            leading.appoint(by=world.person(role), challenge=about, person=asked)
            able.add(role)
        except PermissionDenied:
            pass
    assert able == DRIVE
    assert leads(about) == {world.people["lead"].pk, asked.pk}
    assert client_of(world.person("other_organisation")).get(f"/challenges/{about.pk}/").status_code == 200
    entry = TrailEntry.objects.get(step="leads")
    assert (entry.text, entry.from_status, entry.to_status) == (asked.full_name, Status.UNDERSTANDING, Status.UNDERSTANDING)


def test_whoever_is_asked_is_told_and_may_say_no(world: World) -> None:
    about, asked = (
        world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING, audience=Audience.DEPARTMENT),
        world.person("other_organisation"),
    )
    client = client_of(world.person("lead"))
    assert asked.full_name in client.get(f"/challenges/{about.pk}/leads/?q={asked.given_name}").content.decode()
    assert client.post(f"/challenges/{about.pk}/leads/?q={asked.given_name}", {"person": asked.pk}).status_code == 303
    ((_notice, fact),) = render(asked, Notice.objects.filter(recipient=asked))
    assert (fact.text, fact.act) == (f"{world.people['lead'].full_name} ber dig leda en utmaning", "Se utmaningen")
    answer = client_of(asked).post(f"/challenges/{about.pk}/leads/end/")
    assert (answer["Location"], leads(about)) == ("/", {world.people["lead"].pk})
    assert Notice.objects.get(recipient=asked).cancelled_at is not None
    assert client_of(asked).get(f"/challenges/{about.pk}/").status_code == 404


def test_a_coordinator_ends_anothers_lead_and_a_lead_only_their_own(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING)
    leading.appoint(by=world.person("lead"), challenge=about, person=world.person("author"))
    url, other = f"/challenges/{about.pk}/leads/end/", {"person": world.people["author"].pk}
    assert client_of(world.person("lead")).post(url, other).status_code == 403
    assert client_of(world.person("same_department")).post(url).status_code == 403
    assert client_of(world.person("organisation_coordinator")).post(url, other).status_code == 303
    assert leads(about) == {world.people["lead"].pk}


def test_why_somebody_cannot_lead_is_said(world: World) -> None:
    about, by = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), world.person("lead")
    with pytest.raises(ValidationError):
        leading.appoint(by=by, challenge=about, person=world.person("inactive"))
    for _number in range(leading.MOST_LEADS - 1):
        leading.appoint(by=by, challenge=about, person=world.works(world.abroad))
    answer = client_of(by).post(f"/challenges/{about.pk}/leads/", {"person": world.people["author"].pk})
    assert (answer.status_code, "Högst 8 personer" in answer.content.decode()) == (422, True)
    assert client_of(by).post(f"/challenges/{about.pk}/leads/", {"person": "x"}).status_code == 422


def test_a_lead_proposes_and_the_coordinator_takes_the_step(world: World) -> None:
    about, lead, coordinator = (
        world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), world.person("lead"), world.person("organisation_coordinator"),
    )  # fmt: skip
    answer = client_of(lead).post(f"/challenges/{about.pk}/propose/", {"step": "open", "text": "Vi vet vad det är nu."})
    assert answer.status_code == 303
    said = f"{lead.full_name} föreslår: Öppna för idéer"
    for role, shown in (("lead", True), ("organisation_coordinator", True), ("same_department", False), ("author", False)):
        assert (said in client_of(world.person(role)).get(f"/challenges/{about.pk}/").content.decode()) is shown, role
    assert not Notice.objects.filter(recipient__in=(lead, world.people["same_department"])).exists()
    notices = Notice.objects.filter(recipient=coordinator)
    ((_notice, fact),) = render(coordinator, notices)
    assert (fact.text, fact.quote, fact.act) == (said, "Vi vet vad det är nu.", "Se förslaget")
    tomorrow = world.today.replace(year=world.today.year + 1)
    advance(by=coordinator, contribution=about, step="open", values={"reason": "Nu.", "closes_on": tomorrow})
    assert said not in client_of(coordinator).get(f"/challenges/{about.pk}/").content.decode()
    ((_notice, fact),) = render(coordinator, notices)
    assert fact.act == ""


def test_only_steps_along_the_way_can_be_proposed_and_only_from_here(world: World) -> None:
    about, lead = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), world.person("lead")
    for step in ("plan", "decline", "submit", "extend", "nothing", ""):
        with pytest.raises(ValidationError):
            leading.propose(by=lead, challenge=about, step=step, text="x")
        assert client_of(lead).post(f"/challenges/{about.pk}/propose/", {"step": step, "text": "x"}).status_code == 422
    for role in ("same_department", "author", "participant"):
        with pytest.raises(PermissionDenied):
            leading.propose(by=world.person(role), challenge=about, step="open", text="x")


def test_a_new_proposal_replaces_the_old_and_either_side_may_set_it_aside(world: World) -> None:
    about, lead = world.contribution(Kind.CHALLENGE, Status.TESTING), world.person("lead")
    first = leading.propose(by=lead, challenge=about, step="solve", text="Klart.")
    second = leading.propose(by=lead, challenge=about, step="back_to_plan", text="Inte klart.")
    assert list(StepProposal.objects.filter(closed_at__isnull=True)) == [second]
    url = f"/challenges/{about.pk}/propose/{second.pk}/"
    assert client_of(world.person("same_department")).post(url).status_code == 403
    assert client_of(world.person("organisation_coordinator")).post(url).status_code == 303
    assert not StepProposal.objects.filter(closed_at__isnull=True).exists()
    assert leading.set_aside(by=lead, proposal=first) is False
    row = {"contribution": about, "step": "solve", "from_status": Status.TESTING, "by": lead}
    with pytest.raises(IntegrityError), transaction.atomic():
        StepProposal.objects.create(**row, text="")
    StepProposal.objects.create(**row, text="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        StepProposal.objects.create(**row, text="y")
