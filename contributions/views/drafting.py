"""Drafting a step's answer on the step's own page: keep it, find it again, meet somebody else's changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from contributions.actions.drafting import draft_of, is_draftable, plain, save_draft
from contributions.forms.steps import StepForm, Taken
from contributions.models import AnswerDraft
from lib.text import number


@dataclass(frozen=True)
class Drafting:
    """What the page says of the draft. `version` goes along with the form; `changed` are its words now, when somebody else wrote meanwhile."""

    draft: AnswerDraft | None
    version: int
    changed: list[tuple[str, str]] | None = None


def drafting(request: HttpRequest, taken: Taken, form: StepForm, *, has_changed: bool = False) -> dict[str, Any]:
    """The context of a draftable step's page; nothing for any other."""
    if not is_draftable(taken.step):
        return {}
    draft = draft_of(taken.contribution, taken.step)
    standing = draft.version if draft else 0
    read = read_draft_version(request) if request.method == "POST" and not has_changed else None
    changed = words_of(draft, form) if has_changed else None
    return {"drafting": Drafting(draft, standing if read is None else read, changed)}


def words_of(draft: AnswerDraft | None, form: StepForm) -> list[tuple[str, str]]:
    """Label and words of everything that is written in it."""
    values = draft.values if draft else {}
    return [(str(field.label), str(values[field.name])) for field in form if values.get(field.name)]


def read_draft_version(request: HttpRequest) -> int | None:
    """None where the form has none; one that cannot be is like no draft's."""
    value = request.POST.get("draft_version")
    read = number(value)
    return -1 if value is not None and read is None else read


def is_kept(request: HttpRequest, taken: Taken) -> bool:
    return "save_draft" in request.POST and is_draftable(taken.step)


def may_keep(form: StepForm) -> bool:
    """What is still missing may be missing; what is wrong is not kept. Clears the errors of the missing."""
    form.is_valid()
    for name, errors in list(form.errors.as_data().items()):
        if all(error.code == "required" for error in errors):
            del form.errors[name]
    return not form.errors


def keep(request: HttpRequest, taken: Taken, form: StepForm, read_at: int | None) -> None:
    """Raises DraftChanged."""
    save_draft(
        by=taken.person, contribution=taken.contribution, step=taken.step.name,
        values=plain({name: form.cleaned_data.get(name) for name in form.fields}),
        read_at=taken.contribution.version if read_at is None else read_at, version=read_draft_version(request),
    )  # fmt: skip
    messages.success(request, _("The draft is saved. Only those who answer for it can read it."))
