"""Writing together: nothing before the invited has answered, nobody but those the author chose, and either may end it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone, translation

from contributions.actions import moderation, talk, together
from contributions.actions.texts import save_texts
from contributions.enums import Audience, Kind, ParticipantRole, Status, SupportKind
from contributions.lifecycle import StaleVersion, advance
from contributions.models import Contribution, Follow, Participant, TrailEntry
from contributions.queries.mine import Tab, mine
from contributions.queries.page import those_with
from contributions.queries.together import close_to
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import World

pytestmark = pytest.mark.django_db

SECRET = "Det hemliga om trappan, som ingen annan ska läsa än."


def draft_of(world: World, **more: Any) -> Contribution:
    return world.contribution(Kind.IDEA, Status.DRAFT, title="Hal trappa", problem=SECRET, **more)


def invite(world: World, about: Contribution, role: str = "other_organisation") -> Person:
    together.invite(by=world.person("author"), contribution=about, person=world.person(role))
    return world.person(role)


def with_coauthor(world: World, about: Contribution, role: str = "other_organisation") -> Person:
    person = invite(world, about, role)
    together.accept(by=person, contribution=about)
    return world.person(role)


def roles_of(about: Contribution, person: Person) -> list[str]:
    return list(about.participants.filter(person=person).values_list("role", flat=True))


def sayings(person: Person) -> list[str]:
    with translation.override("sv"):
        fresh = Person.objects.with_place().get(pk=person.pk)
        return [fact.text for _notice, fact in render(fresh, Notice.objects.filter(recipient=person, cancelled_at=None).order_by("pk"))]


def refusal(raised: Any) -> str:
    return " ".join(raised.value.messages)


def test_an_invitation_is_told_and_changes_nothing_but_reading(world: World) -> None:
    about = draft_of(world)
    person = invite(world, about)
    fresh = Contribution.objects.get(pk=about.pk)
    assert (fresh.version, roles_of(about, person), person.has_perm("contributions.see", fresh)) == (1, ["invited"], True)
    assert not person.has_perm("contributions.edit", fresh)
    notice = Notice.objects.get(recipient=person)
    assert (notice.kind, notice.ids, notice.channel) == (
        "contributions.invited",
        {"contribution": about.pk, "invitation": about.participants.get(person=person).pk},
        "direct",
    )
    with translation.override("sv"):
        ((_notice, fact),) = render(person, [notice])
    assert (fact.url, fact.act, fact.title) == (f"/contributions/{about.pk}/invitation/", "Läs och svara", "Hal trappa")
    assert fact.text == f"{world.people['author'].full_name} ber dig att skriva en idé tillsammans"


def test_being_asked_twice_is_being_asked_once(world: World) -> None:
    about = draft_of(world)
    for _ in range(2):
        person = invite(world, about)
    assert (roles_of(about, person), Notice.objects.filter(recipient=person).count()) == (["invited"], 1)


def test_only_the_author_invites_takes_back_and_removes(world: World) -> None:
    about = world.contribution(audience=Audience.GROUP)
    coauthor, other = with_coauthor(world, about), world.person("same_department")
    for role in ("lead", "participant", "organisation_coordinator", "group_coordinator", "admin", "other_organisation"):
        for act in (together.invite, together.withdraw_invitation, together.remove):
            with pytest.raises(PermissionDenied):
                act(by=world.person(role), contribution=about, person=other)
    assert (roles_of(about, other), roles_of(about, coauthor)) == ([], ["coauthor"])


def test_who_cannot_be_invited_is_said_in_a_sentence(world: World) -> None:
    about = draft_of(world)
    with_coauthor(world, about, "same_department")
    for role, said in (
        ("author", "Du är redan författare. Välj någon annan."),
        ("inactive", f"{world.people['inactive'].full_name} arbetar inte kvar här. Välj någon annan."),
        ("same_department", f"{world.people['same_department'].full_name} skriver redan med dig."),
    ):
        with translation.override("sv"), pytest.raises(ValidationError) as raised:
            together.invite(by=world.person("author"), contribution=about, person=world.person(role))
        assert (list(raised.value.message_dict), refusal(raised)) == (["person"], said)


def test_at_most_five_wait_and_ten_write(world: World) -> None:
    about, author = draft_of(world), world.person("author")
    for _ in range(together.MOST_COAUTHORS):
        person = world.works(world.abroad)
        together.invite(by=author, contribution=about, person=person)
        together.accept(by=person, contribution=about)
    with pytest.raises(ValidationError):
        together.invite(by=author, contribution=about, person=world.works(world.abroad))
    assert about.participants.filter(role=ParticipantRole.COAUTHOR).count() == 10
    other = draft_of(world)
    for _ in range(together.MOST_INVITED):
        together.invite(by=author, contribution=other, person=world.works(world.abroad))
    with pytest.raises(ValidationError):
        together.invite(by=author, contribution=other, person=world.works(world.abroad))


def test_a_yes_makes_a_coauthor_who_edits_and_hears_and_is_on_the_trail(world: World) -> None:
    about = draft_of(world)
    person = with_coauthor(world, about)
    saved = save_texts(by=person, contribution=about, version=1, values={"title": "Ännu halare trappa"})
    assert (saved.title, saved.version, saved.author_id) == ("Ännu halare trappa", 2, world.people["author"].pk)
    assert list(TrailEntry.objects.values_list("step", "by")) == [("joined", person.pk)]
    assert sayings(world.person("author")) == [f"{person.full_name} skriver idén tillsammans med dig"]
    assert Follow.objects.filter(contribution=about, person=person).exists()
    assert close_to(Contribution.objects.get(pk=about.pk)) == [world.people["author"].pk, person.pk]


def test_two_who_write_at_once_meet_both_texts(world: World) -> None:
    about = draft_of(world)
    person = with_coauthor(world, about)
    save_texts(by=world.person("author"), contribution=about, version=1, values={"title": "Den enes"})
    with pytest.raises(StaleVersion):
        save_texts(by=person, contribution=about, version=1, values={"title": "Den andres"})
    page = client_of(person).post(f"/ideas/{about.pk}/edit/", {"version": "1", "title": "Den andres rubrik", "problem": SECRET})
    assert (page.status_code, "Den enes" in page.content.decode(), "Den andres rubrik" in page.content.decode()) == (409, True, True)


def test_a_no_leaves_nothing_and_its_word_reaches_the_author_alone(world: World) -> None:
    about = draft_of(world)
    person = invite(world, about)
    together.decline(by=person, contribution=about, remark="Jag hinner inte före jul.")
    assert roles_of(about, person) == []
    assert not world.person("other_organisation").has_perm("contributions.see", Contribution.objects.get(pk=about.pk))
    author = world.person("author")
    with translation.override("sv"):
        ((_notice, fact),) = render(author, Notice.objects.filter(recipient=author))
    assert (fact.text, fact.quote) == (f"{person.full_name} kan inte skriva med dig", "Jag hinner inte före jul.")
    advance(by=author, contribution=about, step="submit", values={"audience": Audience.GROUP})
    for role in ("author", "same_department", "organisation_coordinator"):
        page = client_of(world.person(role)).get(f"/ideas/{about.pk}/").content.decode()
        assert ("Jag hinner inte" in page, "invitation_declined" in page) == (False, False)
    assert sayings(person) == []


@pytest.mark.parametrize("second", [together.accept, together.decline])
def test_an_answer_is_given_once(world: World, second: Any) -> None:
    about = draft_of(world)
    person = with_coauthor(world, about)
    with pytest.raises(ValidationError):
        second(by=person, contribution=about)
    assert (roles_of(about, person), TrailEntry.objects.count()) == (["coauthor"], 1)


def test_an_invitation_taken_back_or_a_closed_account_cannot_be_answered(world: World) -> None:
    about = draft_of(world)
    person = invite(world, about)
    assert together.withdraw_invitation(by=world.person("author"), contribution=about, person=person)
    with pytest.raises(ValidationError):
        together.accept(by=person, contribution=about)
    assert (sayings(person), TrailEntry.objects.exists()) == ([], False)
    gone = invite(world, about, "same_department")
    Person.objects.filter(pk=gone.pk).update(is_active=False, deactivated_at=timezone.now())
    with pytest.raises(ValidationError):
        together.accept(by=world.person("same_department"), contribution=about)


def test_either_may_end_it_and_the_trail_says_so(world: World) -> None:
    about = draft_of(world)
    leaver, removed = with_coauthor(world, about), with_coauthor(world, about, "same_department")
    together.leave(by=leaver, contribution=about)
    assert together.remove(by=world.person("author"), contribution=about, person=removed)
    assert not together.remove(by=world.person("author"), contribution=about, person=removed)
    assert list(TrailEntry.objects.filter(step="left").order_by("pk").values_list("by", "text")) == [
        (leaver.pk, ""),
        (world.people["author"].pk, removed.full_name),
    ]
    fresh = Contribution.objects.get(pk=about.pk)
    for role in ("other_organisation", "same_department"):
        assert not world.person(role).has_perm("contributions.see", fresh)
    assert not Follow.objects.filter(contribution=about).exists()
    with pytest.raises(PermissionDenied):
        together.leave(by=world.person("other_organisation"), contribution=about)


def test_a_coauthor_neither_sends_nor_withdraws_nor_widens_nor_supports(world: World) -> None:
    draft, sent = draft_of(world), world.contribution(audience=Audience.DEPARTMENT)
    with_coauthor(world, draft)
    person = with_coauthor(world, sent)
    with pytest.raises(PermissionDenied):
        advance(by=person, contribution=draft, step="submit", values={"audience": Audience.GROUP})
    for step in ("withdraw", "widen"):
        with pytest.raises(PermissionDenied):
            advance(by=person, contribution=sent, step=step)
    with pytest.raises(PermissionDenied):
        talk.support(by=person, contribution=sent, kind=SupportKind.GOOD)
    page = client_of(person).get(f"/ideas/{draft.pk}/edit/?part=proposal")
    assert (page.status_code, 'name="audience"' in page.content.decode()) == (200, False)
    posted = client_of(person).post(f"/ideas/{draft.pk}/edit/?part=proposal", {"version": "1", "proposal": "Sanda.", "audience": "group"})
    assert (posted.status_code, Contribution.objects.get(pk=draft.pk).status) == (303, Status.DRAFT)


def test_an_invited_person_teaches_nothing_before_the_answer(world: World) -> None:
    about = world.contribution(audience=Audience.GROUP)
    person = invite(world, about)
    assert not person.has_perm("contributions.learn", about)
    together.accept(by=person, contribution=about)
    assert world.person("other_organisation").has_perm("contributions.learn", Contribution.objects.get(pk=about.pk))


def test_after_withdrawal_the_chosen_go_on_reading_and_the_rest_do_not(world: World) -> None:
    about = world.contribution(audience=Audience.GROUP)
    with_coauthor(world, about)
    advance(by=world.person("author"), contribution=about, step="withdraw")
    fresh = Contribution.objects.get(pk=about.pk)
    seeing = {
        role
        for role in ("other_organisation", "lead", "participant", "group_coordinator")
        if world.person(role).has_perm("contributions.see", fresh)
    }
    assert seeing == {"other_organisation"}


def test_my_lists_hold_what_i_write_with_others(world: World) -> None:
    mine_too, asked = draft_of(world), draft_of(world)
    person = with_coauthor(world, mine_too)
    invite(world, asked)
    found = {tab: [row.pk for row in mine(person, tab, None).rows] for tab in (Tab.BROUGHT, Tab.FOLLOWED, Tab.WAITING)}
    assert found == {Tab.BROUGHT: [mine_too.pk], Tab.FOLLOWED: [], Tab.WAITING: [asked.pk]}


def test_open_invitations_show_to_the_author_and_to_nobody_else(world: World) -> None:
    about = world.contribution(audience=Audience.GROUP)
    invited = invite(world, about)
    Person.objects.filter(pk=invited.pk).update(given_name="Hemlige", family_name="Inbjudne")
    shown = {
        role: "Hemlige" in client_of(world.person(role)).get(f"/ideas/{about.pk}/").content.decode()
        for role in ("author", "lead", "same_department", "organisation_coordinator")
    }
    assert shown == {"author": True, "lead": False, "same_department": False, "organisation_coordinator": False}
    assert invited.pk not in [person.pk for party in those_with(about) for person in party.faces]
    together.accept(by=world.person("other_organisation"), contribution=about)
    page = client_of(world.person("same_department")).get(f"/ideas/{about.pk}/").content.decode()
    assert page.index("Hemlige Inbjudne") < page.index("</header>", page.index("<main"))


def test_the_draft_says_who_sees_it(world: World) -> None:
    about, author = draft_of(world), world.person("author")
    alone = client_of(author).get(f"/ideas/{about.pk}/").content.decode()
    assert "Ingen annan ser det, inte ens koordinatorn." in alone
    Person.objects.filter(pk=world.people["other_organisation"].pk).update(given_name="Leif", family_name="Tornéus")
    invite(world, about)
    page = client_of(author).get(f"/ideas/{about.pk}/").content.decode()
    assert ("Bara du och Leif Tornéus ser det, inte ens koordinatorn." in page, "Ingen annan ser det" in page) == (True, False)
    cards = client_of(author).get(f"/ideas/{about.pk}/edit/?part=proposal").content.decode()
    assert "Bara jag och de jag bjudit in" in cards
    assert "Bara du och Leif Tornéus ser det, inte ens koordinatorn. Inget svarslöfte än." in cards


def test_an_ambassador_whose_role_has_ended_is_said_to_read_no_more(world: World) -> None:
    about = draft_of(world, audience=Audience.AMBASSADOR)
    name = world.people["named_ambassador"].full_name
    assert (
        f"{name} läser det i förtroende, och ingen annan." in client_of(world.person("author")).get(f"/ideas/{about.pk}/").content.decode()
    )
    world.people["named_ambassador"].roles.update(end_on=world.today.replace(year=2020), start_on=world.today.replace(year=2019))
    page = client_of(world.person("author")).get(f"/ideas/{about.pk}/").content.decode()
    assert ("Din ambassadör har slutat" in page, f"{name} läser" in page) == (True, False)
    assert client_of(world.person("named_ambassador")).get(f"/ideas/{about.pk}/").status_code == 404


# The addresses


def address(about: Contribution, end: str = "invitation") -> str:
    return f"/contributions/{about.pk}/{end}/"


def test_inviting_by_form_finds_active_people_and_no_drafts(world: World) -> None:
    about, client = draft_of(world), client_of(world.person("author"))
    for role, name in (("other_organisation", "Berit"), ("inactive", "Berta"), ("same_department", "Bertil")):
        Person.objects.filter(pk=world.people[role].pk).update(given_name=name, family_name="Aho", sort_key=f"aho {name.lower()}")
    invite(world, about, "same_department")
    page = client.get(f"{address(about, 'people/invite')}?q=aho").content.decode()
    found = page[page.index('id="found"') :]
    assert [name in found for name in ("Berit", "Berta", "Bertil")] == [True, False, False]
    part = client.get(f"{address(about, 'people/invite')}?q=aho", headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in part, "Berit" in part, SECRET in part) == (False, True, False)
    assert client.post(address(about, "people/invite"), {"person": "hej"}).status_code == 422
    assert client.post(address(about, "people/invite"), {"person": str(world.people["inactive"].pk)}).status_code == 422
    sent = client.post(address(about, "people/invite"), {"person": str(world.people["other_organisation"].pk)})
    assert (sent.status_code, roles_of(about, world.people["other_organisation"])) == (303, ["invited"])
    client.post(address(about, "people/end"), {"person": str(world.people["other_organisation"].pk)})
    assert roles_of(about, world.people["other_organisation"]) == []
    assert client.post(address(about, "people/end"), {"person": "0"}).status_code == 404


def test_reading_the_invitation_changes_nothing_and_the_buttons_do(world: World) -> None:
    about = draft_of(world)
    person = invite(world, about)
    client = client_of(person)
    for _ in range(2):
        page = client.get(address(about)).content.decode()
        assert (SECRET in page, "Ja, jag skriver med" in page, roles_of(about, person)) == (True, True, ["invited"])
    assert client.post(address(about), {"answer": "kanske"}).status_code == 422
    assert client.post(address(about), {"answer": "no", "remark": "x" * 301}).status_code == 422
    assert roles_of(about, person) == ["invited"]
    assert client.post(address(about), {"answer": "yes"})["Location"] == f"/ideas/{about.pk}/"
    again = client.get(address(about))
    assert (again.status_code, "Du har redan sagt ja" in again.content.decode()) == (409, True)
    assert client.post(address(about), {"answer": "no"}).status_code == 409
    assert roles_of(about, person) == ["coauthor"]
    assert client.post(address(about, "people/end")).status_code == 303
    assert roles_of(about, person) == []


def test_an_invitation_that_is_over_says_so_without_a_word_of_what_it_was(world: World) -> None:
    about = draft_of(world)
    person = invite(world, about)
    together.withdraw_invitation(by=world.person("author"), contribution=about, person=person)
    over = client_of(person).get(address(about))
    text = over.content.decode()
    assert (over.status_code, "Det finns inget att svara på längre" in text, "Hal trappa" in text, SECRET in text) == (
        410,
        True,
        False,
        False,
    )
    assert client_of(person).post(address(about), {"answer": "yes"}).status_code == 410
    assert roles_of(about, person) == []


def test_somebody_elses_invitation_is_not_there(world: World) -> None:
    about, sent = draft_of(world), world.contribution(audience=Audience.GROUP)
    for one in (about, sent):
        invite(world, one)
    for role in ("same_department", "lead", "participant", "named_ambassador", "group_coordinator", "admin"):
        client = client_of(world.person(role))
        for one in (about, sent):
            assert (client.get(address(one)).status_code, client.post(address(one), {"answer": "yes"}).status_code) == (404, 404)
        assert client.get(address(about, "people/invite")).status_code == 404
        assert client.post(address(about, "people/end"), {"person": str(world.people["other_organisation"].pk)}).status_code == 404
    assert roles_of(about, world.people["other_organisation"]) == ["invited"]


def test_the_pages_cost_the_same_whoever_is_with(world: World, django_assert_num_queries: Any) -> None:
    about, author = draft_of(world), world.person("author")
    for number in (1, 3):
        for _ in range(number):
            person = world.works(world.abroad)
            together.invite(by=author, contribution=about, person=person)
            together.accept(by=person, contribution=about)
        client = client_of(author)
        with django_assert_num_queries(11):
            client.get(f"/ideas/{about.pk}/")
        with django_assert_num_queries(7):
            client.get(address(about, "people/invite"))


def test_masking_reaches_the_help_that_is_wanted(world: World) -> None:
    about = world.contribution(help_wanted=["prata med Märta", "Excel"])
    changed = moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="Märta")
    assert (changed, Contribution.objects.get(pk=about.pk).help_wanted) == (1, ["prata med […]", "Excel"])


@pytest.mark.django_db(transaction=True)
def test_a_yes_and_a_no_at_once_are_one_answer() -> None:
    world = World()
    about = draft_of(world)
    person = invite(world, about)
    results = at_once(
        lambda: together.accept(by=world.person("other_organisation"), contribution=about),
        lambda: together.decline(by=world.person("other_organisation"), contribution=about),
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "ValidationError"]
    assert TrailEntry.objects.count() == 1
    assert not Participant.objects.filter(contribution=about, person=person, role=ParticipantRole.INVITED).exists()
