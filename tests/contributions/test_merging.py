"""Merging: the authors are asked first, people and counters come along, and parting takes back exactly that."""

from __future__ import annotations

import datetime
import random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from contributions.actions import merging, moderation, talk
from contributions.enums import Audience, Kind, ParticipantRole, Status, SupportKind
from contributions.lifecycle import IllegalStep, advance, reindex_texts
from contributions.models import Contribution, Follow, MergeAnswer, MergeProposal, Participant, Support
from contributions.queries.consent import RULES, SILENCE, Consent, Standing
from contributions.queries.merged import above, beneath
from contributions.queries.merging import preview
from contributions.rules import UNDO_WITHIN
from lib.working_days import add_working_days
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.test_page import read
from tests.contributions.test_steps import address
from tests.contributions.test_talk import client_of
from tests.contributions.world import World
from tests.factories import IdeaFactory, PersonFactory


def idea(author: Person, **more: Any) -> Contribution:
    row = Contribution.objects.with_place().get(pk=IdeaFactory.create(author=author, **more).pk)
    reindex_texts(row)
    return row


def coordinator(world: World) -> Person:
    return world.person("group_coordinator")


@pytest.fixture
def pair(world: World) -> tuple[Contribution, Contribution]:
    """An idea of somebody beside, and the author's, which it may be merged into."""
    return idea(world.people["other_department"], title="Karta över snö"), idea(world.people["author"], title="Karta över is")


def propose(world: World, one: Contribution, other: Contribution, **more: Any) -> MergeProposal:
    return merging.propose(by=coordinator(world), contribution=one, target=other, reason="De vill samma sak.", **more)


def merge(world: World, one: Contribution, other: Contribution, **more: Any) -> None:
    values = {"target": Contribution.objects.get(pk=other.pk), "reason": "De hör ihop."}
    advance(by=coordinator(world), contribution=one, step="merge", values=values, **more)


def agree(proposal: MergeProposal) -> None:
    for row in proposal.answers.all():
        merging.answer(by=row.person, proposal=proposal, agrees=True)


def agreed(world: World, one: Contribution, other: Contribution) -> None:
    """Merged by the book."""
    if one.author_id != other.author_id:
        agree(propose(world, one, other))
    merge(world, one, other)


def reopen(world: World, about: Contribution) -> None:
    advance(by=coordinator(world), contribution=about, step="reopen", values={"reason": "De är olika."})


def fresh(about: Contribution) -> Contribution:
    return Contribution.objects.get(pk=about.pk)


def refusal(world: World, one: Contribution, other: Contribution, **more: Any) -> str:
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        merge(world, one, other, **more)
    assert list(refused.value.message_dict) == ["target"]
    assert fresh(one).status != Status.MERGED
    return str(refused.value.message_dict["target"][0])


# Asking


def test_each_author_is_asked_once_of_their_own_and_whoever_asked_hears_the_answer(world: World, pair: Any) -> None:
    one, other = pair
    proposal = propose(world, one, other)
    assert {row.person for row in proposal.answers.all()} == {one.author, other.author}
    notices = {notice.recipient_id: notice for notice in Notice.objects.filter(kind="contributions.merge_asked")}
    assert {pk: notice.ids["contribution"] for pk, notice in notices.items()} == {one.author_id: one.pk, other.author_id: other.pk}
    assert {notice.due_at - proposal.created_at for notice in notices.values()} == {UNDO_WITHIN}
    merging.answer(by=one.author, proposal=proposal, agrees=False, note="Min handlar om cyklar.")
    (told,) = Notice.objects.filter(kind="contributions.merge_answered")
    fact = render(coordinator(world), [told])[0][1]
    assert (told.recipient, fact.text, fact.quote) == (
        coordinator(world),
        f"{one.author.full_name} vill inte sammanföra",
        "Min handlar om cyklar.",
    )


@pytest.mark.parametrize("who", ["the coordinator", "somebody who has left"])
def test_neither_the_coordinator_nor_somebody_who_has_left_is_asked(world: World, who: str) -> None:
    gone = PersonFactory.create(department=world.home, is_active=False, deactivated_at=timezone.now())
    one = idea(coordinator(world) if who == "the coordinator" else gone)
    other = idea(world.people["author"])
    assert [row.person for row in propose(world, one, other).answers.all()] == [world.people["author"]]


def test_the_same_question_twice_is_one_and_another_waits_for_it_to_be_taken_back(world: World, pair: Any) -> None:
    one, other = pair
    assert propose(world, one, other) == propose(world, one, other)
    assert Notice.objects.filter(kind="contributions.merge_asked").count() == 2
    with pytest.raises(ValidationError, match="target"):
        propose(world, one, idea(world.people["same_department"]))


@pytest.mark.parametrize("target", ["itself", "merged", "draft"])
def test_what_cannot_be_asked(world: World, pair: Any, target: str) -> None:
    one, _other = pair
    named = {
        "itself": one,
        "merged": world.contribution(Kind.IDEA, Status.MERGED),
        "draft": world.contribution(Kind.IDEA, Status.DRAFT),
    }
    with pytest.raises(ValidationError):
        propose(world, one, named[target])
    with pytest.raises(PermissionDenied):
        merging.propose(by=world.person("author"), contribution=one, target=pair[1], reason="x")
    with pytest.raises(IllegalStep):
        propose(world, world.contribution(Kind.IDEA, Status.ADOPTED), one)
    assert not MergeProposal.objects.exists()


def test_an_answer_may_be_changed_until_it_is_no_longer_asked(world: World, pair: Any) -> None:
    one, other = pair
    proposal = propose(world, one, other)
    merging.answer(by=one.author, proposal=proposal, agrees=False, note="Nej.")
    merging.answer(by=one.author, proposal=proposal, agrees=True)
    merging.answer(by=one.author, proposal=proposal, agrees=True)
    assert Notice.objects.filter(kind="contributions.merge_answered").count() == 2
    with pytest.raises(ValidationError, match="note"):
        merging.answer(by=other.author, proposal=proposal, agrees=False)
    with pytest.raises(PermissionDenied):
        merging.answer(by=world.person("same_department"), proposal=proposal, agrees=True)
    merging.withdraw(by=coordinator(world), proposal=proposal)
    with pytest.raises(ValidationError):
        merging.answer(by=other.author, proposal=proposal, agrees=True)
    assert list(MergeAnswer.objects.order_by("pk").values_list("agrees", flat=True)) == [True, None]
    assert not Notice.objects.filter(kind="contributions.merge_asked", cancelled_at__isnull=True).exists()


# The rule


def test_the_rule_is_a_table_whose_last_row_always_holds() -> None:
    assert [rule.standing for rule in RULES] == list(Standing)
    assert RULES[-1].holds(Consent([], is_one_author=False, proposal=None))
    assert {rule.standing for rule in RULES if rule.problem} == {Standing.REFUSED, Standing.UNASKED, Standing.WAITING}


def test_unasked_waiting_refused_and_agreed(world: World, pair: Any) -> None:
    one, other = pair
    assert one.author.full_name in refusal(world, one, other)
    proposal = propose(world, one, other)
    said = refusal(world, one, other)
    assert ("Väntar på" in said, one.author.full_name in said, other.author.full_name in said) == (True, True, True)
    merging.answer(by=one.author, proposal=proposal, agrees=True)
    assert one.author.full_name not in refusal(world, one, other)
    merging.answer(by=other.author, proposal=proposal, agrees=False, note="Nej.")
    assert "vill inte" in refusal(world, one, other)
    merging.answer(by=other.author, proposal=proposal, agrees=True)
    merge(world, one, other)
    assert (fresh(one).status, fresh(one).merged_into_id) == (Status.MERGED, other.pk)
    assert MergeProposal.objects.get().closed_at == one.trail.get().at


def test_silence_for_five_working_days_is_no_no(world: World, pair: Any) -> None:
    one, other = pair
    asked_at = timezone.now() - datetime.timedelta(days=40)
    propose(world, one, other, now=asked_at)
    opens = add_working_days(timezone.localdate(asked_at), SILENCE)
    at = asked_at + (opens - timezone.localdate(asked_at)) - datetime.timedelta(days=1)
    refusal(world, one, other, now=at)
    merge(world, one, other, now=at + datetime.timedelta(days=1))
    assert fresh(one).status == Status.MERGED


def test_silence_never_outweighs_a_no(world: World, pair: Any) -> None:
    one, other = pair
    proposal = propose(world, one, other, now=timezone.now() - datetime.timedelta(days=40))
    merging.answer(by=one.author, proposal=proposal, agrees=False, note="Nej.")
    refusal(world, one, other)


def test_two_of_the_same_author_and_those_of_nobody_to_ask_are_merged_at_once(world: World) -> None:
    author = world.people["author"]
    one, other = idea(author), idea(author)
    merge(world, one, other)
    assert (fresh(one).status, Participant.objects.count()) == (Status.MERGED, 0)
    own = idea(coordinator(world))
    gone = idea(PersonFactory.create(department=world.home, is_active=False, deactivated_at=timezone.now()))
    with pytest.raises(ValidationError):
        propose(world, own, gone)
    merge(world, own, gone)


# People and counters


def test_people_come_along_where_they_may_read_and_leave_again(world: World) -> None:
    one = idea(world.people["other_department"])
    other = idea(world.people["author"], audience=Audience.ORGANISATION)
    follows = {
        role: Follow.objects.create(contribution=one, person=world.people[role]) for role in ("same_department", "other_organisation")
    }
    own = Follow.objects.create(contribution=other, person=world.people["unit_beneath"])
    Follow.objects.create(contribution=one, person=world.people["unit_beneath"])
    Follow.objects.create(contribution=one, person=world.people["author"])
    agreed(world, one, other)
    assert dict(Follow.objects.filter(contribution=other).values_list("person_id", "through_id")) == {
        world.people["other_department"].pk: one.pk,
        world.people["same_department"].pk: one.pk,
        world.people["unit_beneath"].pk: None,
    }
    assert Participant.objects.filter(contribution=other).values_list("person_id", "role", "through_id").get() == (
        one.author_id,
        ParticipantRole.COAUTHOR,
        one.pk,
    )
    reopen(world, one)
    assert list(Follow.objects.filter(contribution=other)) == [own]
    assert not Participant.objects.exists()
    assert set(Follow.objects.filter(contribution=one)) >= set(follows.values())


def test_nobody_comes_to_see_anything_by_a_merge(world: World) -> None:
    one = idea(world.people["other_organisation"], title="För alla")
    other = idea(world.people["author"], title="Bara för enheten", audience=Audience.DEPARTMENT)
    Follow.objects.create(contribution=one, person=world.people["other_department"])
    before = {role: set(Contribution.objects.visible_to(world.person(role))) for role in world.people}
    agreed(world, one, other)
    assert {role: set(Contribution.objects.visible_to(world.person(role))) for role in world.people} == before
    assert (Participant.objects.count(), Follow.objects.filter(contribution=other).count()) == (0, 0)
    (notice,) = Notice.objects.filter(kind="contributions.merge_done")
    fact = render(world.person("author"), [notice])[0][1]
    assert (fact.title, fact.url) == ("Bara för enheten", f"/ideas/{other.pk}/")
    page = client_of(world.person("other_organisation")).get(f"/ideas/{one.pk}/").content.decode()
    assert ("Bara för enheten" in page, "inte är delat med dig" in page) == (False, True)


def test_who_follows_by_their_own_word_afterwards_stays(world: World, pair: Any) -> None:
    one, other = pair
    for role in ("same_department", "unit_beneath"):
        Follow.objects.create(contribution=one, person=world.people[role])
    agreed(world, one, other)
    talk.follow(by=world.person("same_department"), contribution=other)
    reopen(world, one)
    assert Follow.objects.get(contribution=other).person == world.people["same_department"]


def test_support_counts_people_once_over_a_chain(world: World) -> None:
    a, b, c = (idea(world.people[role]) for role in ("other_department", "same_department", "author"))
    for about, roles in ((a, ("unit_beneath", "lead")), (b, ("lead", "participant")), (c, ("participant",))):
        for role in roles:
            talk.support(by=world.person(role), contribution=about, kind=SupportKind.GOOD)
    Follow.objects.create(contribution=a, person=world.people["lead"])
    agreed(world, a, b)
    agreed(world, b, c)
    assert [fresh(row).support_count for row in (a, b, c)] == [2, 3, 3]
    assert (beneath(c.pk), above(a.pk)) == ([c.pk, b.pk, a.pk], [b.pk, c.pk])
    assert dict(Participant.objects.filter(contribution=c).values_list("person_id", "through_id")) == {
        a.author_id: a.pk, b.author_id: b.pk,
    }  # fmt: skip
    talk.support(by=world.person("lead"), contribution=c, kind=SupportKind.HELP)
    assert [fresh(c).support_count, fresh(c).good_count, fresh(c).help_count] == [3, 3, 1]
    reopen(world, a)
    assert [fresh(row).support_count for row in (a, b, c)] == [2, 2, 2]
    assert not Follow.objects.filter(contribution__in=(b, c), person=world.people["lead"]).exists()
    assert dict(Participant.objects.filter(contribution=c).values_list("person_id", "through_id")) == {b.author_id: b.pk}
    with pytest.raises(ValidationError):
        merge(world, a, b)


def test_who_came_by_two_stays_by_the_other(world: World) -> None:
    a, b, c = (idea(world.people[role]) for role in ("other_department", "same_department", "author"))
    for about in (a, b):
        Follow.objects.create(contribution=about, person=world.people["lead"])
        agreed(world, about, c)
    assert Follow.objects.get(contribution=c, person=world.people["lead"]).through_id == a.pk
    reopen(world, a)
    assert Follow.objects.get(contribution=c, person=world.people["lead"]).through_id == b.pk


# Parting


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.TESTING, Status.PARKED, Status.NEEDS_AUTHOR])
def test_opened_again_it_stands_where_it_stood(world: World, status: Status) -> None:
    one, other = world.contribution(Kind.IDEA, status), world.contribution()
    merge(world, one, other)
    reopen(world, one)
    assert fresh(one).status == (one.resumes_as or status)
    assert (fresh(one).merged_into_id, fresh(one).resumes_as) == (None, "")


def test_undo_takes_back_people_counters_and_the_closing_of_the_question(world: World, pair: Any) -> None:
    one, other = pair
    talk.support(by=world.person("lead"), contribution=one, kind=SupportKind.NEED)
    proposal = propose(world, one, other)
    agree(proposal)
    merge(world, one, other)
    assert (fresh(other).support_count, Follow.objects.filter(contribution=other).count()) == (1, 1)
    advance(by=coordinator(world), contribution=one, step="undo")
    assert (fresh(other).support_count, Follow.objects.filter(contribution=other).count(), fresh(one).status) == (0, 0, one.status)
    assert MergeProposal.objects.get().closed_at is None
    merge(world, one, other)
    reopen(world, one)
    assert MergeProposal.objects.get().closed_at is not None
    advance(by=coordinator(world), contribution=one, step="undo")
    assert (fresh(one).status, fresh(other).support_count, Participant.objects.get().through_id) == (Status.MERGED, 1, one.pk)


def test_undoing_a_parting_never_makes_a_ring(world: World) -> None:
    one, other = world.contribution(), world.contribution()
    merge(world, one, other)
    reopen(world, one)
    merge(world, other, one)
    with pytest.raises(IllegalStep), transaction.atomic():
        advance(by=coordinator(world), contribution=one, step="undo")
    assert (fresh(one).merged_into_id, fresh(other).merged_into_id) == (None, one.pk)


@pytest.mark.parametrize("seed", range(4))
def test_merges_partings_and_undoings_in_any_order_leave_what_a_recount_gives(world: World, seed: int) -> None:
    """T34 for merging: whatever happens, counters equal a naive recount and every row that came by a merge is owed to one that stands."""
    chance = random.Random(seed)
    people = [world.works(world.home) for _ in range(6)]
    ideas = [idea(world.people["author"]) for _ in range(6)]
    for about in ideas:
        Support.objects.bulk_create(
            Support(contribution=about, person=person, kind=chance.choice(SupportKind.values)) for person in chance.sample(people, 3)
        )
        Follow.objects.bulk_create(Follow(contribution=about, person=person) for person in chance.sample(people, 2))
    own = set(Follow.objects.values_list("contribution_id", "person_id"))
    counted = False
    for _ in range(40):
        about, act = chance.choice(ideas), chance.choice(("merge", "merge", "reopen", "undo", "support"))
        try:
            with transaction.atomic():
                match act:
                    case "merge":
                        merge(world, about, chance.choice(ideas))
                    case "reopen":
                        reopen(world, about)
                    case "undo":
                        advance(by=coordinator(world), contribution=about, step="undo")
                    case "support":
                        talk.support(by=chance.choice(people), contribution=about, kind=SupportKind.GOOD, on=chance.random() < 0.6)
        except (ValidationError, IllegalStep, PermissionDenied):
            continue
        counted = True
        touched = {row.pk for row in Contribution.objects.filter(support_count__gt=0)}
        assert naive(touched) == {row.pk: row.support_count for row in Contribution.objects.filter(pk__in=touched)}, act
        assert brought() == owed(own), act
    assert counted


def naive(pks: set[int]) -> dict[int, int]:
    parents = dict(Contribution.objects.values_list("pk", "merged_into_id"))
    people: dict[int, set[int]] = {pk: set() for pk in parents}
    for support in Support.objects.all():
        pk: int | None = support.contribution_id
        while pk:
            people[pk].add(support.person_id)
            pk = parents[pk]
    return {pk: len(people[pk]) for pk in pks}


def brought() -> set[tuple[int, int]]:
    return set(Follow.objects.filter(through__isnull=False).values_list("contribution_id", "person_id"))


def owed(own: set[tuple[int, int]]) -> set[tuple[int, int]]:
    parents = dict(Contribution.objects.values_list("pk", "merged_into_id"))
    result = set()
    for pk, person in own:
        host = parents[pk]
        while host:
            result.add((host, person))
            host = parents[host]
    return result - own


# Pages


def test_the_preview_says_what_will_happen_and_changes_nothing(world: World) -> None:
    one = idea(world.people["other_department"], title="Karta över snö")
    other = idea(world.people["author"], title="Karta över is", audience=Audience.DEPARTMENT)
    for about in (one, other):
        talk.support(by=world.person("same_department"), contribution=about, kind=SupportKind.GOOD)
    client, url = client_of(coordinator(world)), address(one, "merge")
    first = client.get(url).content.decode()
    assert ('name="preview"' in first, "Karta över is" in first, 'name="ask"' in first) == (True, True, False)
    answer = client.post(url, {"target": str(other.pk), "reason": "", "preview": "1", "version": one.version})
    page = answer.content.decode()
    assert (answer.status_code, 'name="ask"' in page, "1 person stöder den sammanlagt" in page) == (200, True, True)
    assert f"{one.author.full_name} får inte läsa den andra" in page
    assert (fresh(one).status, MergeProposal.objects.count()) == (one.status, 0)
    numbers = preview(one, other)
    assert (numbers.supporters, numbers.joining, numbers.author_may_read, numbers.host_may_read) == (1, 0, False, True)
    assert (numbers.losing, numbers.readers) == (len(ROLES_WITHOUT_HOME(world)), Person.objects.filter(is_active=True).count())


def ROLES_WITHOUT_HOME(world: World) -> set[int]:  # noqa: N802
    other = {row.pk for row in Person.objects.filter(is_active=True)}
    target = Contribution.objects.get(title="Karta över is")
    return {pk for pk in other if target not in Contribution.objects.visible_to(Person.objects.with_place().get(pk=pk))}


def test_ask_answer_and_merge_by_the_pages(world: World, pair: Any) -> None:
    one, other = pair
    client, url = client_of(coordinator(world)), address(one, "merge")
    fields = {"target": str(other.pk), "reason": "De vill samma sak."}
    refused = client.post(url, fields)
    assert (refused.status_code, 'href="#id_target' in refused.content.decode(), "De vill samma sak." in refused.content.decode()) == (
        422,
        True,
        True,
    )
    assert client.post(url, {**fields, "ask": "1"}).status_code == 303
    proposal = MergeProposal.objects.get()
    question = f"/contributions/{one.pk}/merge/{proposal.pk}/"
    page = client.get(url).content.decode()
    assert ("har inte svarat än" in page, "De vill samma sak." in page, "Sammanför dem" in page) == (True, True, False)
    assert question in read(world, "other_department", one)
    assert question in read(world, "author", other)
    assert question not in read(world, "same_department", one)
    for author in (one.author, other.author):
        theirs = client_of(author)
        assert theirs.get(question).status_code == 200
        wrong = theirs.post(question, {"agrees": "no", "note": " "})
        assert (wrong.status_code, 'href="#id_note"' in wrong.content.decode()) == (422, True)
        assert theirs.post(question, {"agrees": "yes"}).status_code == 303
    assert "Sammanför dem" in client.get(url).content.decode()
    assert client.post(url, fields).status_code == 303
    assert fresh(one).merged_into_id == other.pk
    assert client_of(one.author).post(question, {"agrees": "yes"}).status_code == 422
    assert "1 person som kom med följer inte längre" in client.get(address(one, "reopen")).content.decode()


def test_who_may_see_a_question(world: World, pair: Any) -> None:
    one, other = pair
    proposal = propose(world, one, other)
    urls = [f"/contributions/{one.pk}/merge/{proposal.pk}/", f"/contributions/{one.pk}/merge/{proposal.pk}/withdraw/"]
    answers = {
        role: [client_of(world.person(role)).get(urls[0]).status_code, client_of(world.person(role)).post(urls[0]).status_code]
        for role in ("author", "other_department", "same_department", "group_coordinator", "other_organisation_coordinator", "admin")
    }
    assert answers == {
        "author": [200, 422],
        "other_department": [200, 422],
        "same_department": [404, 404],
        "group_coordinator": [200, 403],
        "other_organisation_coordinator": [404, 404],
        "admin": [404, 404],
    }
    assert client_of(one.author).post(urls[1]).status_code == 403
    assert client_of(world.person("group_coordinator")).get(f"/contributions/{other.pk}/merge/{proposal.pk}/").status_code == 404
    assert client_of(world.person("group_coordinator")).post(urls[1]).status_code == 303
    assert MergeProposal.objects.get().closed_at is not None


def test_an_author_is_asked_without_being_shown_what_is_not_shared_with_them(world: World) -> None:
    one = idea(world.people["other_organisation"], title="Öppen för alla")
    other = idea(world.people["author"], title="Enhetens egen", audience=Audience.DEPARTMENT)
    proposal = propose(world, one, other)
    url = f"/contributions/{one.pk}/merge/{proposal.pk}/"
    for page in (client_of(one.author).get(url).content.decode(), read(world, "other_organisation", one)):
        assert ("Enhetens egen" in page, "inte delad med dig" in page or "inte är delad med dig" in page) == (False, True)
    (notice,) = Notice.objects.filter(kind="contributions.merge_asked", recipient=one.author)
    fact = render(one.author, [notice])[0][1]
    assert (fact.title, fact.url, fact.act) == ("Öppen för alla", url, "Svara")
    assert "Enhetens egen" in client_of(other.author).get(url).content.decode()


def test_words_of_a_question_and_its_answers_are_masked(world: World, pair: Any) -> None:
    one, other = pair
    proposal = merging.propose(by=coordinator(world), contribution=one, target=other, reason="Båda nämner Nils Larsson.")
    merging.answer(by=one.author, proposal=proposal, agrees=False, note="Nils Larsson är min granne.")
    moderation.mask(by=coordinator(world), contribution=other, words="Nils Larsson")
    assert MergeProposal.objects.get().reason == "Båda nämner […]."
    assert proposal.answers.get(agrees=False).note == "[…] är min granne."


@pytest.mark.parametrize("number", [1, 3])
def test_the_pages_cost_the_same_however_many(world: World, pair: Any, number: int, django_assert_num_queries: Any) -> None:
    one, other = pair
    for role in ("same_department", "unit_beneath", "lead")[:number]:
        Follow.objects.create(contribution=one, person=world.people[role])
        talk.support(by=world.person(role), contribution=one, kind=SupportKind.GOOD)
    proposal = propose(world, one, other)
    author, asking = client_of(one.author), client_of(coordinator(world))
    with django_assert_num_queries(11):
        assert author.get(f"/contributions/{one.pk}/merge/{proposal.pk}/").status_code == 200
    with django_assert_num_queries(11):
        assert asking.get(address(one, "merge")).status_code == 200
