"""A line of the audit log in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organisation.enums import AuditVerb, Language, Role
from organisation.models import AuditEntry

FIELDS = {
    "role": gettext_lazy("Role"),
    "scope": gettext_lazy("Held for"),
    "start_on": gettext_lazy("From"),
    "end_on": gettext_lazy("Until"),
    "deputy": gettext_lazy("Deputy"),
    "given_name": gettext_lazy("Given name"),
    "family_name": gettext_lazy("Family name"),
    "email": gettext_lazy("Work e-mail"),
    "job_title": gettext_lazy("Job title"),
    "department": gettext_lazy("Department"),
    "language": gettext_lazy("Language"),
    "away_from": gettext_lazy("Away from"),
    "away_until": gettext_lazy("Away until"),
    "name": gettext_lazy("Name"),
    "short_name": gettext_lazy("Short name"),
    "answer_within": gettext_lazy("Working days to the first answer"),
    "days_off": gettext_lazy("Days when you are closed"),
    "parent": gettext_lazy("Lies beneath"),
    "people": gettext_lazy("People moved"),
    "people_to": gettext_lazy("People moved to"),
}
"""What a line may tell, in the order it is told."""


@dataclass(frozen=True)
class Detail:
    """A value, or what a value was and became (`before` is then not None)."""

    label: str
    value: str
    before: str | None = None


@dataclass(frozen=True)
class Line:
    entry: AuditEntry
    done: str
    details: list[Detail]


def line(entry: AuditEntry) -> Line:
    done = str(AuditVerb(entry.verb).label) if entry.verb in AuditVerb.values else entry.verb
    return Line(entry, done, list(_details(entry)))


def _details(entry: AuditEntry) -> Iterator[Detail]:
    for name, label_ in FIELDS.items():
        if name not in entry.details:
            continue
        value, label = entry.details[name], str(label_)
        if isinstance(value, list):
            before, after = value
            yield Detail(label, _shown(name, after), _shown(name, before))
        else:
            yield Detail(label, _shown(name, value))


def _shown(name: str, value: str) -> str:
    if name == "role" and value in Role.values:
        return str(Role(value).label)
    if name == "language" and value in Language.values:
        return str(Language(value).label)
    if not value:
        return {"scope": _("the whole group"), "parent": _("at the top")}.get(name, _("nothing"))
    return value
