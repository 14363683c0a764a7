"""Masking reaches every word that hangs on a contribution, however it hangs there and however it is kept."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from django import forms
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core import serializers
from django.db import models
from django.utils import timezone

from challenges.enums import Outcome, Verdict
from challenges.models import Assessment, AssessmentNote, Criterion, NoteReply, PlanItem, Result, Why
from contributions.actions import moderation
from contributions.actions.drafting import DraftChanged, save_draft
from contributions.actions.masking import DRAFTED_TEXTS, OWN_COLUMNS, TRAIL_TEXTS, around, ways_to_contribution
from contributions.enums import Audience, Kind
from contributions.forms.steps import FIELDS, Taken
from contributions.lifecycle import specs
from contributions.models import AnswerDraft, Comment, Contribution, MergeProposal, Revision, SearchWord
from contributions.search import refresh
from contributions.steps import shared_steps
from lib.text import LineField, TextField
from tests.contributions.test_talk import say
from tests.contributions.world import DAY, World

NAME = "Märta Lindgren"
WORDS = (models.CharField, models.TextField, models.JSONField, models.FileField, ArrayField)
NO_WORDS_OF_PEOPLE = {
    "contributions.Comment.body_html": "drawn anew from the body",
    "contributions.SearchRow.title": "written anew from the texts",
    "contributions.SearchRow.body": "written anew from the texts",
    "contributions.SearchWord.word": "let go of when its witness no longer has it",
    "contributions.SearchWord.stem": "goes with the word",
    "contributions.SearchWord.keys": "goes with the word",
    "contributions.TrailEntry.step": "the name of a step",
    "contributions.AnswerDraft.step": "the name of a step",
    "challenges.StepProposal.step": "the name of a step",
    "contributions.Attachment.media_type": "a code",
    "contributions.Attachment.sha256": "a number",
    "contributions.Attachment.file": "a name at random",
    "contributions.Attachment.thumbnail": "a name at random",
}
"""Columns of text that masking does not look at, with the reason. Adding one is a decision."""


def tables() -> Iterator[type[models.Model]]:
    """Every table of ours whose rows are, or hang on, a contribution."""
    for model in apps.get_models():
        if issubclass(model, Contribution) or ways_to_contribution(model):
            yield model


def columns_of_words(model: type[models.Model]) -> Iterator[str]:
    for column in model._meta.local_fields:
        of = column.base_field if isinstance(column, ArrayField) else column
        if isinstance(of, WORDS) and not of.choices:
            yield column.name


def masked_columns() -> set[str]:
    masked: dict[type[models.Model], tuple[str, ...]] = {Contribution: OWN_COLUMNS, Comment: ("body",), **around()}
    masked |= {spec.child: spec.searched for spec in specs()}
    return {f"{model._meta.label}.{column}" for model, columns in masked.items() for column in columns}


def test_every_column_of_words_is_masked_or_says_why_not() -> None:
    """A new one goes into `around` of its kind (or AROUND), or into the list above with its reason."""
    words = {f"{model._meta.label}.{column}" for model in tables() for column in columns_of_words(model)}
    assert words - NO_WORDS_OF_PEOPLE.keys() == masked_columns()
    assert NO_WORDS_OF_PEOPLE.keys() - words == set()


def test_what_hangs_on_two_is_found_from_both() -> None:
    assert set(ways_to_contribution(NoteReply)) == {"note__idea", "note__assessor__assessment__contribution"}
    assert ways_to_contribution(Why) == ("contribution",)


class Story:
    """A challenge with the name in every text that hangs on it, and an idea that answers it, assessed with the name as well."""

    def __init__(self, world: World) -> None:
        self.world, self.lead, self.coordinator = world, world.person("lead"), world.person("organisation_coordinator")
        self.about = world.contribution(Kind.CHALLENGE, audience=Audience.GROUP, title=f"Hos {NAME}", problem=NAME, root_problem=NAME,
                                        help_wanted=[NAME, "svetsa"], set_aside={"idea": {"proposal": NAME, "benefit": NAME}})  # fmt: skip
        self.idea = world.contribution(
            audience=Audience.ORGANISATION, answers_id=self.about.pk, proposal=f"Ring {NAME}.", benefit=f"{NAME}s."
        )
        self._talk()
        self._remember()
        self._work()
        self._assess()

    def _talk(self) -> None:
        about, lead = self.about, self.lead
        say(self.world, "same_department", about, f"Hos {NAME}.")
        about.supports.create(person=lead, kind="help", note=NAME)
        about.reports.create(by=lead, reason=NAME)
        about.attachments.create(by=lead, name="Märta_Lindgren.pdf", size=1, sha256="0" * 64)
        proposal = MergeProposal.objects.create(contribution=self.world.contribution(), target=about, by=lead, reason=NAME)
        proposal.answers.create(person=lead, agrees=False, note=NAME, answered_at=timezone.now())

    def _remember(self) -> None:
        """What was replaced, what a step changed, what is still being written."""
        about, lead = self.about, self.lead
        texts = {"title": NAME, "touched_groups": ["elever"], "touched": [7], "whys": [[f"Varför {NAME}?", NAME]]}
        about.revisions.create(version=1, by=lead, texts=texts)
        before = {"version": 1, "status": "reported", "title": NAME, "child.root_problem": NAME, "set_aside": {"idea": {"proposal": NAME}}}
        about.trail.create(by=lead, step="decide", to_status=about.status, before=before, **dict.fromkeys(TRAIL_TEXTS, NAME))
        values = {"reason": NAME, "change": NAME, "reason_code": "money", "until": "2027-01-01"}
        save_draft(by=self.coordinator, contribution=about, step="decline", values=values, read_at=1, version=None)

    def _work(self) -> None:
        about, lead, today, now = self.about, self.lead, self.world.today, timezone.now()
        about.whys.create(position=1, question=NAME, answer=NAME)
        about.recognitions.create(sentence=NAME, person=lead, department=self.world.home, agrees=False, words=NAME)
        about.step_proposals.create(step="test", from_status=about.status, text=NAME, by=lead, at=now)
        about.plan_items.create(what=NAME, who=lead, due_on=today, created_by=lead)
        about.resources.create(sort="equipment", what=NAME, giver=lead, asked_by=lead, outcome=Outcome.values[0], note=NAME, answered_at=now,
                               answered_by=lead)  # fmt: skip
        about.ways.create(kind="small", chosen_by=lead, manager=NAME, yes_on=today, stops_on=today + DAY, ended_at=now, reason=NAME)
        about.ways.create(kind="formal", chosen_by=lead, body=NAME, ground=NAME, decided_on=today, registration_number=NAME)
        about.trials.create(believed=NAME, tried=NAME, place=NAME, starts_on=today, stops_on=today, created_by=lead, ended_at=now,
                            ended_by=lead, verdict=Verdict.values[0], happened=NAME, next=NAME)  # fmt: skip
        Result.objects.create(contribution=about, text=NAME, effect=NAME, before=1, after=2, unit=NAME)
        about.adoptions.create(department=self.world.beside, since=today, told_by=lead, changed=NAME, learnt=NAME, ended_at=now,
                               ended_by=lead)  # fmt: skip

    def _assess(self) -> None:
        assessment = Assessment.objects.create(contribution=self.about, by=self.lead)
        assessment.criteria.create(position=1, name=NAME, weight=1)
        assessor = assessment.assessors.create(person=self.lead, invited_by=self.lead)
        note = assessor.notes.create(idea=self.idea, text=f"Det är {NAME}.")
        note.replies.create(by=self.coordinator, text=f"Ja, {NAME}.")

    def mask(self, about: Contribution, words: str = NAME) -> int:
        return moderation.mask(by=self.coordinator, contribution=about, words=words)


@pytest.fixture
def story(world: World) -> Story:
    return Story(world)


def holding(part: str) -> set[str]:
    """Columns, of any table of ours, where some row has this part of a word."""
    return {
        f"{model._meta.label}.{column}"
        for model in apps.get_models()
        for row in serializers.serialize("python", model._default_manager.all())
        for column, value in {"pk": row["pk"], **row["fields"]}.items()
        if part in json.dumps(value, default=str, ensure_ascii=False).lower()
    }


def test_the_name_is_left_nowhere(story: Story) -> None:
    drawn_from_them = {
        "contributions.Comment.body_html", "contributions.SearchRow.title", "contributions.SearchRow.body", "contributions.SearchRow.vector",
        "contributions.SearchWord.pk", "contributions.SearchWord.keys",
    }  # fmt: skip
    assert holding("lindgren") == masked_columns() | drawn_from_them
    story.mask(story.about)
    assert holding("lindgren") == {
        "ideas.Idea.proposal",
        "ideas.Idea.benefit",
        "contributions.SearchRow.body",
        "contributions.SearchRow.vector",
    }
    story.mask(story.idea)
    assert holding("lindgren") == set()


def test_notes_of_an_assessment_are_reached_from_the_idea_too(story: Story) -> None:
    story.mask(story.idea)
    assert (AssessmentNote.objects.get().text, NoteReply.objects.get().text, Criterion.objects.get().name) == (
        "Det är […].",
        "Ja, […].",
        NAME,
    )


def test_what_is_no_words_stays_as_it_is(story: Story) -> None:
    about = story.about
    story.mask(about, f"{NAME}\nreported\nelever\nmoney\n2027\ntest\ndecline\ndecide")
    assert about.revisions.get().texts == {"title": "[…]", "touched_groups": ["elever"], "touched": [7], "whys": [["Varför […]?", "[…]"]]}
    assert about.trail.get(step="decide").before == {
        "version": 1, "status": "reported", "title": "[…]", "child.root_problem": "[…]", "set_aside": {"idea": {"proposal": "[…]"}},
    }  # fmt: skip
    draft = AnswerDraft.objects.get()
    assert (draft.step, draft.values) == ("decline", {"reason": "[…]", "change": "[…]", "reason_code": "money", "until": "2027-01-01"})


def test_no_form_read_before_brings_the_words_back(story: Story) -> None:
    """A draft, a thing to do and a result each have a version of their own, which moves on."""
    story.mask(story.about)
    assert [model.objects.get().version for model in (AnswerDraft, PlanItem, Result, Revision)] == [2, 2, 2, 1]
    with pytest.raises(DraftChanged):
        save_draft(by=story.coordinator, contribution=story.about, step="decline", values={"reason": NAME}, read_at=1, version=1)


def test_two_that_become_the_same_are_told_apart(story: Story) -> None:
    criteria = Assessment.objects.get().criteria
    other = criteria.create(position=2, name="Anna", weight=1)
    said = story.about.recognitions.create(sentence="Anna", person=story.lead, department=story.world.home, agrees=True)
    story.mask(story.about, f"{NAME}\nAnna")
    assert set(criteria.values_list("name", flat=True)) == {"[…]", f"[…] {other.pk}"}
    names = set(story.about.recognitions.values_list("sentence", flat=True))
    assert names in ({"[…]", f"[…] {said.pk}"}, {"[…]", f"[…] {said.pk - 1}"})


def test_every_field_of_words_that_a_step_asks_for_is_masked_in_a_draft(world: World) -> None:
    coordinator, about = world.person("organisation_coordinator"), world.contribution()
    taken = Taken(shared_steps()[0], about, coordinator)
    asked = {name for name, make in FIELDS.items() if name not in ("body", "target", "reason") and is_words(make(taken))}
    assert {*asked, "body", "reason"} == DRAFTED_TEXTS - {"text"}


def is_words(field: forms.Field) -> bool:
    return isinstance(field, TextField | LineField)


def test_the_word_list_lets_go_of_the_word_but_not_of_what_others_bear_witness_to(world: World) -> None:
    one = world.contribution(audience=Audience.GROUP, title="Hos Lindgrenska")
    world.contribution(audience=Audience.GROUP, title="Vid Lindgrenska och skolan")
    other = world.contribution(audience=Audience.GROUP, title="Skolan på berget")
    moderation.mask(by=world.person("organisation_coordinator"), contribution=other, words="berget\nskolan")
    known = set(SearchWord.objects.values_list("word", flat=True))
    assert ("berget" in known, "skolan" in known, "lindgrenska" in known) == (False, True, True)
    moderation.mask(by=world.person("organisation_coordinator"), contribution=one, words="Lindgrenska")
    assert not SearchWord.objects.filter(word="lindgrenska").exists()
    refresh()
    assert SearchWord.objects.filter(word="lindgrenska").exists()
