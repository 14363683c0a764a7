"""What goes on between the steps of the demo: steps proposed, ideas assessed, answers drafted. By the same actions that the pages take."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial

from challenges.actions import assessing, leading
from challenges.models import AssessmentNote, Criterion
from contributions.actions.drafting import ask_to_read, save_draft
from contributions.lifecycle import TEXT_FIELDS, step_named
from contributions.models import AnswerDraft, Contribution
from kiruna_innovation.demo.calendar import Calendar, Event
from kiruna_innovation.demo.texts import AssessmentText, DraftText, ProposedText, ReplyText, ScoredText, Story
from organisation.models import Person


class Between:
    def __init__(self, people: dict[str, Person], calendar: Calendar, contributions: dict[str, Contribution]) -> None:
        self.people = people
        self.calendar = calendar
        self.contributions = contributions

    def events(self, story: Story) -> Iterator[Event]:
        moment = self.calendar.moment
        for proposed in story.proposed:
            yield moment(proposed.at), partial(self._propose, story, proposed)
        for assessment in story.assessments:
            yield moment(assessment.at), partial(self._begin, story, assessment)
            for scored in assessment.scored:
                yield moment(scored.at), partial(self._score, story, scored)
            for reply in assessment.replies:
                yield moment(reply.at), partial(self._reply, reply)
        for draft in story.drafts:
            yield moment(draft.at), partial(self._draft, story, draft)
            if draft.reader:
                yield moment(draft.asked), partial(self._ask_to_read, story, draft)

    def _propose(self, story: Story, proposed: ProposedText, at: datetime.datetime) -> None:
        challenge = self.contributions[story.key]
        leading.propose(by=self.people[proposed.by], challenge=challenge, step=proposed.do, text=proposed.text, now=at)

    def _begin(self, story: Story, text: AssessmentText, at: datetime.datetime) -> None:
        by, challenge = self.people[text.by], self.contributions[story.key]
        assessing.begin(by=by, challenge=challenge, criteria=text.criteria, now=at)
        for key in text.asked:
            assessing.invite(by=by, challenge=challenge, person=self.people[key], now=at)

    def _score(self, story: Story, scored: ScoredText, at: datetime.datetime) -> None:
        challenge = self.contributions[story.key]
        criteria = list(Criterion.objects.filter(assessment__contribution=challenge).values_list("pk", flat=True))
        for key, numbers in scored.ideas.items():
            values, note = dict(zip(criteria, numbers, strict=True)), scored.notes.get(key, "")
            assessing.score(
                by=self.people[scored.by], challenge=challenge, idea=self.contributions[key], values=values, note=note, now=at
            )  # fmt: skip

    def _reply(self, reply: ReplyText, at: datetime.datetime) -> None:
        note = AssessmentNote.objects.get(assessor__person=self.people[reply.to], idea=self.contributions[reply.about])
        assessing.reply(by=self.people[reply.by], note=note, text=reply.text, now=at)

    def _draft(self, story: Story, draft: DraftText, at: datetime.datetime) -> None:
        about, definition = Contribution.objects.get(pk=self.contributions[story.key].pk), step_named(story.kind, draft.do)
        assert definition
        values = {name: draft.text for name in TEXT_FIELDS if name in definition.fields}
        save_draft(
            by=self.people[draft.by], contribution=about, step=draft.do, values=values, read_at=about.version, version=0, now=at
        )  # fmt: skip

    def _ask_to_read(self, story: Story, draft: DraftText, at: datetime.datetime) -> None:
        written = AnswerDraft.objects.select_related("contribution").get(contribution=self.contributions[story.key], step=draft.do)
        ask_to_read(by=self.people[draft.by], draft=written, person=self.people[draft.reader], now=at)
