"""The loaded demo is a true history: every rule that the actions keep holds of it."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

import pytest
import time_machine
from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import F, Q
from django.test import override_settings
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from challenges.models import Assessment, Challenge, NoteReply, Why
from challenges.queries.assessing import assessable, assessors_of, results
from challenges.queries.leading import standing
from contributions.enums import HelpKind, Kind, Status, SupportKind
from contributions.models import Comment, Contribution, Follow, Mention, MergeProposal, SearchRow, Support, TrailEntry
from contributions.promise import promise_day
from contributions.queries.drafting import drafts_for
from contributions.rules import may_see
from contributions.statuses import STATUSES, WAY
from ideas.models import Idea
from kiruna_innovation.demo.accounts import ADDRESSES, PASSWORD
from kiruna_innovation.demo.load import load
from lib.markdown import render
from lib.working_days import working_days_between
from notifications.enums import MailState
from notifications.models import Notice
from organisation.enums import Role
from organisation.models import Department, Person, RoleAssignment
from tests.contributions.test_talk import client_of
from triage.enums import Tab
from triage.queries import queue

MONDAY_MORNING = datetime.datetime(2026, 11, 23, 8, 30, tzinfo=datetime.UTC)


pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The demo, loaded once for this file and taken back afterwards."""
    with django_db_blocker.unblock(), time_machine.travel(MONDAY_MORNING), transaction.atomic():
        with override_settings(DEMO=True):
            load()
        yield
        transaction.set_rollback(True)


@pytest.mark.usefixtures("demo")
class TestHistory:
    def test_every_status_of_both_kinds_occurs(self) -> None:
        found = set(Contribution.objects.values_list("kind", "status"))
        missing = {(kind, status) for kind in Kind for status in STATUSES[kind]} - found
        assert missing == {(Kind.CHALLENGE, Status.NEEDS_AUTHOR), (Kind.CHALLENGE, Status.MERGED)}

    def test_each_has_the_child_of_its_kind_and_a_search_row(self) -> None:
        assert set(Idea.objects.values_list("pk", flat=True)) == set(ids(Q(kind=Kind.IDEA)))
        assert set(Challenge.objects.values_list("pk", flat=True)) == set(ids(Q(kind=Kind.CHALLENGE)))
        assert set(SearchRow.objects.values_list("pk", flat=True)) == set(ids(Q()))
        assert SearchRow.objects.get(title="Nycklar som inte finns där de behövs").body.endswith("inte den som behöver den härnäst.")

    def test_trails_lead_without_a_gap_to_where_each_stands(self) -> None:
        for contribution in Contribution.objects.prefetch_related("trail"):
            entries = list(contribution.trail.all())
            assert [entry.step for entry in entries[:1]] == ([] if contribution.is_draft else ["submit"])
            assert all(earlier.to_status == later.from_status for earlier, later in pairwise(entries))
            assert (entries[-1].to_status if entries else Status.DRAFT) == contribution.status
            assert entries[0].at == contribution.submitted_at if entries else contribution.submitted_at is None

    def test_nothing_happens_in_the_future_or_on_a_sunday(self) -> None:
        times = [
            *TrailEntry.objects.values_list("at", flat=True),
            *Comment.objects.values_list("created_at", flat=True),
            *Support.objects.values_list("created_at", flat=True),
            *Contribution.objects.values_list("last_activity_at", flat=True),
            *Notice.objects.values_list("due_at", flat=True),
        ]
        assert max(times) < timezone.now()
        assert {timezone.localtime(at).weekday() for at in TrailEntry.objects.values_list("at", flat=True)} <= set(range(5))

    def test_talk_comes_after_sending_and_support_before_closing(self) -> None:
        early = Q(created_at__lt=F("contribution__submitted_at")) | Q(contribution__status=Status.DRAFT)
        assert not Comment.objects.filter(early).exists()
        assert not Support.objects.filter(early).exists()
        for entry in TrailEntry.objects.filter(to_status__in=(Status.DECLINED, Status.MERGED), from_status__in=WAY[Kind.IDEA]):
            assert not Support.objects.filter(contribution=entry.contribution_id, created_at__gt=entry.at).exists()

    def test_counters_equal_rows(self) -> None:
        for contribution in Contribution.objects.prefetch_related("comments"):
            supports = Support.objects.filter(Q(contribution=contribution) | Q(contribution__merged_into=contribution))
            kinds = Counter(kind for _person, kind in set(supports.values_list("person_id", "kind")))
            assert (
                contribution.comment_count,
                contribution.support_count,
                contribution.good_count,
                contribution.help_count,
                contribution.need_count,
            ) == (
                len([comment for comment in contribution.comments.all() if not comment.is_internal]),
                len(set(supports.values_list("person_id", flat=True))),
                kinds[SupportKind.GOOD],
                kinds[SupportKind.HELP],
                kinds[SupportKind.NEED],
            )
        assert Support.objects.count() > 800

    def test_authors_were_asked_before_a_merge_and_one_question_waits_for_the_employee(self) -> None:
        for entry in TrailEntry.objects.filter(step="merge").select_related("contribution__merged_into"):
            proposal = MergeProposal.objects.get(contribution=entry.contribution_id, target=entry.contribution.merged_into)
            assert (proposal.closed_at, proposal.created_at < entry.at) == (entry.at, True)
            assert set(proposal.answers.values_list("agrees", flat=True)) == {True}
            assert Follow.objects.filter(contribution=proposal.target, through=entry.contribution_id).exists()
        waiting = MergeProposal.objects.get(closed_at__isnull=True)
        assert waiting.answers.filter(agrees__isnull=True).values_list("person__email", flat=True).get() == "medarbetare@kiruna.example"

    def test_the_last_activity_is_the_latest_row(self) -> None:
        for contribution in Contribution.objects.sent().prefetch_related("comments", "supports", "trail"):
            said = [comment.created_at for comment in contribution.comments.all() if not comment.is_internal]
            given = [support.created_at for support in contribution.supports.all()]
            assert contribution.last_activity_at == max(*said, *given, *(entry.at for entry in contribution.trail.all()))

    def test_promises_are_the_lifecycles(self) -> None:
        for contribution in Contribution.objects.sent().with_place():
            assert contribution.promised_on is not None
            assert contribution.submitted_at is not None
            given = promise_day(contribution.home_organisation or contribution.owner_organisation, local_day(contribution.submitted_at))
            assert contribution.promised_on >= given
            answered = TrailEntry.objects.filter(contribution=contribution).exclude(
                step__in=("submit", "assign", "ask", "reply", "learn", "decide", "hand_over")
            )
            first = answered.order_by("at").values_list("at", flat=True).first()
            assert contribution.answered_at == first

    def test_promises_due_late_and_paused(self) -> None:
        today = timezone.localdate()
        waiting = Contribution.objects.awaiting_answer()
        running = waiting.filter(promise_paused_at__isnull=True).values_list("promised_on", flat=True)
        days = [working_days_between(today, day) for day in running if day]
        assert (len([day for day in days if day < 0]), len([day for day in days if 0 <= day <= 2])) == (2, 4)
        assert waiting.filter(promise_paused_at__isnull=False).count() == 2

    def test_everybody_may_see_what_they_talk_about(self) -> None:
        rows = [
            *((row.author, row.contribution) for row in Comment.objects.select_related("author__department", "contribution__department")),
            *((row.person, row.contribution) for row in Support.objects.select_related("person__department", "contribution__department")),
            *((row.person, row.contribution) for row in Follow.objects.select_related("person__department", "contribution__department")),
        ]
        assert len(rows) > 1000
        assert [(str(person), str(contribution)) for person, contribution in rows if not may_see(person, contribution)] == []

    def test_comments_are_rendered_and_their_authors_follow(self) -> None:
        for comment in Comment.objects.filter(is_internal=False).select_related("contribution"):
            assert comment.body_html == str(render(comment.body)) or comment.mentions.exists()
            by_author = comment.author_id == comment.contribution.author_id
            assert by_author or Follow.objects.filter(contribution=comment.contribution_id, person=comment.author_id).exists()

    def test_people_are_named_comments_changed_notes_internal_and_help_is_with_something(self) -> None:
        named = Mention.objects.values_list("person__family_name", "comment__is_internal")
        assert sorted(named) == [("Kero", False), ("Niemi", False), ("Stöckel", True)]
        for mention in Mention.objects.select_related("comment"):
            assert f'<a href="/network/people/{mention.person_id}/">@' in mention.comment.body_html
            assert Notice.objects.get(kind="contributions.mentioned", ids__comment=mention.comment_id).recipient_id == mention.person_id
        assert Comment.objects.exclude(edited_at=None).filter(edited_at__gt=F("created_at")).count() == 1
        assert {value for given in Support.objects.values_list("help_with", flat=True) for value in given} == set(HelpKind)
        assert not Support.objects.exclude(department=F("person__department")).exists()
        assert not Support.objects.filter(department=None).exists()

    def test_challenges_have_whys_and_windows(self) -> None:
        open_now = Challenge.objects.filter(status=Status.OPEN_FOR_IDEAS)
        assert [challenge.is_open_for_ideas for challenge in open_now] == [True] * 4
        closing = [timezone.localtime(c.ideas_close_at) - datetime.timedelta(seconds=1) for c in open_now if c.ideas_close_at]
        assert 4 in {day.weekday() for day in closing if day - timezone.now() < datetime.timedelta(days=8)}
        assert Why.objects.values("contribution").distinct().count() == Challenge.objects.exclude(root_problem="").count()

    def test_declines_say_what_would_change_our_mind(self) -> None:
        declines = TrailEntry.objects.filter(step="decline")
        assert declines.count() == Contribution.objects.filter(status=Status.DECLINED).count() == 5
        assert not declines.filter(Q(change="") | Q(text="") | Q(reason_code="")).exists()

    def test_decisions_carry_the_number_of_their_year(self) -> None:
        decisions = TrailEntry.objects.filter(step="decide")
        assert decisions.count() > 20
        assert [d for d in decisions if str(local_day(d.at).year) not in d.registration_number or d.decided_on != local_day(d.at)] == []


@pytest.mark.usefixtures("demo")
class TestBetweenTheSteps:
    def test_the_coordinator_has_an_answer_to_read_and_one_of_her_own_and_both_can_be_sent(self) -> None:
        coordinator = account("koordinator@kiruna.example")
        drafts = {draft.contribution.title: draft for draft in drafts_for(coordinator)}
        begun = {title: draft.by.full_name for title, draft in drafts.items()}
        own, others = "Skotta åt grannen: elever och äldre på samma gata", "Leveranser som ingen tar emot"
        assert begun == {own: coordinator.full_name, others: "Helena Stöckel"}
        asked = Notice.objects.unread().get(recipient=coordinator, kind="contributions.draft_to_read")
        assert (asked.ids["draft"], drafts_for(account("koordinator@tvk.example")).count()) == (drafts[others].pk, 0)
        chosen = [f"{draft.pk}:{draft.version}" for draft in drafts.values()]
        assert client_of(coordinator).post("/triage/drafts/", {"draft": chosen}).status_code == 303
        assert [list(draft.contribution.trail.values_list("step", flat=True))[-1] for draft in drafts.values()] == ["explore", "understand"]

    def test_the_coordinator_alone_is_still_to_assess_one(self) -> None:
        assessment = Assessment.objects.get(closed_at=None)
        wanted = assessable(assessment.contribution).count()
        scored = {assessor.person.full_name: assessor.scored for assessor in assessors_of(assessment)}  # type: ignore[attr-defined]
        assert scored == {"Stina Hedlund": wanted, "Anna-Karin Drugge": wanted, "Elina Lantto": wanted - 1, "Åsa Wälivaara": 0}
        page = client_of(account("koordinator@kiruna.example")).get(f"/challenges/{assessment.contribution_id}/assessment/")
        assert (page.status_code, "Elva minuter per runda" in page.content.decode()) == (200, False)

    def test_one_is_assessed_by_all_with_notes_and_answers(self) -> None:
        assessment = Assessment.objects.get(closed_at__isnull=False)
        found = results(assessment, account("koordinator@kiruna.example"), whole=True)
        assert (assessment.closed_by, [len(mean.values) for one in found for mean in one.means]) == (None, [4] * 9)
        assert sorted(len(one.notes) for one in found) == [1, 1, 2]
        assert NoteReply.objects.filter(by=F("note__idea__author"), at__gt=F("note__at")).count() == 2
        entries = TrailEntry.objects.filter(contribution=assessment.contribution_id, step__startswith="assessment")
        assert list(entries.values_list("step", "at")) == [
            ("assessment_began", assessment.created_at),
            ("assessment_ended", assessment.closed_at),
        ]

    def test_one_step_is_proposed_and_stands_in_the_queue(self) -> None:
        proposal = standing().get()
        coordinator = account("koordinator@kiruna.example")
        assert (proposal.step, proposal.by.full_name) == ("open", "Johan Sikström")
        assert [row.pk for row in queue(coordinator, Tab.PROPOSED)] == [proposal.contribution_id]


@pytest.mark.usefixtures("demo")
class TestPeople:
    def test_only_the_six_accounts_have_a_password(self) -> None:
        assert {p.email for p in Person.objects.active() if p.has_usable_password()} == set(ADDRESSES)
        assert all(authenticate(email=email, password=PASSWORD) for email in ADDRESSES[:1])

    def test_roles_reach_where_they_should(self) -> None:
        people = {person.email: person for person in Person.objects.with_place()}
        home_care = Department.objects.get(code="SOC-HTJ")
        assert people["ambassador@kiruna.example"].coverage(Role.AMBASSADOR).covers_department(home_care)
        assert people["koordinator@kiruna.example"].coverage(Role.COORDINATOR).covers_department(home_care)
        assert not people["koordinator@tvk.example"].coverage(Role.COORDINATOR).covers_department(home_care)
        assert people["admin@kiruna.example"].coverage(Role.ADMIN).group
        assert not people["medarbetare@kiruna.example"].coverage(Role.COORDINATOR)
        coordinators = RoleAssignment.objects.in_force().filter(role=Role.COORDINATOR)
        assert [a.person.full_name for a in coordinators if a.person.is_away_on(timezone.localdate())] == ["Leif Tornéus"]

    def test_the_ambassador_reads_the_draft_entrusted(self) -> None:
        draft = Contribution.objects.get(title="Hjälpmedel som väntar i fel by")
        readers = [person.email for person in Person.objects.with_place() if may_see(person, draft)]
        assert sorted(readers) == ["ambassador@kiruna.example", "eivor.kieri@kiruna.example"]

    def test_no_mail_is_sent_about_history(self) -> None:
        assert set(Notice.objects.values_list("mail", flat=True)) == {MailState.NONE}
        assert not Notice.objects.filter(created_at__gt=F("due_at")).exists()

    def test_every_account_has_something_unread(self) -> None:
        unread = Counter(Notice.objects.unread().filter(recipient__email__in=ADDRESSES).values_list("recipient__email", flat=True))
        assert set(unread) == set(ADDRESSES)
        assert max(unread.values()) < 10


def account(email: str) -> Person:
    return Person.objects.with_place().get(email=email)


def ids(condition: Q) -> list[int]:
    return list(Contribution.objects.filter(condition).values_list("pk", flat=True))


def local_day(moment: datetime.datetime) -> datetime.date:
    return timezone.localdate(moment)
