"""What has been understood: the real problem, and the chain of whys that led there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.enums import MOST_WHYS
from challenges.models import Challenge
from challenges.models.leading import PROPOSAL_LENGTH
from challenges.models.understanding import ANSWER_LENGTH, QUESTION_LENGTH, ROOT_LENGTH, WORDS_LENGTH
from challenges.queries.understanding import chain_of
from contributions.forms.talk import TokenField
from contributions.forms.texts import EditTextsForm, TextsForm, texts_of
from contributions.models import COMMENT_LENGTH
from contributions.queries.places import places
from contributions.steps import Step
from lib.text import LineField, TextField
from organisation.models import Person

EMPTY_ROWS = 2


class UnderstandingForm(forms.Form):
    use_required_attribute = False

    root_problem = LineField(
        label=gettext_lazy("The real problem"), required=False, max_length=ROOT_LENGTH,
        help_text=gettext_lazy("One sentence that those who experience it recognise. Leave it empty until you know."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip


class WhyForm(forms.Form):
    """One why. Both empty is no why."""

    use_required_attribute = False
    mark_optional = False

    question = LineField(label=gettext_lazy("Why …?"), required=False, max_length=QUESTION_LENGTH)
    answer = TextField(label=gettext_lazy("Because …"), required=False, max_length=ANSWER_LENGTH, widget=forms.Textarea(attrs={"rows": 2}))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        question, answer = cleaned.get("question"), cleaned.get("answer")
        if answer and not question and "question" not in self.errors:
            self.add_error("question", _("Write the question that this answers."))
        if question and not answer and "answer" not in self.errors:
            self.add_error("answer", _("Write the answer, or take the question away."))
        return cleaned


class NewWhyForm(WhyForm):
    """A link that somebody adds to the chain: both fields are needed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, missing in (("question", _("Write the question.")), ("answer", _("Write the answer."))):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = missing


class ExperienceForm(forms.Form):
    use_required_attribute = False

    body = TextField(
        label=gettext_lazy("Tell what you have been through"), max_length=COMMENT_LENGTH, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One occasion is enough: where you were, what happened, what you did then. Name no clients or pupils."),
        error_messages={"required": gettext_lazy("Write something before you send it.")},
    )  # fmt: skip
    token = TokenField()


class RecogniseForm(forms.Form):
    """`sentence` is the root problem as it was read."""

    use_required_attribute = False
    mark_optional = False

    agrees = forms.ChoiceField(
        choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose one of the two buttons.")),
    )  # fmt: skip
    sentence = forms.CharField(required=False, widget=forms.HiddenInput, strip=False)
    words = TextField(
        label=gettext_lazy("For me it is …"), required=False, max_length=WORDS_LENGTH, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Only if you do not quite recognise it."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("agrees") == "no" and not cleaned.get("words") and "words" not in self.errors:
            self.add_error("words", _("Write what it is for you, so that the sentence can be made better."))
        return cleaned


class ProposeForm(forms.Form):
    """Which step should come next, of those that can be taken from here."""

    use_required_attribute = False

    step = forms.ChoiceField(
        label=gettext_lazy("What should happen next?"), widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose a step.")),
    )  # fmt: skip
    text = TextField(label=gettext_lazy("Why is it time for that?"), max_length=PROPOSAL_LENGTH, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, steps: Sequence[Step], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step.name, step.label) for step in steps]


WhyFormSet = forms.formset_factory(WhyForm, extra=EMPTY_ROWS, max_num=MOST_WHYS, validate_max=True, absolute_max=MOST_WHYS + EMPTY_ROWS)


@dataclass
class EditForms:
    """The parts of the page that this person may change; None for those they may not."""

    texts: TextsForm | None
    understanding: UnderstandingForm | None
    whys: Any

    @classmethod
    def of(cls, person: Person, challenge: Challenge, data: Any = None) -> EditForms:
        texts = understanding = whys = None
        if person.has_perm("contributions.edit", challenge):
            texts = EditTextsForm(data, initial=texts_of(challenge), places=places())
        if person.has_perm("challenges.understand", challenge):
            understanding = UnderstandingForm(data, initial={"root_problem": challenge.root_problem})
            whys = WhyFormSet(data, initial=chain_of(challenge), prefix="whys")
        return cls(texts, understanding, whys)

    @staticmethod
    def everything(data: Any) -> Iterator[forms.BoundField]:
        """Every text that the page may have sent, for when it can no longer be saved."""
        whys = WhyFormSet(data, prefix="whys")
        for form in (TextsForm(data, places=[]), UnderstandingForm(data), *(whys.forms if whys.management_form.is_valid() else ())):
            yield from (form[name] for name in ("title", "problem", "root_problem", "question", "answer") if name in form.fields)

    def __iter__(self) -> Iterator[forms.BaseForm]:
        yield from (form for form in (self.texts, self.understanding, *(self.whys or ())) if form is not None)

    def are_valid(self) -> bool:
        """Every one is asked, so that every error shows."""
        return all([form.is_valid() for form in self]) and (self.whys is None or self.whys.is_valid())  # noqa: C419

    @property
    def errors(self) -> bool:
        """For the page's title, as a form's own."""
        return any(form.errors for form in self)

    @property
    def words(self) -> dict[str, Any]:
        return self.texts.cleaned_data if self.texts else {}

    @property
    def understood(self) -> tuple[str, list[tuple[str, str]]] | None:
        """The real problem, and the whys written, in order, without the rows left empty."""
        if self.understanding is None:
            return None
        rows = (row for row in self.whys.cleaned_data if row.get("question"))
        return self.understanding.cleaned_data["root_problem"], [(row["question"], row["answer"]) for row in rows]
