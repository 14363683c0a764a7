"""The two screens of sharing, and the edit page of an idea that has been sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from contributions.enums import Audience
from contributions.forms.texts import EditTextsForm, WantedField
from contributions.models import TEXT_LENGTH
from contributions.queries.readers import Readership, in_words
from ideas.models import Idea
from lib.form_rendering import ChoiceCards
from lib.text import TextField
from organisation.models import Person

WRITTEN = {"autocapitalize": "sentences", "enterkeyhint": "enter"}


def _proposal(**more: Any) -> TextField:
    return TextField(max_length=TEXT_LENGTH, widget=forms.Textarea(attrs={"rows": 5, **WRITTEN}), **more)


def _benefit() -> TextField:
    return TextField(
        label=gettext_lazy("What would it give?"),
        help_text=gettext_lazy("Time, safety, money, a better day for somebody. A guess is enough."),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, **WRITTEN}),
    )


class IdeaForm(EditTextsForm):
    """Everything that the author of a sent idea may still change."""

    proposal = _proposal(label=gettext_lazy("Your proposal"))
    benefit = _benefit()


class ProposalTexts(forms.Form):
    """The second screen's texts alone. `complete`: the idea has been sent, so the proposal has to be there."""

    use_required_attribute = False
    mark_optional = False

    proposal = _proposal(label=gettext_lazy("Your proposal"))
    benefit = _benefit()
    help_wanted = WantedField()

    def __init__(self, *args: Any, complete: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["proposal"].required = complete


class UnsentForm(forms.Form):
    """The second screen for whoever writes a draft and does not decide over it."""

    use_required_attribute = False

    proposal = _proposal(label=gettext_lazy("Is there a proposal?"), required=False)
    benefit = _benefit()
    help_wanted = WantedField()


class ProposalForm(forms.Form):
    """The second screen: the proposal, and who may read it."""

    use_required_attribute = False

    proposal = _proposal(
        label=gettext_lazy("Do you have a proposal?"),
        help_text=gettext_lazy("Leave it empty if you do not know. Then it becomes a challenge that others can give ideas to."),
        required=False,
    )
    benefit = _benefit()
    help_wanted = WantedField()
    audience = forms.ChoiceField(label=gettext_lazy("Who may read it now?"), choices=Audience, widget=ChoiceCards)
    ambassador = forms.TypedChoiceField(label=gettext_lazy("Which ambassador?"), coerce=int, empty_value=None, required=False)

    def __init__(self, *args: Any, readership: Readership, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.readership = readership
        self.ambassadors = {person.pk: person for person in readership.ambassadors}
        audience, ambassador = self.fields["audience"], self.fields["ambassador"]
        assert isinstance(audience, forms.ChoiceField)
        assert isinstance(ambassador, forms.ChoiceField)
        audience.help_text = _("Only you can open it to more people, a step at a time, when you like.")
        audience.choices = labels(readership)
        cards = audience.widget
        assert isinstance(cards, ChoiceCards)
        cards.descriptions = descriptions(readership)
        cards.disabled = frozenset() if self.ambassadors else frozenset({Audience.AMBASSADOR.value})
        ambassador.choices = [(pk, f"{person.full_name}, {person.job_title}".rstrip(", ")) for pk, person in self.ambassadors.items()]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("audience") == Audience.AMBASSADOR and "ambassador" not in self.errors:
            self._clean_ambassador(cleaned)
        return cleaned

    def _clean_ambassador(self, cleaned: dict[str, Any]) -> None:
        if not self.ambassadors:
            self.add_error("audience", descriptions(self.readership)[Audience.AMBASSADOR])
        elif cleaned.get("ambassador") is None and len(self.ambassadors) > 1:
            self.add_error("ambassador", _("Choose who is to read your draft."))
        else:
            cleaned["ambassador"] = cleaned.get("ambassador") or next(iter(self.ambassadors))


def proposal_of(idea: Idea) -> dict[str, Any]:
    """What stands, as the second screen's initial values. Nothing is chosen wider than the author's own department."""
    entrusted = idea.audience == Audience.AMBASSADOR
    return {
        "proposal": idea.proposal,
        "benefit": idea.benefit,
        "help_wanted": idea.help_wanted,
        "audience": Audience.AMBASSADOR if entrusted else Audience.DEPARTMENT,
        "ambassador": idea.ambassador_id,
    }


def labels(readership: Readership) -> list[tuple[str, str]]:
    department = readership.contribution.department
    return [
        (Audience.AUTHOR, _("Only me and those I have invited") if readership.chosen else str(Audience.AUTHOR.label)),
        (Audience.AMBASSADOR, str(Audience.AMBASSADOR.label)),
        (Audience.DEPARTMENT, department.name),
        (Audience.ORGANISATION, _("The whole of %(organisation)s") % {"organisation": department.organisation.short_name}),
        (Audience.GROUP, str(Audience.GROUP.label)),
    ]


def descriptions(readership: Readership) -> dict[str, str]:
    """Who exactly reads it, by audience."""
    department = readership.contribution.department
    answering = _answering(readership.coordinators)
    people = {
        Audience.DEPARTMENT: _people(readership.in_department, _("in %(place)s") % {"place": department.name}),
        Audience.ORGANISATION: _people(readership.in_organisation, _("in %(place)s") % {"place": department.organisation.short_name}),
        Audience.GROUP: _people(readership.in_group, _("in %(place)s") % {"place": in_words(list(readership.by_organisation))}),
    }
    return {
        Audience.AUTHOR: _keeping(readership),
        Audience.AMBASSADOR: _entrusting(readership),
        **{audience: f"{number}{answering}" for audience, number in people.items()},
    }


def _people(number: int, where: str) -> str:
    words = {"number": f"{number:,}".replace(",", "\u00a0"), "where": where}
    return ngettext("%(number)s person %(where)s", "%(number)s people %(where)s", number) % words


def _answering(coordinators: Sequence[Person]) -> str:
    """The end of the sentence that says who reads."""
    if not coordinators:
        return _(", and the coordinators who answer you.")
    said = ngettext(
        ", and the coordinator %(names)s, who answers you.",
        ", and the coordinators %(names)s, who answer you.",
        len(coordinators),
    )
    return said % {"names": in_words([person.full_name for person in coordinators])}


def _keeping(readership: Readership) -> str:
    if not readership.chosen:
        return _("A draft. Nobody else sees it, not even the coordinator. No promise of an answer yet.")
    names = {"names": in_words([person.full_name for person in readership.chosen])}
    return _("A draft. Only you and %(names)s see it, not even the coordinator. No promise of an answer yet.") % names


def _entrusting(readership: Readership) -> str:
    ambassadors = readership.ambassadors
    if ambassadors and readership.chosen:
        names = {"names": in_words([person.full_name for person in readership.chosen])}
        return _("An ambassador reads in confidence and helps you on. %(names)s read on, and nothing shows to others.") % names
    if not ambassadors:
        department = {"department": readership.contribution.department.name}
        return _("There is no innovation ambassador for %(department)s at present, so this cannot be chosen.") % department
    if len(ambassadors) == 1:
        return _("%(name)s reads in confidence and helps you on. Nothing shows to others.") % {"name": ambassadors[0].full_name}
    return _("The one you choose reads in confidence and helps you on. Nothing shows to others.")
