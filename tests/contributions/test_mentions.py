"""Naming colleagues with @: who is offered, who is meant, who is told, and that nobody who may not read is any of these."""

from __future__ import annotations

import re
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from contributions.actions import comments, moderation, talk
from contributions.enums import Audience, Kind, Status
from contributions.models import Comment, Contribution, Follow
from contributions.queries.mentions import offered
from contributions.rules import may_see
from notifications import delivery
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Department, Person
from tests.contributions.test_talk import client_of, say, told
from tests.contributions.world import ROLES, World
from tests.factories import DepartmentFactory, PersonFactory


def called(given: str, family: str, department: Department, **more: Any) -> Person:
    return PersonFactory.create(given_name=given, family_name=family, department=department, **more)


def named_in(comment: Comment) -> set[int]:
    return set(comment.mentions.values_list("person_id", flat=True))


def links(comment: Comment) -> list[tuple[str, str]]:
    return re.findall(r'<a href="([^"]*)">([^<]*)</a>', Comment.objects.get(pk=comment.pk).body_html)


def link(person: Person, text: str) -> tuple[str, str]:
    return f"/network/people/{person.pk}/", text


# Who is offered


def offers(world: World, about: Contribution, text: str, role: str = "author", **more: Any) -> list[str]:
    return [offer.written for offer in offered(world.person(role), about, text, **more)]


@pytest.mark.parametrize("audience", [Audience.DEPARTMENT, Audience.ORGANISATION, Audience.GROUP])
def test_exactly_those_who_may_see_it_are_offered(world: World, audience: Audience) -> None:
    about = world.contribution(audience=audience)
    for role, person in world.people.items():
        Person.objects.filter(pk=person.pk).update(given_name="Åsa", sort_key=f"{role.replace('_', ' ')} {{sa", family_name=role)
        found = [offer.person for offer in offered(world.person("author"), about, f"åsa {role.replace('_', ' ')}"[:60])]
        assert (person in found) == (role != "author" and may_see(world.person(role), about)), role


def test_whoever_asks_for_names_without_end_is_asked_to_wait(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr("contributions.views.comments.NAMES_A_MINUTE", 2)
    about, ask = world.contribution(), "/contributions/{}/people/?q=an"
    client, other = client_of(world.person("author")), client_of(world.person("group_coordinator"))
    assert [client.get(ask.format(about.pk)).status_code for _ in range(3)] == [200, 200, 429]
    assert other.get(ask.format(about.pk)).status_code == 200


def test_a_draft_offers_its_reader_alone(world: World) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT, audience=Audience.AMBASSADOR)
    everybody = [f"@{person.full_name}" for role, person in world.people.items() if role == "named_ambassador"]
    assert [name for word in ("given", "family") for name in offers(world, draft, word)] == everybody * 2


def test_names_are_found_by_the_beginnings_of_their_words_in_swedish_order(world: World) -> None:
    about = world.contribution()
    for given, family in (
        ("Örjan", "Ström"),
        ("Anna-Lena", "Åström"),
        ("Andrea", "Zakrisson"),
        ("Ane", "Berg"),
        ("André", "Östman"),
        ("Hanna", "Anund"),
    ):
        called(given, family, world.home)
    assert offers(world, about, "an") == ["@Hanna Anund", "@Ane Berg", "@Andrea Zakrisson", "@Anna-Lena Åström", "@André Östman"]
    assert offers(world, about, "andre") == ["@Andrea Zakrisson", "@André Östman"]
    assert offers(world, about, "lena å") == ["@Anna-Lena Åström"]
    assert [offers(world, about, text) for text in ("", "a", "  a ", "%", "__", "\x00", "nna", "x" * 5000)] == [[]] * 8


def test_at_most_eight_and_nobody_gone_and_not_oneself(world: World) -> None:
    about = world.contribution()
    for number in range(12):
        called("Anna", f"B{number:02}", world.home, is_active=number > 2, deactivated_at=None if number > 2 else timezone.now())
    me = called("Anna", "B05a", world.home)
    assert [offer.written for offer in offered(me, about, "anna")] == [f"@Anna B{number:02}" for number in range(3, 11)]


def test_what_is_written_means_nobody_else(world: World) -> None:
    about = world.contribution()
    kitchen, other_kitchen = DepartmentFactory.create(name="Köket (norra)"), DepartmentFactory.create(name="Köket (norra)")
    annas = [called("Anna", "Berg", place) for place in (world.home, kitchen, other_kitchen)]
    expected = [f"@Anna Berg ({world.home.name})", f"@Anna Berg ({annas[1].email})", f"@Anna Berg ({annas[2].email})"]
    assert offers(world, about, "anna berg") == expected
    for person, written in zip(annas, expected, strict=True):
        said = say(world, "author", about, f"Hej {written}, vad tror du?")
        assert (named_in(said), links(said)) == ({person.pk}, [link(person, written)])


def test_the_offer_costs_the_same_however_many_there_are(world: World, django_assert_num_queries: Any) -> None:
    about, person = world.contribution(), world.person("author")
    for number in (1, 3, 30):
        for place in range(number):
            called("Anna", f"Nr{number}{place}", world.home)
        with django_assert_num_queries(2):
            assert len(offered(person, about, "anna")) == min(8, {1: 1, 3: 4, 30: 34}[number])


def test_the_address_gives_options_to_who_may_comment(world: World) -> None:
    about, address = world.contribution(audience=Audience.DEPARTMENT), "/contributions/{}/people/?q=ann"
    called("Anna", "<b>Berg", world.home)
    answer = client_of(world.person("same_department")).get(address.format(about.pk))
    page = answer.content.decode()
    assert (answer.status_code, page.count('role="option"'), 'data-written="@Anna &lt;b&gt;Berg"' in page) == (200, 1, True)
    assert world.home.organisation.short_name in page
    assert "no-store" in answer["Cache-Control"]
    assert client_of(world.person("other_organisation")).get(address.format(about.pk)).status_code == 404
    merged = world.contribution(Kind.IDEA, Status.MERGED)
    assert client_of(world.person("same_department")).get(address.format(merged.pk)).status_code == 403


# Who is meant


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("@Anna Berg", "@Anna Berg"),
        ("Fråga (@anna  BERG)!", "@anna  BERG"),
        ("@Anna Bergs idé", "@Anna Berg"),
        ("**@Anna Berg**", "@Anna Berg"),
        ("> @Anna Berg, ja", "@Anna Berg"),
        ("@Anna Berg (hon på norr)", "@Anna Berg"),
    ],
)
def test_a_name_written_in_full_is_understood(world: World, body: str, text: str) -> None:
    person = called("Anna", "Berg", world.home)
    said = say(world, "author", world.contribution(), body)
    assert (named_in(said), links(said)) == ({person.pk}, [link(person, text)])


@pytest.mark.parametrize(
    "body",
    [
        "Anna Berg",
        "@Anna",
        "@Anna Bergström",
        "@Anna Berg-Lind",
        "@Anna\nBerg",
        "anna@Anna Berg",
        "@@Anna Berg",
        "`@Anna Berg`",
        "```\n@Anna Berg\n```",
        "[@Anna Berg](https://example.test/)",
        "@" * 3000,
    ],
)
def test_what_is_no_name_names_nobody(world: World, body: str) -> None:
    person = called("Anna", "Berg", world.home)
    said = say(world, "author", world.contribution(), body)
    assert (named_in(said), f"/network/people/{person.pk}/" in said.body_html) == (set(), False)


def test_one_of_two_is_meant_when_only_one_reads_it_and_nobody_when_both_do(world: World) -> None:
    reader, stranger = called("Anna", "Berg", world.home), called("Anna", "Berg", world.abroad)
    near, wide = world.contribution(audience=Audience.DEPARTMENT), world.contribution()
    assert named_in(say(world, "author", near, "@Anna Berg")) == {reader.pk}
    assert named_in(say(world, "author", wide, "@Anna Berg")) == set()
    assert named_in(say(world, "author", near, f"@Anna Berg ({stranger.department.name})")) == set()
    assert named_in(say(world, "author", wide, f"@Anna Berg ({stranger.department.name.upper()})")) == {stranger.pk}


def test_the_longest_name_is_meant(world: World) -> None:
    about = world.contribution()
    short, long = called("Anna", "Berg", world.home), called("Anna", "Berg Lind", world.home)
    said = say(world, "author", about, "@Anna Berg Lind och @Anna Berg")
    assert (named_in(said), links(said)) == ({short.pk, long.pk}, [link(long, "@Anna Berg Lind"), link(short, "@Anna Berg")])


@pytest.mark.parametrize(
    "body",
    [
        "[@Anna](/network/people/1/)",
        '<a href="/network/people/1/">@Anna</a>',
        "\ue0000\ue001",
        "@Anna Berg \ue0000\ue001 \ue0001\ue001",
    ],
)
def test_a_writer_cannot_make_such_a_link(world: World, body: str) -> None:
    person = called("Anna", "Berg", world.home)
    said = say(world, "author", world.contribution(), body)
    assert links(said) == ([link(person, "@Anna Berg")] if "Berg" in body else [])
    assert not re.search("[\ue000\ue001]", said.body_html)


def test_a_name_with_marks_in_it_stays_text(world: World) -> None:
    person = called('A"nna', "O'B<i>rien", world.home)
    said = say(world, "author", world.contribution(), "@A\"nna O'B<i>rien")
    assert named_in(said) == {person.pk}
    assert said.body_html == f'<p><a href="/network/people/{person.pk}/">@A&quot;nna O&#x27;B&lt;i&gt;rien</a></p>'


# Who is told


def test_a_mention_wins_and_everybody_is_told_once(world: World) -> None:
    about = world.contribution()
    first = say(world, "same_department", about)
    Follow.objects.create(contribution=about, person=world.people["unit_beneath"])
    Notice.objects.all().delete()
    names = " ".join(
        f"@{world.people[role].full_name}" for role in ("author", "same_department", "unit_beneath", "other_organisation", "lead")
    )
    say(world, "lead", about, names, parent=first)
    assert told() == {("mentioned", world.people[role].pk) for role in ("author", "same_department", "unit_beneath", "other_organisation")}


def test_who_may_not_see_it_is_neither_linked_nor_told(world: World) -> None:
    about = world.contribution(audience=Audience.DEPARTMENT)
    seeing = {role for role in ROLES if may_see(world.person(role), about)}
    said = say(world, "author", about, " ".join(f"@{person.full_name}" for person in world.people.values()))
    expected = {world.people[role].pk for role in seeing - {"author"}}
    assert named_in(said) == expected
    assert {pk for kind, pk in told() if kind == "mentioned"} == expected
    assert 5 < len(expected) < len(ROLES) - 5


def says(person: Person) -> list[str]:
    found = Person.objects.with_place().get(pk=person.pk)
    return [fact.text for _notice, fact in render(found, Notice.objects.filter(recipient=person))]


def test_the_notice_says_who_and_where(world: World) -> None:
    about, person = world.contribution(), world.people["other_organisation"]
    said = say(world, "author", about, f"Vad säger @{person.full_name} om **det**?")
    ((_notice, fact),) = render(world.person("other_organisation"), Notice.objects.filter(recipient=person))
    assert (fact.text, fact.quote, fact.url, fact.reason) == (
        f"{world.people['author'].full_name} nämner dig i en kommentar till en idé", f"Vad säger @{person.full_name} om det?",
        f"/ideas/{about.pk}/#comment-{said.pk}", "en kommentar nämner dig",
    )  # fmt: skip


def test_whoever_loses_sight_of_it_is_not_mailed(world: World, mailoutbox: list[Any]) -> None:
    about, person = world.contribution(), world.people["other_organisation"]
    colleague = world.people["same_department"]
    say(world, "author", about, f"@{person.full_name} och @{colleague.full_name}")
    Contribution.objects.filter(pk=about.pk).update(audience=Audience.DEPARTMENT)
    delivery.deliver()
    assert [mail.to for mail in mailoutbox] == [[colleague.email]]
    assert (says(person), len(says(colleague))) == ([], 1)


def test_changing_a_comment_tells_the_newly_named_alone(world: World) -> None:
    about, old, new = world.contribution(), world.people["same_department"], world.people["other_organisation"]
    said = say(world, "author", about, f"@{old.full_name}")
    Notice.objects.all().delete()

    def change(body: str) -> None:
        fresh = Comment.objects.get(pk=said.pk)
        comments.edit(by=world.person("author"), comment=fresh, body=body, version=comments.version_of(fresh))

    change(f"@{old.full_name} och @{new.full_name}")
    assert (told(), named_in(said)) == ({("mentioned", new.pk)}, {old.pk, new.pk})
    change(f"Bara @{old.full_name}")
    assert (says(new), named_in(said)) == ([], {old.pk})
    change(f"Ändå @{new.full_name}")
    assert (told(), len(says(new)), named_in(said)) == ({("mentioned", new.pk)}, 1, {new.pk})


def test_masking_a_name_takes_the_mention_with_it_and_leaves_the_others(world: World) -> None:
    about = world.contribution()
    masked, kept = called("Märta", "Lindgren", world.home), called("Anna", "Berg", world.home)
    said = say(world, "author", about, "@Märta Lindgren och @Anna Berg")
    moderation.mask(by=world.person("organisation_coordinator"), contribution=about, words="Märta Lindgren")
    assert (named_in(said), links(said), says(masked)) == ({kept.pk}, [link(kept, "@Anna Berg")], [])


def test_an_internal_note_names_only_those_who_answer_for_it(world: World) -> None:
    about, by = world.contribution(), world.person("organisation_coordinator")
    for person in world.people.values():
        Person.objects.filter(pk=person.pk).update(given_name="Åsa", sort_key=f"family{person.pk} {{sa", family_name=f"Family{person.pk}")
    names = {
        f"@Åsa Family{world.people[role].pk}"
        for role in ("department_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone")
    }
    assert set(offers(world, about, "åsa", role="organisation_coordinator", internal=True)) == names
    body = " ".join(f"@Åsa Family{person.pk}" for person in world.people.values())
    said = talk.comment(by=by, contribution=about, body=body, token=uuid.uuid4(), internal=True)
    assert len(named_in(said)) == 4
    assert {pk for kind, pk in told() if kind == "mentioned"} == named_in(said)
    assert {kind for kind, pk in told() if world.people["author"].pk == pk} == set()
    with pytest.raises(PermissionDenied):
        talk.comment(by=world.person("author"), contribution=about, body="x", token=uuid.uuid4(), internal=True)
