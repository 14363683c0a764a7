"""The texts hang together before anybody loads them."""

from __future__ import annotations

import csv
import dataclasses
from collections import Counter
from collections.abc import Iterator

import pytest

from contributions.enums import Audience, Kind, ReasonCode, TouchedGroup
from kiruna_innovation.demo import texts
from kiruna_innovation.demo.accounts import ADDRESSES
from kiruna_innovation.demo.texts import Story

STORIES = texts.stories()
PEOPLE = {person.key: person for person in texts.people()}
with texts.GROUP.open(encoding="utf-8", newline="") as rows:
    GROUP = list(csv.DictReader(rows))

each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.key)


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from strings(inner)


def named(story: Story) -> set[str]:
    everybody = {
        story.by,
        story.reader,
        *story.leads,
        *story.coauthors,
        *story.invited,
        *story.follow,
        *story.need,
        *story.recognise,
        *(one.by for one in story.differ),
        *(offer.by for offer in story.help),
        *(comment.by for comment in story.comments),
        *(step.by for step in story.steps),
        *(proposed.by for proposed in story.proposed),
        *(key for draft in story.drafts for key in (draft.by, draft.reader)),
        *(key for one in story.assessments for key in (one.by, *one.asked)),
        *(step.to for step in story.steps if step.do == "assign"),
    }
    return everybody - {""}


def ago(at: str) -> tuple[int, str]:
    """Sorts as time does."""
    days, clock = at.split()
    return -int(days), clock


def test_the_demo_is_as_large_as_promised() -> None:
    kinds = Counter(story.kind for story in STORIES)
    comments = sum(len(story.comments) for story in STORIES)
    assert (len(STORIES), kinds, len(PEOPLE), comments > 200) == (62, {Kind.IDEA: 44, Kind.CHALLENGE: 18}, 123, True)


def test_every_department_has_somebody() -> None:
    assert {person.department for person in PEOPLE.values()} == {row["code"] for row in GROUP}


def test_people_have_addresses_of_their_own_organisation() -> None:
    domains = {"Kiruna kommun": "kiruna.example", "Tekniska Verken i Kiruna AB": "tvk.example", "Kirunabostäder AB": "kbab.example"}
    expected = {row["code"]: domains[row["organisation"]] for row in GROUP}
    assert [p.email for p in PEOPLE.values() if not p.email.endswith(f"@{expected[p.department]}")] == []
    emails = [person.email for person in PEOPLE.values()]
    assert len(set(emails)) == len(emails)
    assert set(ADDRESSES) < set(emails)


def test_all_audiences_reasons_and_groups_occur() -> None:
    assert {story.audience for story in STORIES} == set(Audience.values)
    assert {step.reason_code for story in STORIES for step in story.steps if step.do == "decline"} == set(ReasonCode.values)
    assert {group for story in STORIES for group in story.groups} == set(TouchedGroup.values)


@each_story
def test_names_exist(story: Story) -> None:
    assert named(story) <= set(PEOPLE)
    assert set(story.touched) <= {row["code"] for row in GROUP}
    assert {story.answers, *(step.target for step in story.steps)} - {""} <= {other.key for other in STORIES}


@each_story
def test_nobody_supports_twice_or_their_own(story: Story) -> None:
    supporters = [offer.by for offer in story.help] + list(story.need)
    assert len(set(supporters)) == len(supporters)
    assert story.by not in supporters


@each_story
def test_talk_comes_in_order_and_answers_first_comments(story: Story) -> None:
    times = [ago(comment.at) for comment in story.comments]
    assert times == sorted(times)
    assert all(at > ago(story.at) for at in times)
    for number, comment in enumerate(story.comments, 1):
        assert comment.re < number
        assert not comment.re or story.comments[comment.re - 1].re == 0


@each_story
def test_those_asked_assess_ideas_that_answer_it_by_every_criterion_in_order(story: Story) -> None:
    ideas = {other.key for other in STORIES if other.answers == story.key}
    for one in story.assessments:
        times = [ago(one.at), *(ago(scored.at) for scored in one.scored), *(ago(reply.at) for reply in one.replies)]
        assert times == sorted(times)
        assert {scored.by for scored in one.scored} <= set(one.asked)
        assert {key for scored in one.scored for key in (*scored.ideas, *scored.notes)} == ideas
        assert {len(numbers) for scored in one.scored for numbers in scored.ideas.values()} == {len(one.criteria)}
        noted = {(scored.by, key) for scored in one.scored for key in scored.notes}
        assert {(reply.to, reply.about) for reply in one.replies} <= noted


@each_story
def test_steps_come_in_order_and_say_what_was_learnt(story: Story) -> None:
    times = [ago(story.at)] + [ago(step.at) for step in story.steps]
    assert times == sorted(times)
    for step in story.steps:
        learnt = bool(step.believed and step.tried and step.happened)
        assert learnt == bool(step.believed or step.tried or step.happened or step.next)
        assert learnt or not (step.do == "learn" or step.do.startswith("back"))
        assert bool(step.decision) == bool(step.decided_by) == bool(step.dnr)


@each_story
def test_the_words_are_plain(story: Story) -> None:
    assert len(story.title) <= 100
    assert story.kind == (Kind.IDEA if story.proposal or story.is_draft else Kind.CHALLENGE)
    written = list(strings(dataclasses.asdict(story)))
    assert [text for text in written if "!" in text or text != text.strip() or " - " in text] == []
