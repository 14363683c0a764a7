"""What administrators fill in, and each person's own settings."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from lib.form_rendering import ChoiceCards, DayField
from lib.text import LineField, TextField
from organisation.enums import Language, OrganisationKind, Role
from organisation.models import Department, Organisation, Person
from organisation.queries import LONGEST_SEARCH, department_choices

if TYPE_CHECKING:
    _ModelChoiceField = forms.ModelChoiceField[Department]
else:
    _ModelChoiceField = forms.ModelChoiceField

CHOOSE = ("", "–")
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MOST_DAYS_OFF = 100


class DepartmentField(_ModelChoiceField):
    """One of the departments offered, grouped by organisation. Nothing is offered until `offer` is called."""

    default_error_messages = {"required": _("Choose a department."), "invalid_choice": _("Choose one of the departments in the list.")}

    def __init__(self, *, empty: str | Promise | None = None, **kwargs: Any) -> None:
        super().__init__(Department.objects.none(), **kwargs)
        self.empty = empty

    def offer(self, departments: Sequence[Department]) -> None:
        self.queryset = Department.objects.filter(pk__in=[department.pk for department in departments])
        nothing = CHOOSE[1] if self.required else self.empty or CHOOSE[1]
        self.choices = [("", nothing), *department_choices(departments)]


class PersonField(LineField):
    """Somebody active, by mail address or by the whole name."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        either = Q(email__iexact=text)
        for at in (place for place, letter in enumerate(text) if letter == " "):
            either |= Q(given_name__iexact=text[:at], family_name__iexact=text[at + 1 :])
        found = list(Person.objects.active().filter(either)[:2])
        if len(found) != 1:
            several = _now("Several people have this name. Write the mail address.")
            raise ValidationError(several if found else _now("Nobody has this mail address or name."))
        return found[0]


class DaysField(TextField):
    """Days, one on each line, given as a sorted list. What cannot be read is named."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        days = set()
        for line in filter(None, (line.strip() for line in str(text or "").splitlines())):
            try:
                if not (line.isascii() and DAY.fullmatch(line)):
                    raise ValueError(line)
                days.add(datetime.date.fromisoformat(line))
            except ValueError:
                raise ValidationError(_now("“%(line)s” is no day. Write like 2026-12-28.") % {"line": line[:40]}) from None
        if len(days) > MOST_DAYS_OFF:
            raise ValidationError(_now("That is more than %(most)s days. Take away those that have been.") % {"most": MOST_DAYS_OFF})
        return sorted(days)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(day.isoformat() for day in value) if isinstance(value, list) else value


class OrganisationForm(forms.Form):
    name = LineField(label=_("Name"), max_length=120, help_text=_("The whole name, for example Tekniska Verken i Kiruna AB."))
    short_name = LineField(label=_("Short name"), max_length=40, help_text=_("What people say, for example Tekniska Verken."))
    answer_within = forms.IntegerField(
        label=_("Working days to the first answer"),
        min_value=1,
        max_value=60,
        initial=10,
        help_text=_("The promise to whoever brings something. It holds for what is sent from now on."),
    )
    days_off = DaysField(
        label=_("Days when you are closed"),
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One on each line, like 2026-12-28. Weekends and public holidays are never counted."),
    )


class NewOrganisationForm(OrganisationForm):
    kind = forms.ChoiceField(label=_("Kind"), choices=OrganisationKind.choices, widget=forms.RadioSelect)
    field_order = ("name", "short_name", "kind", "answer_within", "days_off")


class DepartmentForm(forms.Form):
    name = LineField(label=_("Name"), max_length=120)
    parent = DepartmentField(label=_("Lies beneath"), required=False, empty=_("At the top"))

    mark_optional = False

    def __init__(self, *args: Any, parents: Sequence[Department], top: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["parent"]
        assert isinstance(field, DepartmentField)
        field.required = not top
        field.offer(parents)


class NewDepartmentForm(DepartmentForm):
    code = LineField(
        label=_("Code"),
        max_length=40,
        help_text=_("Unique in the organisation, for example SOC-HTJ. Imports know it by this."),
    )
    field_order = ("name", "code", "parent")


class CloseDepartmentForm(forms.Form):
    people_to = DepartmentField(label=_("Where do the people go?"), required=False)

    mark_optional = False

    def __init__(self, *args: Any, departments: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["people_to"]
        assert isinstance(field, DepartmentField)
        field.offer(departments)


class PersonForm(forms.Form):
    given_name = LineField(label=_("Given name"), max_length=60)
    family_name = LineField(label=_("Family name"), max_length=60)
    email = forms.EmailField(
        label=_("Work e-mail"), max_length=254, error_messages={"invalid": _("Write a whole mail address, like sara.niemi@kiruna.example.")}
    )
    job_title = LineField(label=_("Job title"), max_length=80, required=False)
    department = DepartmentField(label=_("Department"))
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, initial=Language.SWEDISH, widget=forms.RadioSelect)

    def __init__(self, *args: Any, departments: Sequence[Department], fixed_email: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, DepartmentField)
        field.offer(departments)
        if fixed_email:
            del self.fields["email"]


class AwayForm(forms.Form):
    away_from = DayField(label=_("Away from"), required=False)
    away_until = DayField(label=_("Away until"), required=False)

    mark_optional = False


class SettingsForm(AwayForm):
    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)
    single_keys = forms.BooleanField(
        label=_("Single-key shortcuts"), required=False, help_text=_("For example / for search. Switch off if you use speech input.")
    )
    field_order = ("language", "away_from", "away_until", "single_keys")


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"),
        choices=Role.choices,
        error_messages={"required": _("Choose a role.")},
        widget=ChoiceCards(
            descriptions={
                Role.AMBASSADOR: _("Reads drafts when asked, brings in colleagues' ideas, connects people."),
                Role.COORDINATOR: _("Works the queue: answers within the promise, and takes the steps."),
                Role.ADMIN: _("Manages departments, people and roles. Gives no right to read contributions."),
            }
        ),
    )
    scope = forms.ChoiceField(label=_("Held for"), error_messages={"invalid_choice": _("Choose one of the places in the list.")})
    start_on = DayField(label=_("From"), initial=timezone.localdate)
    end_on = DayField(label=_("Until"), required=False, help_text=_("The last day. Empty means until further notice."))
    deputy = PersonField(
        label=_("Deputy"),
        max_length=254,
        required=False,
        help_text=_("Mail address or whole name. Stands in while the holder is away or has left."),
    )

    def __init__(
        self, *args: Any, group: bool, organisations: Sequence[Organisation], departments: Sequence[Department], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.scopes: dict[str, Department | Organisation | None] = {"group": None} if group else {}
        self.scopes |= {f"organisation-{each.pk}": each for each in organisations}
        self.scopes |= {f"department-{each.pk}": each for each in departments}
        field = self.fields["scope"]
        assert isinstance(field, forms.ChoiceField)
        grouped = [(name, [(f"department-{pk}", label) for pk, label in group]) for name, group in department_choices(departments)]
        whole = [("group", _("The whole group"))] if group else []
        field.choices = [CHOOSE, *whole, *((f"organisation-{each.pk}", each.name) for each in organisations), *grouped]

    def clean_scope(self) -> Department | Organisation | None:
        return self.scopes[self.cleaned_data["scope"]]


class DeputyForm(forms.Form):
    deputy = PersonField(
        label=_("Deputy"), max_length=254, required=False, help_text=_("Mail address or whole name. Leave empty for nobody.")
    )

    mark_optional = False


class EndRoleForm(forms.Form):
    end_on = DayField(label=_("Last day"), required=False, help_text=_("Leave empty to end it at once."))

    mark_optional = False


class PeopleFilter(forms.Form):
    """The administrators' list. `closed` shows the closed accounts instead."""

    q = LineField(label=_("Name or title"), required=False, max_length=LONGEST_SEARCH, widget=forms.TextInput(attrs={"type": "search"}))
    department = DepartmentField(label=_("Department"), required=False, empty=_("All"))
    closed = forms.BooleanField(label=_("Closed accounts"), required=False)

    mark_optional = False

    def __init__(self, *args: Any, departments: Sequence[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, DepartmentField)
        field.offer(departments)
