"""The pages on which two contributions are merged."""

from __future__ import annotations

from typing import Any

import pytest

from contributions.actions import merging, moderation, talk
from contributions.enums import Audience, SupportKind
from contributions.models import Contribution, Follow, MergeProposal
from contributions.queries.merging import preview
from notifications.messages import render
from notifications.models import Notice
from organisation.models import Person
from tests.contributions.merges import coordinator, fresh, idea, propose
from tests.contributions.test_page import read
from tests.contributions.test_steps import address
from tests.contributions.test_talk import client_of
from tests.contributions.world import World

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
