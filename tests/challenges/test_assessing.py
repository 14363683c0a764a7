"""Assessing ideas: private until all are in, per idea, never per person."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from challenges.actions import assessing
from challenges.models import Assessment, AssessmentNote, Assessor, Challenge, Criterion, Score
from challenges.queries.assessing import results
from contributions.enums import Audience, Kind, Status
from contributions.models import Contribution, TrailEntry
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import ROLES, World
from tests.factories import IdeaFactory

SECRET = "Den här sparar tid varje morgon."


class Setting:
    """A challenge with two ideas, one by `same_department`, and two assessors: `other_organisation` and `other_department`."""

    def __init__(self, world: World, status: Status = Status.ACTION_PLAN, **more: Any) -> None:
        self.world = world
        self.about = world.contribution(Kind.CHALLENGE, status, **more)
        self.ideas = [
            Contribution.objects.get(pk=IdeaFactory.create(author=world.people[role], answers_id=self.about.pk, title=title).pk)
            for role, title in (("same_department", "Sanda tidigare"), ("unit_beneath", "Värm hängrännan"))
        ]
        self.lead = world.person("lead")
        self.assessment = assessing.begin(by=self.lead, challenge=self.about, criteria=[("Nytta", 3), ("Lärande", 1)])
        self.criteria = list(Criterion.objects.all())
        for role in ("other_organisation", "other_department"):
            assessing.invite(by=self.lead, challenge=self.about, person=world.person(role))

    def score(self, role: str, *values: tuple[int, int], note: str = "") -> None:
        """Numbers by criterion, for each idea in order."""
        for idea, pair in zip(self.ideas, values, strict=False):
            given = dict(zip([one.pk for one in self.criteria], pair, strict=True))
            assessing.score(by=self.world.person(role), challenge=self.about, idea=idea, values=given, note=note)

    def page(self, role: str, query: str = "") -> tuple[int, str]:
        answer = client_of(self.world.person(role)).get(f"/challenges/{self.about.pk}/assessment/{query}")
        return answer.status_code, answer.content.decode()

    @property
    def closed(self) -> bool:
        return Assessment.objects.get().is_closed


@pytest.fixture
def setting(world: World) -> Setting:
    return Setting(world)


DRIVES = {"lead", "department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}
ASSESSORS = {"other_organisation", "other_department"}
AUTHORS = {"same_department", "unit_beneath"}


def test_who_sees_what_before_and_after(setting: Setting) -> None:
    setting.score("other_organisation", (5, 1), (2, 2), note=SECRET)
    signed_in = [role for role in ROLES if setting.world.person(role).is_active]
    before = {role: setting.page(role) for role in signed_in}
    assert {role for role, (status, _page) in before.items() if status == 200} == DRIVES | ASSESSORS
    assert [role for role, (_status, page) in before.items() if SECRET in page or "ds-table" in page] == []
    setting.score("other_department", (3, 3), (4, 4))
    assert setting.closed
    after = {role: setting.page(role) for role in signed_in}
    assert {role for role, (status, _page) in after.items() if status == 200} == DRIVES | ASSESSORS | AUTHORS
    assert {role for role, (_status, page) in after.items() if "ds-table" in page} == DRIVES | ASSESSORS
    assert {role for role, (_status, page) in after.items() if SECRET in page} == DRIVES | ASSESSORS | AUTHORS
    page = after["same_department"][1]
    assert ("Sanda tidigare" in page, "Värm hängrännan" in page) == (True, False)


def test_the_result_is_per_idea_in_the_order_in_which_they_came(setting: Setting) -> None:
    setting.score("other_organisation", (1, 1), (5, 4))
    setting.score("other_department", (2, 4), (5, 2))
    found = results(Assessment.objects.get(), setting.lead, whole=True)
    assert [(one.idea.title, [(mean.mean, mean.lowest, mean.highest) for mean in one.means], one.weighted) for one in found] == [
        ("Sanda tidigare", [(1.5, 1, 2), (2.5, 1, 4)], 1.75),
        ("Värm hängrännan", [(5.0, 5, 5), (3.0, 2, 4)], 4.5),
    ]
    page = setting.page("lead", f"?sort={setting.criteria[0].pk}")[1]
    assert page.index("Värm hängrännan") < page.index("Sanda tidigare")
    for role in AUTHORS:
        assert setting.world.people[role].full_name not in page


def test_an_author_does_not_assess_their_own(setting: Setting) -> None:
    author = setting.world.person("same_department")
    assessing.invite(by=setting.lead, challenge=setting.about, person=author)
    with pytest.raises(PermissionDenied):
        setting.score("same_department", (5, 5))
    url = f"/challenges/{setting.about.pk}/assessment/ideas/"
    assert client_of(author).get(f"{url}{setting.ideas[0].pk}/").status_code == 403
    assert client_of(author).get(f"{url}{setting.ideas[1].pk}/").status_code == 200
    setting.score("other_organisation", (1, 1), (5, 4))
    setting.score("other_department", (2, 4), (5, 2))
    assert not setting.closed
    own = dict.fromkeys((one.pk for one in setting.criteria), 3)
    assessing.score(by=author, challenge=setting.about, idea=setting.ideas[1], values=own)
    assert setting.closed


def test_only_those_asked_score_and_all_of_it(setting: Setting) -> None:
    for role in ("lead", "author", "organisation_coordinator"):
        with pytest.raises(PermissionDenied):
            setting.score(role, (5, 5))
    by, idea = setting.world.person("other_organisation"), setting.ideas[0]
    with pytest.raises(ValidationError):
        assessing.score(by=by, challenge=setting.about, idea=idea, values={setting.criteria[0].pk: 3})
    with pytest.raises(PermissionDenied):
        assessing.score(by=by, challenge=setting.about, idea=setting.about, values={})
    client, url = client_of(by), f"/challenges/{setting.about.pk}/assessment/ideas/{idea.pk}/"
    first, second = (f"criterion_{one.pk}" for one in setting.criteria)
    answer = client.post(url, {first: "6", second: "3", "note": SECRET})
    assert (answer.status_code, f'id="id_{first}_error"' in answer.content.decode(), SECRET in answer.content.decode()) == (422, True, True)
    assert client.post(url, {first: "4", second: "3", "note": SECRET}).status_code == 303
    assert client.post(url, {first: "2", second: "3"}).status_code == 303
    assert (sorted(Score.objects.values_list("value", flat=True)), AssessmentNote.objects.count()) == ([2, 3], 0)


@pytest.mark.parametrize("how", ["declines", "is let go", "leaves", "may not read it"])
def test_nobody_waits_for_whoever_is_gone(setting: Setting, how: str) -> None:
    assessing.invite(by=setting.lead, challenge=setting.about, person=setting.lead)
    setting.score("lead", (3, 3), (1, 1))
    setting.score("other_organisation", (5, 1), (2, 2))
    gone = setting.world.person("other_department")
    match how:
        case "declines":
            client_of(gone).post(f"/challenges/{setting.about.pk}/assessment/decline/")
            assert client_of(gone).get(f"/challenges/{setting.about.pk}/assessment/").status_code == 404
        case "is let go":
            client_of(setting.lead).post(f"/challenges/{setting.about.pk}/assessment/decline/", {"person": gone.pk})
        case "leaves":
            Person.objects.filter(pk=gone.pk).update(is_active=False, deactivated_at=setting.assessment.created_at)
        case _:
            setting.ideas[0].answers = None
            Contribution.objects.filter(pk=setting.about.pk).update(audience=Audience.DEPARTMENT)
            Assessor.objects.filter(person=setting.world.people["other_organisation"]).update(person=setting.world.people["participant"])
    assessing.settle_all()
    assert setting.closed


def test_it_can_be_ended_before_all_are_in_with_a_reason_in_the_trail(setting: Setting) -> None:
    setting.score("other_organisation", (5, 1))
    url = f"/challenges/{setting.about.pk}/assessment/close/"
    assert client_of(setting.world.person("other_organisation")).post(url, {"reason": "x"}).status_code == 403
    assert client_of(setting.lead).post(url, {"reason": " "}).status_code == 422
    assert not setting.closed
    assert client_of(setting.lead).post(url, {"reason": "Vi behöver välja nu."}).status_code == 303
    entry = TrailEntry.objects.get(step="assessment_ended_early")
    assert (entry.text, entry.by, setting.closed) == ("Vi behöver välja nu.", setting.lead, True)
    with pytest.raises(assessing.AlreadyClosed):
        setting.score("other_department", (5, 5))
    assert client_of(setting.lead).post(url, {"reason": "En gång till."}).status_code == 303
    assert TrailEntry.objects.filter(step="assessment_ended_early").count() == 1


def test_notes_are_answered_by_those_who_read_them(setting: Setting) -> None:
    setting.score("other_organisation", (5, 1), (2, 2), note=SECRET)
    note = AssessmentNote.objects.get(idea=setting.ideas[0])
    url = f"/challenges/{setting.about.pk}/assessment/notes/{note.pk}/"
    author = client_of(setting.world.person("same_department"))
    assert author.post(url, {"text": "Tack."}).status_code == 404
    with pytest.raises(PermissionDenied):
        assessing.reply(by=setting.world.person("same_department"), note=note, text="Tack.")
    setting.score("other_department", (3, 3), (4, 4))
    Notice.objects.all().delete()
    assert author.post(url, {"text": "Tack."}).status_code == 303
    assert set(Notice.objects.values_list("kind", "recipient")) == {("challenges.note_answered", note.assessor.person_id)}
    for role, status in (("unit_beneath", 404), ("author", 404), ("lead", 303), ("other_department", 303)):
        assert client_of(setting.world.person(role)).post(url, {"text": "Bra."}).status_code == status, role
    assert author.post(url, {"text": "x" * 1_001}).status_code == 422


def test_asked_are_those_who_may_read_and_at_most_ten(setting: Setting) -> None:
    narrow = setting.world.contribution(Kind.CHALLENGE, Status.ACTION_PLAN, audience=Audience.DEPARTMENT)
    assessing.begin(by=setting.lead, challenge=narrow, criteria=[("Nytta", 1)])
    with pytest.raises(ValidationError):
        assessing.invite(by=setting.lead, challenge=narrow, person=setting.world.person("other_organisation"))
    for _number in range(8):
        assessing.invite(by=setting.lead, challenge=setting.about, person=setting.world.works(setting.world.abroad))
    answer = client_of(setting.lead).post(
        f"/challenges/{setting.about.pk}/assessment/assessors/", {"person": setting.world.people["author"].pk}
    )
    assert (answer.status_code, "Högst 10 personer" in answer.content.decode()) == (422, True)


def test_it_is_begun_by_those_who_lead_while_ideas_are_chosen(world: World) -> None:
    for status in (Status.UNDERSTANDING, Status.SOLVED):
        about = world.contribution(Kind.CHALLENGE, status)
        with pytest.raises(PermissionDenied):
            assessing.begin(by=world.person("lead"), challenge=about, criteria=[("Nytta", 1)])
    about = world.contribution(Kind.CHALLENGE, Status.ACTION_PLAN)
    with pytest.raises(PermissionDenied):
        assessing.begin(by=world.person("author"), challenge=about, criteria=[("Nytta", 1)])
    client, url = client_of(world.person("lead")), f"/challenges/{about.pk}/assessment/"
    wrong: list[dict[str, Any]] = [{}, {"name_1": "Nytta", "name_2": "nytta"}, {"name_1": "x" * 61}, {"name_1": "Nytta", "weight_1": "9"}]
    for fields in wrong:
        assert client.post(url, fields).status_code == 422, fields
    assert client.post(url, {"name_2": "Nytta", "weight_2": "3", "name_4": "Lärande"}).status_code == 303
    assert list(Criterion.objects.values_list("position", "name", "weight")) == [(1, "Nytta", 3), (2, "Lärande", 2)]


def test_the_database_keeps_it_true(setting: Setting) -> None:
    assessor, criterion = Assessor.objects.first(), setting.criteria[0]
    wrong: list[tuple[Any, dict[str, Any]]] = [
        (Criterion, {"assessment": setting.assessment, "position": 6, "name": "x", "weight": 1}),
        (Criterion, {"assessment": setting.assessment, "position": 3, "name": "nytta", "weight": 1}),
        (Criterion, {"assessment": setting.assessment, "position": 3, "name": "x", "weight": 4}),
        (Score, {"assessor": assessor, "criterion": criterion, "idea": setting.ideas[0], "value": 0}),
        (Score, {"assessor": assessor, "criterion": criterion, "idea": setting.ideas[0], "value": 6}),
        (Assessor, {"assessment": setting.assessment, "person": setting.world.people["other_organisation"], "invited_by": setting.lead}),
        (Assessment, {"contribution": setting.about, "by": setting.lead}),
        (AssessmentNote, {"assessor": assessor, "idea": setting.ideas[0], "text": ""}),
    ]
    for model, row in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessment.objects.update(closed_by=setting.lead)
    assert Challenge.objects.filter(assessment=setting.assessment).exists()


@pytest.mark.django_db(transaction=True)
def test_the_last_two_at_once_close_it_once() -> None:
    setting = Setting(World())
    at_once(
        lambda: setting.score("other_organisation", (5, 1), (2, 2)),
        lambda: setting.score("other_department", (3, 3), (4, 4)),
    )
    assert (setting.closed, TrailEntry.objects.filter(step="assessment_ended").count()) == (True, 1)
    recipients = Notice.objects.filter(kind="challenges.assessed").values_list("recipient", flat=True)
    assert len(recipients) == len(set(recipients)) == 5


@pytest.mark.parametrize(("by", "said"), [("other_department", "tackat nej"), ("lead", "borttagen från bedömningen")])
def test_who_was_taken_away_is_not_said_to_have_said_no(world: World, by: str, said: str) -> None:
    setting, person = Setting(world), world.person("other_department")
    assessing.decline(by=world.person(by), challenge=setting.about, person=person)
    with pytest.raises(ValidationError, match=said):
        assessing.invite(by=setting.lead, challenge=setting.about, person=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        Assessor.objects.filter(person=person).update(declined_at=None, removed_by=setting.lead)
