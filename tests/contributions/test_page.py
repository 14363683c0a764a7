"""The pages of an idea and of a challenge: the same few queries whatever hangs on them, and nothing shown that is not shared."""

from __future__ import annotations

import datetime
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from challenges.models import Challenge, Why
from contributions.actions import talk
from contributions.enums import Audience, Kind, Status, SupportKind
from contributions.lifecycle import advance
from contributions.models import Comment, Contribution, Follow, Support
from contributions.statuses import STATUSES
from organisation.models import Person
from tests.contributions.test_lifecycle import LEARNT, values_of
from tests.contributions.test_talk import client_of, say
from tests.contributions.world import World
from tests.factories import IdeaFactory


def read(world: World, role: str, about: Contribution, query: str = "") -> str:
    kind = "ideas" if about.kind == Kind.IDEA else "challenges"
    answer = client_of(world.person(role)).get(f"/{kind}/{about.pk}/{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def busy(world: World, kind: Kind, number: int) -> Contribution:
    """With that many of everything."""
    about = world.contribution(kind)
    people = [world.works(world.abroad if place % 2 else world.home) for place in range(number)]
    comments = [Comment(contribution=about, author=person, body="Hej.", body_html="<p>Hej.</p>") for person in people]
    Comment.objects.bulk_create(comments)
    Comment.objects.bulk_create(
        Comment(contribution=about, author=one.author, parent=one, body="Ja.", body_html="<p>Ja.</p>") for one in comments
    )
    Support.objects.bulk_create(Support(contribution=about, person=person, kind=SupportKind.HELP, note="Jag kan.") for person in people)
    Follow.objects.bulk_create(Follow(contribution=about, person=person) for person in people)
    for person in people[:10]:
        IdeaFactory.create(author=person, answers_id=about.pk)
        about.touched.add(person.department)
        advance(by=world.person("organisation_coordinator"), contribution=about, step="learn", values=LEARNT)
        advance(by=world.person("organisation_coordinator"), contribution=about, step="decide", values=values_of(world))
    if kind == Kind.CHALLENGE:
        Why.objects.bulk_create(Why(contribution=about, position=n, question="Varför?", answer="Därför.") for n in range(min(number, 10)))
    return about


QUERIES = {"same_department": 10, "author": 10, "lead": 10, "organisation_coordinator": 11, "department_coordinator": 11, "admin": 10}
"""Session, person, roles (departments beneath them too where the role has any), bell, the coordinator's queue; then the row, its
participants, the trail, comments, those who are with, what belongs together."""


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("number", [1, 3, 100])
def test_the_same_queries_however_much_there_is(world: World, kind: Kind, number: int, django_assert_num_queries: Any) -> None:
    about = busy(world, kind, number)
    for role, queries in QUERIES.items():
        client = client_of(world.person(role))
        with django_assert_num_queries(queries + (kind == Kind.CHALLENGE)):  # what the stage has found
            answer = client.get(about.get_absolute_url())
        assert answer.status_code == 200


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("role", ["author", "same_department", "lead", "organisation_coordinator"])
def test_every_status_has_its_page(world: World, kind: Kind, role: str) -> None:
    for status in STATUSES[kind]:
        if status == Status.DRAFT and role != "author":
            continue
        about = world.contribution(kind, status)
        assert about.title in read(world, role, about)


def test_older_comments_are_a_page_on(world: World) -> None:
    about = world.contribution()
    for number in range(120):
        Comment.objects.create(
            contribution=about, author=world.people["lead"], body="x", body_html=f"<p>nr {number} här</p>",
            created_at=timezone.now() - datetime.timedelta(minutes=number // 2),
        )  # fmt: skip
    seen, query = [], ""
    for _page in range(3):
        page = read(world, "author", about, query)
        seen += [number for number in range(120) if f"nr {number} här" in page]
        query = page.partition('href="?before=')[2].partition("#")[0]
        query = f"?before={query}" if query else ""
    assert sorted(seen) == list(range(120))
    assert query == ""


@pytest.mark.parametrize(
    "query", ["?before=0", "?before=hej", "?before=-1", "?before=9999999999999999999999", "?reply=x", "?reply=%00", "?reply=999999"]
)
def test_a_strange_address_is_only_the_page(world: World, query: str) -> None:
    about = world.contribution()
    say(world, "lead", about)
    assert about.title in read(world, "author", about, query)


def test_the_answer_form_stands_by_the_comment_answered(world: World) -> None:
    about = world.contribution()
    comment = say(world, "lead", about)
    page = read(world, "author", about, f"?reply={comment.pk}")
    assert page.index(f'id="comment-{comment.pk}"') < page.index('id="reply"')
    assert (page.count('name="body"'), f'name="parent" value="{comment.pk}"' in page) == (1, True)


def test_what_belongs_together_is_shown_as_far_as_it_is_shared(world: World) -> None:
    challenge = world.contribution(Kind.CHALLENGE, Status.OPEN_FOR_IDEAS)
    home = {"author": world.people["author"], "answers_id": challenge.pk}
    IdeaFactory.create(title="Delad idé", **home)
    IdeaFactory.create(title="Enhetens idé", audience=Audience.DEPARTMENT, **home)
    IdeaFactory.create(title="Utkast till idé", status=Status.DRAFT, **home)
    titles = {
        role: {title for title in ("Delad idé", "Enhetens idé", "Utkast till idé") if title in read(world, role, challenge)}
        for role in ("other_organisation", "same_department", "author")
    }
    assert titles == {
        "other_organisation": {"Delad idé"},
        "same_department": {"Delad idé", "Enhetens idé"},
        "author": {"Delad idé", "Enhetens idé"},
    }


def test_what_it_was_merged_into_is_named_only_to_who_may_see_it(world: World) -> None:
    target = world.contribution(title="Hemligt mål", audience=Audience.DEPARTMENT)
    about = world.contribution()
    advance(
        by=world.person("organisation_coordinator"), contribution=about, step="merge", values={"target": target, "reason": "Samma sak."}
    )
    assert "Hemligt mål" in read(world, "same_department", about)
    page = read(world, "other_organisation", about)
    assert ("Hemligt mål" in page, "som inte är delat med dig" in page) == (False, True)


def test_an_undone_step_is_shown_as_taken_back_and_its_learning_is_none(world: World) -> None:
    about, coordinator = world.contribution(Kind.IDEA, Status.TESTING), world.person("organisation_coordinator")
    advance(by=coordinator, contribution=about, step="back_to_planned", values={**LEARNT, "learning_happened": "Den sprack i kylan."})
    assert "Den sprack i kylan." in read(world, "same_department", about)
    advance(by=coordinator, contribution=about, step="undo")
    page = read(world, "same_department", about)
    assert ("Den sprack i kylan." in page, "Ångrat direkt." in page) == (False, True)


def test_the_old_address_of_what_changed_kind_leads_on(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("same_department"))
    advance(by=world.person("organisation_coordinator"), contribution=about, step="convert", values={"reason": "x"})
    for address in (f"/ideas/{about.pk}/", f"/contributions/{about.pk}/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, f"/challenges/{about.pk}/")
    assert client.get(f"/challenges/{about.pk}/").status_code == 200


def test_what_one_may_not_know_of_is_not_found_by_any_address(world: World) -> None:
    about, client = world.contribution(audience=Audience.DEPARTMENT), client_of(world.person("other_organisation"))
    for address in ("ideas", "challenges", "contributions"):
        for pk in (about.pk, 0, 10**9, 10**30):
            assert client.get(f"/{address}/{pk}/").status_code == 404


def test_author_and_reader_find_their_own_acts(world: World) -> None:
    about = world.contribution(audience=Audience.DEPARTMENT)
    step = f"/contributions/{about.pk}/steps/"
    acts = {
        role: {name for name in ("withdraw", "widen", "explore", "decline", "learn", "decide") if f'href="{step}{name}/"' in page}
        | {name for name in ("support", "follow", "comments") if f'action="/contributions/{about.pk}/{name}/"' in page}
        | {name for name in ("report", "moderate") if f'href="/contributions/{about.pk}/{name}/"' in page}
        for role in ("author", "same_department", "lead", "organisation_coordinator")
        for page in [read(world, role, about)]
    }
    assert acts == {
        "author": {"withdraw", "widen", "learn", "comments"},
        "same_department": {"support", "follow", "comments", "report"},
        "lead": {"support", "follow", "comments", "report", "learn"},
        "organisation_coordinator": {"explore", "decline", "learn", "decide", "support", "follow", "comments", "moderate"},
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "Du får svar senast"),
        ({"promised_on": datetime.date(2020, 1, 7)}, "dagar sent"),
        ({"status": Status.PARKED}, "Parkerad till"),
        ({"status": Status.NEEDS_AUTHOR}, "En fråga väntar på dig"),
        ({"status": Status.DRAFT}, "Ingen annan ser det, inte ens koordinatorn"),
        ({"status": Status.MERGED}, "Lever vidare i"),
    ],
    ids=["promised", "late", "parked", "asked", "draft", "merged"],
)
def test_what_happens_next_is_said_first(world: World, change: dict[str, Any], says: str) -> None:
    page = read(world, "author", world.contribution(Kind.IDEA, **change))
    assert says in page[: page.index("Problemet")]


def test_text_that_people_write_is_shown_and_never_run(world: World) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) {{ 7|add:7 }} <b hx-get="/">x</b>'
    about = world.contribution(title=evil[:120], problem=evil, proposal=evil)
    talk.comment(by=world.person("lead"), contribution=about, body=evil, token=uuid.uuid4())
    talk.support(by=world.person("lead"), contribution=about, kind=SupportKind.HELP, note=evil)
    advance(
        by=world.person("organisation_coordinator"),
        contribution=about,
        step="decline",
        values={**values_of(world), "reason": evil, "change": evil},
    )
    page = read(world, "author", about)
    assert not any(bad in page for bad in ("<script>alert", "<img src=x", "<b hx-get", 'href="javascript'))
    assert "&lt;script&gt;alert(1)" in page


# The challenge's own


def test_a_challenge_shows_its_stages_its_understanding_and_its_window(world: World) -> None:
    about, coordinator = world.contribution(Kind.CHALLENGE), world.person("organisation_coordinator")
    advance(by=coordinator, contribution=about, step="understand", values={"reason": "Vi lyssnar."})
    Challenge.objects.filter(pk=about.pk).update(root_problem="Nyckeln följer fel person.")
    Why.objects.create(contribution=about, position=1, question="Varför sent?", answer="Nyckeln ligger på kontoret.")
    advance(
        by=coordinator, contribution=about, step="open", values={"reason": "Nu.", "closes_on": world.today + datetime.timedelta(days=9)}
    )
    page = read(world, "same_department", about)
    stages = page[page.index('class="stages"') : page.index("</ol>", page.index('class="stages"'))]
    assert (stages.count('class="done"'), stages.count("<li"), stages.index('aria-current="step"') < stages.index("Idéer")) == (1, 5, True)
    for words in (
        "Nyckeln följer fel person.",
        "Varför sent?",
        "Nyckeln ligger på kontoret.",
        "Idéer tas emot till och med",
        f"/ideas/new/?answers={about.pk}",
    ):
        assert words in page
    Challenge.objects.filter(pk=about.pk).update(ideas_close_at=timezone.now())
    page = read(world, "same_department", about)
    assert (f"?answers={about.pk}" in page, "Idétiden tog slut" in page) == (False, True)


def test_a_step_back_is_said_in_words_with_what_was_learnt(world: World) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.ACTION_PLAN)
    advance(by=world.person("organisation_coordinator"), contribution=about, step="back_to_understanding", values=LEARNT)
    assert "Vi gick tillbaka från Handlingsplan till Förstå" in read(world, "same_department", about)
    assert "Den var för tung." in read(world, "same_department", about)


@pytest.mark.parametrize(
    ("role", "may"), [("lead", True), ("organisation_coordinator", True), ("author", False), ("same_department", False)]
)
def test_leads_and_coordinators_write_down_what_is_understood(world: World, role: str, may: bool) -> None:
    about = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING)
    assert ("Skriv ner det vi har förstått" in read(world, role, about)) is may


def test_the_proposal_a_challenge_began_with_is_kept_in_sight(world: World) -> None:
    about = world.contribution(proposal="Sanda klockan sex.")
    advance(by=world.person("organisation_coordinator"), contribution=about, step="convert", values={"reason": "x"})
    assert "Sanda klockan sex." in read(world, "same_department", Contribution.objects.get(pk=about.pk))


def test_english_for_those_who_chose_it(world: World) -> None:
    about = world.contribution()
    Person.objects.filter(pk=world.people["author"].pk).update(language="en")
    assert "You get an answer by" in read(world, "author", about)


def test_nobody_reads_without_signing_in(world: World) -> None:
    about = world.contribution()
    answer = Client().get(about.get_absolute_url())
    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next=/ideas/{about.pk}/")
