"""Experiences told by employees: comments of their own, marked by themselves or by those who lead."""

from __future__ import annotations

import uuid

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from challenges.actions.experiences import mark
from challenges.models import Challenge
from challenges.queries.understanding import experiences, touched, with_touched
from contributions.actions.talk import comment
from contributions.enums import Audience, Kind, Status
from contributions.models import Comment, Contribution
from notifications.messages import render
from notifications.models import Notice
from tests.contributions.test_talk import client_of
from tests.contributions.world import ROLES, World


def told(world: World, about: Contribution, role: str = "same_department") -> Comment:
    return comment(by=world.person(role), contribution=about, body="Jag halkade i tisdags.", token=uuid.uuid4(), experience=True)


def test_what_is_told_on_the_screen_is_a_comment_with_where_it_comes_from(world: World) -> None:
    about, client = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), client_of(world.person("other_organisation"))
    answer = client.post(f"/challenges/{about.pk}/experiences/", {"body": "Jag halkade i tisdags.", "token": str(uuid.uuid4())})
    said = Comment.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/challenges/{about.pk}/understanding/#told-{said.pk}")
    assert (said.experience_from, said.author.pk) == (world.abroad, world.people["other_organisation"].pk)
    page = client.get(f"/challenges/{about.pk}/understanding/").content.decode()
    assert "Jag halkade i tisdags." in page
    assert Contribution.objects.get(pk=about.pk).comment_count == 1


def test_the_box_in_the_comment_form_says_the_same_and_only_of_a_challenge(world: World) -> None:
    client = client_of(world.person("same_department"))
    for about, counts in ((world.contribution(Kind.CHALLENGE), True), (world.contribution(), False)):
        client.post(f"/contributions/{about.pk}/comments/", {"body": "Jag halkade.", "experience": "on"})
        assert (Comment.objects.get(contribution=about).experience_from is not None) is counts
        assert ('name="experience"' in client.get(about.get_absolute_url()).content.decode()) is counts


def test_nobody_reads_of_an_experience_that_is_hidden_gone_or_internal(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE)
    comment(
        by=world.person("organisation_coordinator"),
        contribution=about,
        body="Mellan oss.",
        token=uuid.uuid4(),
        internal=True,
        experience=True,
    )
    said = told(world, about)
    assert [one.pk for one in experiences(about)] == [said.pk]
    assert Comment.objects.get(is_internal=True).experience_from is None
    with pytest.raises(IntegrityError), transaction.atomic():
        Comment.objects.filter(is_internal=True).update(experience_from=world.home)
    Comment.objects.filter(pk=said.pk).update(hidden_at=said.created_at)
    assert experiences(about) == []


def test_who_may_mark_the_comment_of_another(world: World) -> None:
    leads = {"lead", "department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}
    about = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING, audience=Audience.DEPARTMENT)
    said = comment(by=world.person("author"), contribution=about, body="Jag halkade.", token=uuid.uuid4())
    able = set()
    for role in ROLES:
        try:
            mark(by=world.person(role), comment=said, on=True)
            mark(by=world.person(role), comment=said, on=False)
            able.add(role)
        except PermissionDenied:
            pass
    assert able == leads | {"author"}


def test_its_author_is_told_of_anothers_mark_and_of_nothing_else(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING)
    author, lead = world.person("same_department"), world.person("lead")
    said = comment(by=author, contribution=about, body="Jag halkade.", token=uuid.uuid4())
    Notice.objects.all().delete()
    assert [mark(by=author, comment=said, on=True), mark(by=author, comment=said, on=True), mark(by=author, comment=said, on=False)] == [
        True, False, True,
    ]  # fmt: skip
    assert not Notice.objects.exists()
    mark(by=lead, comment=said, on=True)
    notices = Notice.objects.filter(recipient=author, cancelled_at__isnull=True)
    ((_notice, fact),) = render(author, notices)
    assert (fact.text, fact.url) == (
        f"{lead.full_name} räknar din kommentar som en erfarenhet", f"/challenges/{about.pk}/#comment-{said.pk}",
    )  # fmt: skip
    mark(by=lead, comment=said, on=False)
    ((_notice, fact),) = render(author, Notice.objects.filter(recipient=author, cancelled_at__isnull=True))
    assert fact.text == f"{lead.full_name} räknar inte längre din kommentar som en erfarenhet"


def test_the_button_marks_and_leads_back(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING)
    said = comment(by=world.person("same_department"), contribution=about, body="Jag halkade.", token=uuid.uuid4())
    url = f"/challenges/{about.pk}/experiences/{said.pk}/"
    answer = client_of(world.person("lead")).post(url, {"on": "1"})
    assert (answer.status_code, answer["Location"]) == (303, f"/challenges/{about.pk}/#comment-{said.pk}")
    assert Comment.objects.get(pk=said.pk).experience_from == world.home
    assert client_of(world.person("other_department")).post(url, {"on": "0"}).status_code == 403
    elsewhere = world.contribution(Kind.CHALLENGE)
    assert client_of(world.person("lead")).post(f"/challenges/{elsewhere.pk}/experiences/{said.pk}/").status_code == 404


def test_those_touched_are_counted_with_the_units_beneath_what_was_named(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING)
    about.touched.set([world.above])
    told(world, about, "unit_beneath")
    told(world, about, "same_department")
    told(world, about, "other_organisation")
    found = touched(with_touched(Challenge.objects.all()).get(pk=about.pk), world.person("lead"))
    assert [(place.pk, place.experiences) for place in found.places] == [(world.above.pk, 2), (world.abroad.pk, 1)]


def test_what_was_typed_is_kept_when_it_is_refused(world: World) -> None:
    about, client = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING), client_of(world.person("same_department"))
    answer = client.post(f"/challenges/{about.pk}/experiences/", {"body": "x" * 4_001})
    assert (answer.status_code, "x" * 4_001 in answer.content.decode(), Comment.objects.count()) == (422, True, 0)
    merged = world.contribution(Kind.CHALLENGE, Status.MERGED)
    assert client.post(f"/challenges/{merged.pk}/experiences/", {"body": "Jag halkade."}).status_code == 403
