"""What happened in the demo, told in the order in which it happened, by the same steps that the buttons take.

Comments, support and followers are written as `contributions.actions.talk` writes them, but at their own times and without
counting anew each time: the counters are written once, from the rows, when everything is there.
"""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Iterator
from functools import partial

from django.utils import timezone

from challenges.actions.trials import WAY_CHOSEN, way_in_words
from challenges.enums import WayKind
from challenges.models import Way
from contributions.actions.merging import answer, propose
from contributions.actions.talk import write_mentions
from contributions.actions.together import invite
from contributions.enums import Kind, ParticipantRole, SupportKind
from contributions.lifecycle import advance, answering, note_on_trail, step_named
from contributions.models import Comment, Contribution, Follow, Participant, Support
from contributions.queries.mentions import words_of
from contributions.queries.together import close_to
from ideas.actions import create_draft, share_with_ambassador
from kiruna_innovation.demo.between import Between
from kiruna_innovation.demo.calendar import Calendar, Event
from kiruna_innovation.demo.supporters import Given, Supporters
from kiruna_innovation.demo.texts import CommentText, StepText, Story
from lib.markdown import render
from notifications import outbox
from notifications.models import Notice
from organisation.models import Department, Organisation, Person

TALK_HEARD_FOR = 5
"""Working days: older comments and offers are in nobody's bell any more."""
WRITING = datetime.timedelta(minutes=25)
ANSWERING = datetime.timedelta(minutes=50)
A_MINUTE = datetime.timedelta(minutes=1)
NAMESPACE = uuid.UUID("6b1f7c0e-5f0b-4f43-9f5e-0d3a2f1b7c11")


class History:
    def __init__(self, calendar: Calendar, people: dict[str, Person], stories: list[Story]) -> None:
        self.calendar = calendar
        self.people = people
        self.stories = stories
        self.told_since = calendar.moment(f"{TALK_HEARD_FOR} 00.00")
        self.departments = dict(Department.objects.values_list("code", "pk"))
        self.organisations = {organisation.name: organisation for organisation in Organisation.objects.all()}
        self.supporters = Supporters(people, calendar)
        self.contributions: dict[str, Contribution] = {}
        self.between = Between(people, calendar, self.contributions)
        self.comments: dict[tuple[str, int], Comment] = {}
        self.supports: list[Support] = []
        self.follows: dict[tuple[str, str], Follow] = {}
        self.named: dict[int, set[int]] = {}

    def happen(self) -> None:
        for at, event in sorted(self._events(), key=lambda dated: dated[0]):
            event(at)
        self._write_follows()
        for answers in (False, True):
            Comment.objects.bulk_create(comment for comment in self.comments.values() if bool(comment.parent) == answers)
        self._name_people()
        Support.objects.bulk_create(self.supports)
        self._tell_of_talk()

    def _events(self) -> Iterator[Event]:
        moment = self.calendar.moment
        for story in self.stories:
            yield moment(story.at), partial(self._begin, story)
            for step in story.steps:
                yield moment(step.at), partial(self._take, story, step)
            for number, comment in enumerate(story.comments, 1):
                yield moment(comment.at), partial(self._say, story, number, comment)
            for given in self.supporters.of(story):
                yield given.at, partial(self._support, story, given)
            yield from self.between.events(story)

    def _begin(self, story: Story, at: datetime.datetime) -> None:
        author = self.people[story.by]
        draft = create_draft(by=author, token=uuid.uuid5(NAMESPACE, story.key), values=self._texts(story))
        begun = at if story.is_draft else at - WRITING
        Contribution.objects.filter(pk=draft.pk).update(created_at=begun, last_activity_at=at)
        self.contributions[story.key] = draft
        self._join(story, draft, begun)
        for key in story.invited:
            invite(by=author, contribution=draft, person=self.people[key])
            Notice.objects.filter(thread=draft.thread).update(due_at=at)
        if story.reader:
            share_with_ambassador(by=author, draft=draft, ambassador=self.people[story.reader])
            Contribution.objects.filter(pk=draft.pk).update(last_activity_at=at)
            Notice.objects.filter(thread=draft.thread).update(due_at=at)
        if not story.is_draft:
            advance(by=author, contribution=draft, step="submit", values={"audience": story.audience}, into=Kind(story.kind), now=at)
            for key in story.follow:
                self._follow(story, key, at)

    def _texts(self, story: Story) -> dict[str, object]:
        return {
            "title": story.title,
            "problem": story.problem,
            "proposal": story.proposal,
            "benefit": story.benefit,
            "touched": [self.departments[code] for code in story.touched],
            "touched_groups": list(story.groups),
            "help_wanted": list(story.wanted),
            "answers_id": self.contributions[story.answers].pk if story.answers else None,
        }

    def _join(self, story: Story, contribution: Contribution, at: datetime.datetime) -> None:
        roles = ((ParticipantRole.LEAD, story.leads), (ParticipantRole.COAUTHOR, story.coauthors))
        Participant.objects.bulk_create(
            Participant(contribution=contribution, person=self.people[key], role=role, since=at) for role, keys in roles for key in keys
        )
        for key in story.coauthors:
            self._follow(story, key, at)

    def _follow(self, story: Story, key: str, at: datetime.datetime) -> None:
        if key != story.by and (story.key, key) not in self.follows:
            self.follows[story.key, key] = Follow(contribution=self.contributions[story.key], person=self.people[key], since=at)

    def _write_follows(self, of: str | None = None) -> None:
        """Those not yet written; a step tells the followers there are. Whoever came by a merge stays by their own word."""
        waiting = (follow for (story, _), follow in self.follows.items() if follow._state.adding and of in (None, story))
        Follow.objects.bulk_create(
            waiting, update_conflicts=True, unique_fields=["contribution", "person"], update_fields=["since", "through"]
        )

    def _take(self, story: Story, step: StepText, at: datetime.datetime) -> None:
        contribution, by = self.contributions[story.key], self.people[step.by]
        if step.do == "propose":
            self._ask_authors(contribution, step, at)
            return
        values = self._values(step, at)
        for key in filter(None, (story.key, step.target)):
            self._write_follows(key)
        if step.manager:
            self._say_yes(contribution, step, at)
        advance(by=by, contribution=contribution, step=step.do, values=values, now=at)
        definition = step_named(story.kind, step.do)
        assert definition
        if step.happened and "learning_happened" not in definition.fields:
            advance(by=by, contribution=contribution, step="learn", values=values, now=at + A_MINUTE)
        if step.decision:
            values = {**values, "reason": step.decision}
            advance(by=by, contribution=contribution, step="decide", values=values, now=at + 2 * A_MINUTE)

    def _say_yes(self, contribution: Contribution, step: StepText, at: datetime.datetime) -> None:
        """The footing of a test on a small scale."""
        footing = {"manager": step.manager, "yes_on": timezone.localdate(at), "stops_on": self.calendar.day(step.stops)}
        way = Way.objects.create(contribution=contribution, kind=WayKind.SMALL, chosen_at=at, chosen_by=self.people[step.by], **footing)
        standing = Contribution.objects.get(pk=contribution.pk)
        note_on_trail(by=self.people[step.by], contribution=standing, step=WAY_CHOSEN, text=way_in_words(way), at=at - A_MINUTE)

    def _ask_authors(self, contribution: Contribution, step: StepText, at: datetime.datetime) -> None:
        target = self.contributions[step.target]
        proposal = propose(by=self.people[step.by], contribution=contribution, target=target, reason=step.text, now=at)
        for key in step.agree:
            answer(by=self.people[key], proposal=proposal, agrees=True, now=at + ANSWERING)

    def _values(self, step: StepText, at: datetime.datetime) -> dict[str, object]:
        """Everything the texts say; the lifecycle takes what the step asks for."""
        values: dict[str, object] = {
            "reason": step.text,
            "body": step.text,
            "reason_code": step.reason_code,
            "change": step.change,
            "assignee": self.people.get(step.to),
            "owner": self.organisations.get(step.to),
            "until": self.calendar.day(step.until),
            "closes_on": self.calendar.day(step.closes),
            "learning_believed": step.believed,
            "learning_tried": step.tried,
            "learning_happened": step.happened,
            "learning_next": step.next,
            "decided_by": step.decided_by,
            "decided_on": at.date(),
            "ground": step.ground,
            "registration_number": step.dnr.format(year=at.year),
        }
        return {**values, "target": self.contributions[step.target]} if step.target else values

    def _say(self, story: Story, number: int, said: CommentText, at: datetime.datetime) -> None:
        if not said.internal:
            self._follow(story, said.by, at)
        self.comments[story.key, number] = Comment(
            contribution=self.contributions[story.key],
            author=self.people[said.by],
            parent=self.comments[story.key, said.re] if said.re else None,
            body=said.text,
            body_html=render(said.text),
            token=uuid.uuid5(NAMESPACE, f"{story.key} {number}"),
            created_at=at,
            edited_at=self.calendar.moment(said.edited) if said.edited else None,
            is_internal=said.internal,
            experience_from=self.people[said.by].department if said.experience else None,
        )

    def _name_people(self) -> None:
        """Once everything is there: who may be named is asked of the contribution as it stands."""
        for comment in self.comments.values():
            if "@" in comment.body:
                about = Contribution.objects.with_place().get(pk=comment.contribution_id)
                words = words_of(about, comment.body, internal=comment.is_internal)
                Comment.objects.filter(pk=comment.pk).update(body_html=words.html)
                self.named[comment.pk] = write_mentions(comment, words.people)

    def _support(self, story: Story, given: Given, at: datetime.datetime) -> None:
        person = self.people[given.by]
        support = Support(contribution=self.contributions[story.key], person=person, kind=given.kind, note=given.note, created_at=at)
        support.help_with, support.department = list(given.help_with), person.department
        self.supports.append(support)

    def _tell_of_talk(self) -> None:
        for comment in self.comments.values():
            if comment.created_at >= self.told_since:
                self._tell_of_comment(comment)
        for support in self.supports:
            if support.created_at >= self.told_since:
                self._tell_of_support(support)

    def _tell_of_comment(self, comment: Comment) -> None:
        contribution, told = comment.contribution, {comment.author_id}
        followers = Follow.objects.filter(contribution=contribution, since__lt=comment.created_at)
        listeners = (
            (("contributions.noted", answering(contribution)),)
            if comment.is_internal
            else (
                ("contributions.commented", close_to(contribution)),
                ("contributions.followed_commented", followers.values_list("person_id", flat=True)),
            )
        )
        for kind, people in (
            ("contributions.mentioned", sorted(self.named.get(comment.pk, ()))),
            ("contributions.answered_comment", [comment.parent.author_id] if comment.parent else []),
            *listeners,
        ):
            recipients = [pk for pk in people if pk not in told]
            told.update(recipients)
            ids = {"contribution": contribution.pk, "comment": comment.pk}
            outbox.tell(recipients, kind, ids, thread=contribution.thread, not_before=comment.created_at)

    def _tell_of_support(self, support: Support) -> None:
        contribution = support.contribution
        outbox.tell(
            [pk for pk in close_to(contribution) if pk != support.person_id],
            "contributions.help_offered" if support.kind == SupportKind.HELP else "contributions.supported",
            {"contribution": contribution.pk, "person": support.person_id, "support": support.pk},
            thread=contribution.thread,
            dedupe_key=f"support:{contribution.pk}:{support.person_id}:{support.kind}",
            not_before=support.created_at,
        )
