"""Django's forms in the design system's markup. Templates: templates/forms/.

`{{ form }}` is the summary of errors and every field; `{{ form.title.as_field_group }}` one field. A page that lays out the fields
itself includes `forms/error_summary.html` above the form. `mark_optional = False` on a form leaves out "(optional)", as a filter wants.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class KirunaRenderer(TemplatesSetting):
    """Renders `{{ form }}` and `as_field_group` from templates/forms/ and dresses every widget."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if "widget" in context:
            _dress(context["widget"])
        return super().render(template_name, context, request)


def _dress(widget: dict[str, Any]) -> None:
    """The class of the design system; a count towards the limit, not maxlength, with which a browser silently cuts what is pasted."""
    for inner in widget.get("subwidgets", ()):
        _dress(inner)
    attrs = widget["attrs"]
    if limit := attrs.pop("maxlength", None):
        attrs["data-count"] = limit
    attrs.pop("minlength", None)
    attrs.pop("cols", None)  # as wide as the column it stands in
    classes = attrs.get("class", "").split()
    if widget.get("type") != "hidden" and "ds-input" not in classes:
        attrs["class"] = " ".join(["ds-input", *classes])


class ErrorLink(NamedTuple):
    """A line of the error summary: the id of what to mend ("" when it is no field of its own), its label and what is wrong."""

    anchor: str
    label: str
    message: str


def error_links(form: forms.BaseForm) -> list[ErrorLink]:
    """What is wrong with the form, in the order of its fields."""
    links = [ErrorLink("", "", str(message)) for message in form.non_field_errors()]
    for field in form:
        anchor, label = ("", "") if field.is_hidden else (_anchor(field), str(field.label or ""))
        links += [ErrorLink(anchor, label, str(message)) for message in field.errors]
    return links


def _anchor(field: BoundField) -> str:
    if field.id_for_label:
        return field.id_for_label
    first = field.subwidgets[0].data["attrs"].get("id") if isinstance(field.field.widget, ChoiceWidget) and len(field) else None
    return str(first or field.auto_id)


class ChoiceCards(forms.RadioSelect):
    """Radio buttons as cards, each with a sentence beneath: `descriptions` and `disabled` by the choice's value."""

    is_cards = True

    def __init__(self, *args: Any, descriptions: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.descriptions: Mapping[str, Any] = descriptions or {}
        self.disabled: frozenset[str] = frozenset()

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.disabled:
            option["attrs"]["disabled"] = True
        if description := self.descriptions.get(str(value)):
            option["description"] = description
            option["attrs"]["aria-describedby"] = f"{option['attrs'].get('id', name)}_description"
        return option


class DayField(forms.DateField):
    """A day, with the browser's own calendar."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    default_error_messages = {
        "required": _("Choose a day."),
        "invalid": _("Write the day as year, month and day, like 2026-11-23."),
    }
