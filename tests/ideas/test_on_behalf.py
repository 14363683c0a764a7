"""An ambassador writes down a colleague's idea: it is the colleague's when they say so, and is sent by nobody before that."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone, translation

from contributions.actions import on_behalf, together
from contributions.enums import Audience, ParticipantRole, Status
from contributions.lifecycle import IllegalStep, StaleVersion, advance
from contributions.models import Contribution, TrailEntry
from contributions.queries.together import brought_in_among
from ideas.actions import create_draft, send
from notifications.messages import render
from notifications.models import Notice
from organisation.enums import Role
from organisation.models import Person, RoleAssignment
from tests.factories import DepartmentFactory, PersonFactory, RoleAssignmentFactory
from tests.ideas.screens import as_person, text

pytestmark = pytest.mark.django_db

PROBLEM = "Trappan är hal varje morgon. Ingen sandar före sju."


class House:
    """An ambassador who works in a company, for a department of the municipality where Anna works."""

    def __init__(self) -> None:
        self.home = DepartmentFactory.create(name="Hemtjänst")
        unit = DepartmentFactory.create(parent=self.home)
        self.anna = PersonFactory.create(given_name="Anna", family_name="Ek", department=unit)
        self.jonas = RoleAssignmentFactory.create(
            role=Role.AMBASSADOR, department=self.home, person__given_name="Jonas", person__family_name="Huuva"
        ).person
        self.stranger = PersonFactory.create(department=self.home)

    def person(self, person: Person) -> Person:
        """Read anew, as every request does."""
        return Person.objects.with_place().get(pk=person.pk)

    def draft(self, *, asked: bool = True, **values: Any) -> Contribution:
        texts = {"title": "Hal trappa", "problem": PROBLEM, "proposal": "Sanda klockan sex.", **values}
        draft = create_draft(by=self.person(self.jonas), token=uuid.uuid4(), values=texts, colleague=self.person(self.anna))
        if asked:
            on_behalf.ask_to_confirm(by=self.person(self.jonas), draft=draft)
        return Contribution.objects.with_place().get(pk=draft.pk)

    def sees(self, person: Person, draft: Contribution) -> bool:
        return self.person(person).has_perm("contributions.see", Contribution.objects.get(pk=draft.pk))

    def told(self, person: Person) -> list[tuple[str, str, str]]:
        with translation.override("sv"):
            notices = Notice.objects.filter(recipient=person, cancelled_at=None).order_by("pk")
            return [(fact.text, fact.quote, fact.url) for _notice, fact in render(self.person(person), notices)]


@pytest.fixture
def house() -> House:
    return House()


def roles_of(draft: Contribution) -> list[tuple[int, str]]:
    return list(draft.participants.values_list("person", "role"))


def test_the_colleague_knows_nothing_before_being_asked(house: House) -> None:
    draft = house.draft(asked=False)
    assert (draft.author_id, roles_of(draft), house.sees(house.anna, draft), house.told(house.anna)) == (
        house.jonas.pk,
        [(house.anna.pk, "on_behalf")],
        False,
        [],
    )
    assert as_person(house.anna).get(f"/contributions/{draft.pk}/on-behalf/").status_code == 404


def test_asking_tells_once_and_lets_the_colleague_read(house: House) -> None:
    draft = house.draft()
    on_behalf.ask_to_confirm(by=house.person(house.jonas), draft=draft)
    assert house.sees(house.anna, draft)
    assert not house.person(house.anna).has_perm("contributions.edit", Contribution.objects.get(pk=draft.pk))
    assert house.told(house.anna) == [
        ("Jonas Huuva har skrivit ner en idé åt dig, och inget är skickat än", "", f"/contributions/{draft.pk}/on-behalf/")
    ]
    assert Notice.objects.get().channel == "direct"


def test_a_yes_makes_it_the_colleagues_own_and_it_is_still_a_draft(house: House) -> None:
    draft = house.draft()
    on_behalf.confirm(by=house.person(house.anna), contribution=draft, version=draft.version)
    row = Contribution.objects.get(pk=draft.pk)
    assert (row.author, row.department, row.owner_organisation, row.status, row.audience, row.version) == (
        house.anna,
        house.anna.department,
        house.anna.department.organisation,
        Status.DRAFT,
        Audience.AUTHOR,
        draft.version + 1,
    )
    assert roles_of(row) == [(house.jonas.pk, "coauthor")]
    assert list(TrailEntry.objects.values_list("step", "by")) == [("brought_in", house.anna.pk)]
    assert [said for said, _quote, _url in house.told(house.jonas)] == ["Anna Ek har bekräftat idén och är nu dess författare"]
    advance(by=house.person(house.anna), contribution=row, step="submit", values={"audience": Audience.GROUP})
    assert Contribution.objects.get(pk=draft.pk).home_organisation == house.anna.department.organisation


def test_a_no_leaves_the_ambassador_a_plain_draft_and_the_colleague_nothing(house: House) -> None:
    draft = house.draft()
    on_behalf.decline(by=house.person(house.anna), contribution=draft, remark="Det var Eivor som sa det.")
    row = Contribution.objects.get(pk=draft.pk)
    assert (row.author, roles_of(row), house.sees(house.anna, row), house.told(house.anna)) == (house.jonas, [], False, [])
    assert house.told(house.jonas) == [("Anna Ek vill inte ha idén i sitt namn", "Det var Eivor som sa det.", f"/ideas/{draft.pk}/")]
    send(by=house.person(house.jonas), draft=row, version=row.version, audience=Audience.GROUP)
    page = as_person(house.stranger).get(f"/ideas/{draft.pk}/").content.decode()
    assert ("Anna" in page, "Eivor" in page) == (False, False)


def test_the_ambassador_cannot_send_before_the_answer(house: House) -> None:
    for asked in (False, True):
        draft = house.draft(asked=asked)
        with pytest.raises(ValidationError), translation.override("sv"):
            send(by=house.person(house.jonas), draft=draft, version=draft.version, audience=Audience.GROUP)
        posted = as_person(house.jonas).post(
            f"/ideas/{draft.pk}/edit/?part=proposal", {"version": draft.version, "proposal": "Sanda.", "audience": "group"}
        )
        assert (posted.status_code, Contribution.objects.get(pk=draft.pk).status) == (303, Status.DRAFT)


def test_it_is_answered_once_and_by_nobody_else(house: House) -> None:
    draft = house.draft()
    for person in (house.jonas, house.stranger):
        for answer in (
            lambda by: on_behalf.confirm(by=by, contribution=draft, version=draft.version),
            lambda by: on_behalf.decline(by=by, contribution=draft),
        ):
            with pytest.raises(ValidationError):
                answer(house.person(person))
    on_behalf.confirm(by=house.person(house.anna), contribution=draft, version=draft.version)
    with pytest.raises(ValidationError):
        on_behalf.decline(by=house.person(house.anna), contribution=draft)
    assert Contribution.objects.get(pk=draft.pk).author == house.anna


def test_a_yes_is_to_the_text_that_was_read(house: House) -> None:
    draft = house.draft()
    client = as_person(house.anna)
    as_person(house.jonas).post(f"/ideas/{draft.pk}/edit/?part=proposal", {"version": draft.version, "proposal": "Något helt annat."})
    with pytest.raises(StaleVersion):
        on_behalf.confirm(by=house.person(house.anna), contribution=draft, version=draft.version)
    page = client.post(f"/contributions/{draft.pk}/on-behalf/", {"answer": "yes", "version": str(draft.version)})
    assert (page.status_code, "Texten ändrades medan du läste." in text(page), "Något helt annat." in text(page)) == (409, True, True)
    assert Contribution.objects.get(pk=draft.pk).author == house.jonas


def test_only_an_ambassador_there_brings_in_and_only_for_those_who_work_there(house: House) -> None:
    elsewhere, gone = PersonFactory.create(), PersonFactory.create(department=house.home, is_active=False, deactivated_at=timezone.now())
    for by, colleague in ((house.jonas, elsewhere), (house.jonas, gone), (house.jonas, house.jonas), (house.stranger, house.anna)):
        own = create_draft(by=house.person(by), token=uuid.uuid4(), values={"title": "Egen text"})
        with pytest.raises(PermissionDenied):
            on_behalf.bring_in(by=house.person(by), draft=own, colleague=house.person(colleague))
    assert set(brought_in_among(house.person(house.jonas))) == {house.anna, house.stranger}
    assert set(brought_in_among(house.person(house.stranger))) == set()
    with pytest.raises(PermissionDenied):
        on_behalf.bring_in(by=house.person(house.jonas), draft=house_draft_of(house.stranger), colleague=house.person(house.anna))


def house_draft_of(person: Person) -> Contribution:
    return create_draft(by=person, token=uuid.uuid4(), values={"title": "En annans text"})


def test_asking_needs_words_and_the_role(house: House) -> None:
    unfinished = house.draft(asked=False, title="Hal")
    with pytest.raises(ValidationError):
        on_behalf.ask_to_confirm(by=house.person(house.jonas), draft=unfinished)
    plain = house_draft_of(house.person(house.jonas))
    with pytest.raises(IllegalStep):
        on_behalf.ask_to_confirm(by=house.person(house.jonas), draft=plain)
    RoleAssignment.objects.all().delete()
    with pytest.raises(ValidationError):
        on_behalf.ask_to_confirm(by=house.person(house.jonas), draft=house_ready(house, unfinished))
    assert house.told(house.anna) == []


def house_ready(house: House, draft: Contribution) -> Contribution:
    Contribution.objects.filter(pk=draft.pk).update(title="Hal trappa vid porten")
    return Contribution.objects.get(pk=draft.pk)


def test_the_whole_way_by_form(house: House) -> None:
    jonas, anna = as_person(house.jonas), as_person(house.anna)
    found = jonas.get("/ideas/new/for/?q=anna")
    assert f"/ideas/new/?for={house.anna.pk}" in found.content.decode()
    first = f"/ideas/new/?for={house.anna.pk}"
    assert "Du skriver det här åt Anna Ek." in text(jonas.get(first))
    came = jonas.post(first, {"token": str(uuid.uuid4()), "title": "Hal trappa", "problem": PROBLEM})
    draft = Contribution.objects.get()
    second = f"/ideas/{draft.pk}/edit/?part=proposal"
    assert (came["Location"], roles_of(draft)) == (second, [(house.anna.pk, "on_behalf")])
    screen = jonas.get(second).content.decode()
    assert ("Be Anna bekräfta" in screen, 'name="audience"' in screen) == (True, False)
    asked = jonas.post(second, {"version": "1", "proposal": "Sanda klockan sex.", "ask": "1"})
    assert (asked.status_code, house.sees(house.anna, draft)) == (303, True)
    page = anna.get(f"/contributions/{draft.pk}/on-behalf/")
    assert all(words in text(page) for words in (PROBLEM, "Sanda klockan sex.", "Inget är skickat än."))
    assert Contribution.objects.get().author == house.jonas
    version = Contribution.objects.get().version
    yes = anna.post(f"/contributions/{draft.pk}/on-behalf/", {"answer": "yes", "version": str(version)})
    assert (yes.status_code, yes["Location"]) == (303, second)
    chosen = anna.post(second, {"version": str(version + 1), "proposal": "Sanda klockan sex.", "audience": "department"})
    row = Contribution.objects.get()
    assert (chosen["Location"], row.status, row.author, row.home_organisation) == (
        f"/ideas/{draft.pk}/",
        Status.SUBMITTED,
        house.anna,
        house.anna.department.organisation,
    )
    assert "Jonas Huuva" in text(anna.get(f"/ideas/{draft.pk}/"))


def test_somebody_elses_page_is_not_there(house: House) -> None:
    draft = house.draft()
    coordinator = RoleAssignmentFactory.create(role=Role.COORDINATOR).person
    ambassador = RoleAssignmentFactory.create(role=Role.AMBASSADOR, department=house.home).person
    for person in (house.stranger, coordinator, ambassador):
        client = as_person(person)
        for answer in ("yes", "no"):
            assert client.post(f"/contributions/{draft.pk}/on-behalf/", {"answer": answer, "version": "1"}).status_code == 404
        assert client.get(f"/contributions/{draft.pk}/on-behalf/").status_code == 404
        assert client.get(f"/ideas/{draft.pk}/edit/?part=proposal").status_code == 404
    assert roles_of(draft) == [(house.anna.pk, "on_behalf")]
    outside = PersonFactory.create()
    assert as_person(house.jonas).get(f"/ideas/new/?for={outside.pk}").status_code == 404
    assert as_person(house.stranger).get(f"/ideas/new/?for={house.anna.pk}").status_code == 404
    assert as_person(house.stranger).get("/ideas/new/for/").status_code == 403


def test_what_is_over_says_so(house: House) -> None:
    draft = house.draft()
    kept = as_person(house.jonas).post(f"/contributions/{draft.pk}/on-behalf/")
    assert (kept.status_code, roles_of(draft), house.sees(house.anna, draft)) == (303, [], False)
    over = as_person(house.anna).get(f"/contributions/{draft.pk}/on-behalf/")
    assert (over.status_code, "Det finns inget att svara på längre" in text(over), "Hal trappa" in over.content.decode()) == (
        410,
        True,
        False,
    )


def test_a_role_that_ends_while_writing_keeps_the_text(house: House) -> None:
    client: Client = as_person(house.jonas)
    RoleAssignment.objects.all().delete()
    came = client.post(
        f"/ideas/new/?for={house.anna.pk}", {"token": str(uuid.uuid4()), "title": "Hal trappa", "problem": PROBLEM}, follow=True
    )
    draft = Contribution.objects.get()
    assert (draft.problem, roles_of(draft)) == (PROBLEM, [])
    assert "Du kan inte längre skriva åt den kollegan." in came.content.decode()


def test_search_offers_those_who_work_there_and_no_one_else(house: House) -> None:
    PersonFactory.create(given_name="Anna", family_name="Annorlunda")
    PersonFactory.create(given_name="Anna", family_name="Avslutad", department=house.home, is_active=False, deactivated_at=timezone.now())
    page = text(as_person(house.jonas).get("/ideas/new/for/?q=anna"))
    assert ("Anna Ek" in page, "Annorlunda" in page, "Avslutad" in page) == (True, False, False)


def test_nobody_else_is_let_in_before_the_colleague_has_said_yes(house: House) -> None:
    """Whom the ambassador chose would otherwise read on in the colleague's name."""
    draft = house.draft()
    with pytest.raises(ValidationError) as raised:
        together.invite(by=house.person(house.jonas), contribution=draft, person=house.person(house.stranger))
    assert (list(raised.value.message_dict), roles_of(draft)) == (["person"], [(house.anna.pk, "on_behalf")])


def test_on_behalf_rows_are_all_the_draft_has(house: House) -> None:
    draft = house.draft(asked=False)
    row = draft.participants.get()
    assert (row.role, row.invited_by) == (ParticipantRole.ON_BEHALF, None)
