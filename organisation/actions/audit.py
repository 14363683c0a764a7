"""The audit log's lines."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import models

from organisation.enums import AuditVerb
from organisation.models import AuditEntry, Department, Organisation, Person

Changes = dict[str, list[str]]
"""Column: [before, after], as text."""

MACHINE = "manage.py"


def entry(
    *, by: Person | None, verb: AuditVerb, subject: Organisation | Department | Person, details: Mapping[str, str | list[str]] | None = None
) -> AuditEntry:
    """An unsaved line. Details are changes, and further values worth keeping, such as a role's name."""
    return AuditEntry(
        by=by,
        by_name=by.full_name if by else MACHINE,
        organisation_id=_organisation_id(subject),
        verb=verb,
        subject=subject.name if isinstance(subject, (Organisation, Department)) else subject.full_name,
        subject_type=subject._meta.model_name or "",
        subject_id=subject.pk,
        details=dict(details or {}),
    )


def log(
    *, by: Person | None, verb: AuditVerb, subject: Organisation | Department | Person, details: Mapping[str, str | list[str]] | None = None
) -> None:
    entry(by=by, verb=verb, subject=subject, details=details).save(force_insert=True)


def assign(row: models.Model, **values: Any) -> Changes:
    """Set the columns that differ, without saving; what differed."""
    changes: Changes = {}
    for name, value in values.items():
        before = getattr(row, name)
        if before != value:
            changes[name] = [as_text(before), as_text(value)]
            setattr(row, name, value)
    return changes


def as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return ", ".join(as_text(one) for one in value)
    return value.isoformat() if isinstance(value, datetime.date) else str(value)


def _organisation_id(subject: Organisation | Department | Person) -> int:
    if isinstance(subject, Organisation):
        return subject.pk
    return subject.organisation_id if isinstance(subject, Department) else subject.department.organisation_id
