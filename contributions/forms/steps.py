"""The form of a step, built from the names its table gives."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contributions.enums import ReasonCode, Status
from contributions.forms.starts import STARTS, begun, check_filled_in, quick_days
from contributions.models import AnswerDraft, Contribution, MergeProposal
from contributions.rules import answerers_of
from contributions.search import similar
from contributions.statuses import SENT_AUDIENCES
from contributions.steps import Step
from lib.form_rendering import ChoiceCards, DayField
from lib.registration import check_registration_number
from lib.text import LineField, TextField
from organisation.models import Organisation, Person

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LONGEST_ANSWER = 4_000
FURTHEST_AHEAD = datetime.timedelta(days=3 * 365)
EARLIEST_DECISION = datetime.date(1994, 1, 1)
ADDRESS = re.compile(r"(?:.*/(?:ideas|challenges|contributions)/)?(\d{1,18})/?(?:[?#].*)?")

REASONS: Mapping[str, str | StrPromise] = {
    "park": gettext_lazy("Why does it have to wait?"),
    "decline": gettext_lazy("Explain so that %(name)s understands"),
    "merge": gettext_lazy("Why do they belong together?"),
    "reopen": gettext_lazy("Why is it opened again?"),
    "hand_over": gettext_lazy("Why do they answer better?"),
    "convert": gettext_lazy("Why does it change kind?"),
    "decide": gettext_lazy("What was decided?"),
    "explore": gettext_lazy("What will be explored, and by whom?"),
    "understand": gettext_lazy("How do we go about understanding it, and with whom?"),
    "open": gettext_lazy("What have we understood, and what kind of ideas do we look for?"),
    "extend": gettext_lazy("Why is the day changed?"),
    "close_ideas": gettext_lazy("Why does it end now?"),
    "plan": gettext_lazy("What is planned, and who does it?"),
    "test": gettext_lazy("What is tested, where and until when?"),
    "adopt": gettext_lazy("What became of it, and where is it used?"),
    "solve": gettext_lazy("What solved it, and what is different now?"),
}
BODIES: Mapping[str, str | StrPromise] = {
    "ask": gettext_lazy("What do you want to know?"),
    "reply": gettext_lazy("Your answer"),
}
SENDING: Mapping[str, str | StrPromise] = {
    "ask": gettext_lazy("Send the question"),
    "reply": gettext_lazy("Send the answer"),
    "decline": gettext_lazy("Send the answer"),
    "decide": gettext_lazy("Record the decision"),
    "learn": gettext_lazy("Record the learning"),
}
HEADINGS: Mapping[str, str | StrPromise] = {
    "decline": gettext_lazy("Decline with an honest answer"),
    "withdraw": gettext_lazy("Take it back as a draft?"),
}


@dataclass(frozen=True)
class Taken:
    """A step about to be taken: by whom, with what. `asked` is the question to the authors that a merge rests on, `draft` what is written so far."""

    step: Step
    contribution: Contribution
    person: Person
    asked: MergeProposal | None = None
    draft: AnswerDraft | None = None

    def say(self, words: str | StrPromise) -> str:
        return str(words) % {"name": self.contribution.author.given_name}


def _text(label: str | StrPromise, *, help_text: str | StrPromise = "", rows: int = 3) -> Callable[[Taken], forms.Field]:
    def make(taken: Taken) -> forms.Field:
        area = forms.Textarea(attrs={"rows": rows})
        return TextField(label=taken.say(label), help_text=help_text, max_length=LONGEST_ANSWER, widget=area)

    return make


def _reason(taken: Taken) -> forms.Field:
    label = REASONS.get(taken.step.name, gettext_lazy("Tell %(name)s what happens now"))
    return _text(label, rows=4)(taken)


def _body(taken: Taken) -> forms.Field:
    return _text(BODIES[taken.step.name], rows=4)(taken)


def _line(label: str | StrPromise, longest: int, help_text: str | StrPromise = "") -> Callable[[Taken], forms.Field]:
    return lambda _taken: LineField(label=label, max_length=longest, help_text=help_text)


def _reason_code(_taken: Taken) -> forms.Field:
    errors = dict.fromkeys(("required", "invalid_choice"), _("Choose a reason."))
    return forms.ChoiceField(label=_("Reason"), choices=ReasonCode, widget=forms.RadioSelect, error_messages=errors)


def _day_ahead(label: str | StrPromise, help_text: str | StrPromise = "") -> Callable[[Taken], forms.Field]:
    """A day from tomorrow on, within three years."""

    def make(_taken: Taken) -> forms.Field:
        field = DayField(label=label, help_text=help_text, validators=[_check_not_far])
        field.widget.attrs |= {"min": (timezone.localdate() + datetime.timedelta(days=1)).isoformat()}
        return field

    return make


def _check_not_far(day: datetime.date) -> None:
    if day > timezone.localdate() + FURTHEST_AHEAD:
        raise ValidationError(_("Choose a day within three years."))


def _decided_on(_taken: Taken) -> forms.Field:
    field = DayField(label=_("When was it decided?"), initial=timezone.localdate, validators=[_check_has_been])
    field.widget.attrs |= {"max": timezone.localdate().isoformat()}
    return field


def _check_has_been(day: datetime.date) -> None:
    if not EARLIEST_DECISION <= day <= timezone.localdate():
        raise ValidationError(_("Choose a day that has been, 1994 at the earliest."))


def _owner(taken: Taken) -> forms.Field:
    others = Organisation.objects.exclude(pk=taken.contribution.owner_organisation_id)
    errors = dict.fromkeys(("required", "invalid_choice"), _("Choose one of the organisations."))
    return forms.ModelChoiceField(
        others, label=_("Who answers from now on?"), empty_label=None, widget=forms.RadioSelect, error_messages=errors
    )


class _PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.full_name}, {obj.department.name}"


def _assignee(taken: Taken) -> forms.Field:
    answerers = Person.objects.with_place().filter(answerers_of(taken.contribution))
    errors = dict.fromkeys(("required", "invalid_choice"), _("Choose a coordinator who answers for it."))
    return _PersonField(
        answerers, label=_("Who answers for it?"), empty_label=None, initial=taken.contribution.assigned_to_id or taken.person.pk,
        widget=forms.RadioSelect, error_messages=errors,
    )  # fmt: skip


class _TargetCards(ChoiceCards):
    """Those that are alike, to choose among; the address of another counts where none is chosen."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name) or data.get(f"{name}_address")


class TargetField(forms.CharField):
    """A contribution the person may see, by id or by address."""

    def __init__(self, *, taken: Taken, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.chosen: Contribution | None = None
        self.visible = Contribution.objects.visible_to(taken.person).sent().exclude(pk=taken.contribution.pk).with_place()
        if taken.asked:
            self.chosen, self.has_alike = taken.asked.target, False
            self._show([taken.asked.target])
            return
        alike = similar(self.visible.exclude(status=Status.MERGED), taken.contribution.title)
        self.has_alike = bool(alike)
        self._show(alike)
        if not alike:
            self.widget = forms.TextInput()
            self.help_text = _("None that is alike was found. Paste the address of the other, from the address bar.")

    def _show(self, rows: list[Contribution]) -> None:
        self.widget.choices = [(str(row.pk), row.title) for row in rows]
        self.widget.descriptions = {
            str(row.pk): f"{row.get_kind_display()} · {row.get_status_display()} · {row.department.name}" for row in rows
        }

    def clean(self, value: Any) -> Contribution:
        typed = super().clean(value)
        match = ADDRESS.fullmatch(typed)
        found = self.visible.filter(pk=int(match[1])).first() if match else None
        if found is None:
            raise ValidationError(_("Choose one of those that are alike, or paste the address of another that you can see."))
        if found.status == Status.MERGED:
            raise ValidationError(_("Choose another contribution, one that is not itself merged."))
        self.chosen = found
        return found


def _target(taken: Taken) -> forms.Field:
    return TargetField(
        taken=taken, label=_("Which one does it belong to?"), widget=_TargetCards(), max_length=400,
        error_messages={"required": _("Choose one, or paste the address of another.")},
    )  # fmt: skip


def _registration_number(_taken: Taken) -> forms.Field:
    return LineField(
        label=_("Registration number"), max_length=40, help_text=_("As it stands on the decision, like KS 2026/123."),
        validators=[check_registration_number],
    )  # fmt: skip


def _audience(taken: Taken) -> forms.Field:
    choices = [(audience.value, audience.label) for audience in SENT_AUDIENCES]
    return forms.ChoiceField(label=_("Who may read it?"), choices=choices, widget=forms.RadioSelect)


FIELDS: Mapping[str, Callable[[Taken], forms.Field]] = {
    "audience": _audience,
    "assignee": _assignee,
    "reason_code": _reason_code,
    "reason": _reason,
    "body": _body,
    "change": _text(gettext_lazy("What would change our answer?"), help_text=gettext_lazy("A no without a way on is only a no."), rows=2),
    "until": _day_ahead(gettext_lazy("Until when?"), gettext_lazy("It comes back to the queue by itself that day.")),
    "closes_on": _day_ahead(gettext_lazy("The last day for ideas"), gettext_lazy("Ideas are taken through the whole of that day.")),
    "target": _target,
    "owner": _owner,
    "decided_by": _line(
        gettext_lazy("Who decided?"), 120, gettext_lazy("The board, the manager or the group, as it stands in the decision.")
    ),
    "decided_on": _decided_on,
    "ground": _text(gettext_lazy("On what ground?"), help_text=gettext_lazy("The law, the rule or the delegation."), rows=2),
    "registration_number": _registration_number,
    "learning_believed": _text(gettext_lazy("What did we believe?"), rows=2),
    "learning_tried": _text(gettext_lazy("What did we try?"), rows=2),
    "learning_happened": _text(gettext_lazy("What happened?"), rows=3),
    "learning_next": _text(gettext_lazy("What do we do next?"), rows=2),
}
"""Every field a step may ask for."""


class StepForm(forms.Form):
    """The fields of one step."""

    use_required_attribute = False

    def __init__(self, data: Any = None, *, taken: Taken, **kwargs: Any) -> None:
        if taken.asked:
            kwargs["initial"] = {"target": str(taken.asked.target_id), "reason": taken.asked.reason}
        elif data is None and taken.draft:
            kwargs["initial"] = {name: value for name, value in taken.draft.values.items() if value}
        super().__init__(data, **kwargs)
        self.taken = taken
        for name in taken.step.fields:
            field = FIELDS[name](taken)
            field.required = name in taken.step.requires
            self.fields[name] = field
            if isinstance(field, TargetField) and field.has_alike:
                self.fields["target_address"] = LineField(
                    label=_("Or the address of another"), required=False, max_length=400, help_text=_("Copy it from the address bar.")
                )

        if taken.step.name == "decline":
            for name in ("reason", "change"):
                self.fields[name].validators.append(check_filled_in)
        if self.quick_days:
            self.fields["until"].initial = self.quick_days[0][0]

    @property
    def starts(self) -> list[dict[str, str]]:
        """How an answer that says no may begin."""
        if self.taken.step.name != "decline":
            return []
        return [
            {"code": code.value, "label": str(code.label), "reason": str(one.reason), "change": str(one.change)}
            for code, one in STARTS.items()
        ]

    @property
    def quick_days(self) -> list[tuple[str, str, str]]:
        """Days that one press parks until."""
        return quick_days(timezone.localdate()) if self.taken.step.name == "park" else []

    def begin(self, reason_code: str) -> None:
        """Fill what is empty with a beginning; what is written stays. Nothing is judged yet."""
        given = {name: self.data.get(name, "") for name in self.data}
        if start := begun(reason_code):
            given["reason_code"] = reason_code
            for name, text in (("reason", start.reason), ("change", start.change)):
                if not given.get(name, "").strip():
                    given[name] = str(text)
        self.data = given
        self.errors.clear()

    @property
    def typed(self) -> list[tuple[str, str]]:
        """What was written, with what was asked: kept in sight where the step can no longer be taken."""
        texts = [(self[name].label, self.data.get(name, "")) for name, field in self.fields.items() if isinstance(field, TextField)]
        return [(str(label), text) for label, text in texts if text.strip()]

    @property
    def heading(self) -> str:
        return str(HEADINGS.get(self.taken.step.name, self.taken.step.label))

    @property
    def worth_knowing(self) -> str:
        """A sentence for whoever is about to take it."""
        return self.taken.step.worth_knowing(self.taken.contribution) if self.taken.step.worth_knowing else ""

    @property
    def send_label(self) -> str:
        return str(SENDING.get(self.taken.step.name, self.taken.step.label))

    @property
    def address(self) -> str:
        return reverse("step", args=(self.taken.contribution.pk, self.taken.step.name))

    def refuse(self, error: ValidationError) -> None:
        """Put what the step itself refused beside its fields."""
        problems = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
        for name, messages in problems.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)
