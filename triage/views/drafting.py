"""Answers being drafted: what waits to be read, sent together, thrown away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from contributions.actions import drafting
from contributions.forms.steps import StepForm, Taken
from contributions.lifecycle import IllegalStep, StaleVersion, spec_of
from contributions.models import AnswerDraft, TrailEntry
from contributions.queries.drafting import drafts_for
from contributions.rules import answerers_of
from contributions.steps import Step
from lib.access import find
from lib.htmx import redirect
from lib.text import number
from organisation.models import Person
from triage.actions.many import take_back_sent

MOST = 100
SALT = "triage.drafts"
NAMED = 10


@dataclass(frozen=True)
class Row:
    """A draft as the list shows it: the step it is for, whether that can be taken from here, and why it was not sent just now."""

    draft: AnswerDraft
    step: Step | None
    can_be_taken: bool
    problem: str = ""
    chosen: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """The list; posted, the chosen ones are sent, each by itself, and what could not be sent stays with the reason."""
    person = coordinator(request)
    if request.method != "POST":
        return show(request, person, {})
    chosen = dict(pair for value in request.POST.getlist("draft")[:MOST] if (pair := pair_of(value)))
    problems: dict[int, str] = {}
    sent: list[int] = []
    for draft in drafts_for(person).filter(pk__in=chosen).order_by("pk"):
        came = publish(person, draft, chosen[draft.pk])
        if isinstance(came, TrailEntry):
            sent.append(came.pk)
        else:
            problems[draft.pk] = came
    if sent:
        text = ngettext("%(n)d answer is sent.", "%(n)d answers are sent.", len(sent)) % {"n": len(sent)}
        messages.success(request, text, extra_tags=undo_address(sent))
    if not chosen:
        messages.error(request, _("Choose at least one draft to send."))
    return show(request, person, problems, status=422) if problems else redirect(request, reverse("drafts"))


def show(request: HttpRequest, person: Person, problems: dict[int, str], status: int = 200) -> HttpResponse:
    rows = [row_of(draft, problems.get(draft.pk, "")) for draft in drafts_for(person)[:MOST]]
    mine = [row for row in rows if row.draft.by_id == person.pk]
    others = [row for row in rows if row.draft.by_id != person.pk]
    return render(request, "triage/drafts.html", {"mine": mine, "others": others, "problems": problems}, status=status)


def row_of(draft: AnswerDraft, problem: str) -> Row:
    step = spec_of(draft.contribution.kind).step(draft.step)
    return Row(draft, step, step is not None and draft.contribution.status in step.sources, problem, chosen=bool(problem))


def publish(person: Person, draft: AnswerDraft, version: int) -> TrailEntry | str:
    """Send it as it was read: the line on the trail, or why not."""
    step = spec_of(draft.contribution.kind).step(draft.step)
    if step is None or draft.contribution.status not in step.sources:
        return _("That step cannot be taken from where it stands now.")
    form = StepForm(draft.values, taken=Taken(step, draft.contribution, person))
    if not form.is_valid():
        return _("Something is missing or no longer holds. Open it and look.")
    try:
        return drafting.send(
            by=person, contribution=draft.contribution, step=step.name, values=form.cleaned_data,
            version=draft.contribution_version, draft_version=version,
        )  # fmt: skip
    except drafting.DraftChanged:
        return _("Somebody has written in it since you read it. Read it once more.")
    except StaleVersion:
        return _("Something has happened since it was written. Open it, and send it from there if it still holds.")
    except ValidationError as refusal:
        return " ".join(refusal.messages)
    except (IllegalStep, PermissionDenied):
        return _("That step cannot be taken from where it stands now.")


def undo_address(sent: list[int]) -> str:
    """Where the toast's button posts. Which answers went stands signed in the address; that they are one's own and how old is asked anew."""
    return f"{reverse('drafts_undo')}?{urlencode({'of': signing.dumps(sent, salt=SALT, compress=True)})}"


@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back all that one press sent; those that have gone out are named."""
    person = coordinator(request)
    try:
        sent = signing.loads(request.GET.get("of", ""), salt=SALT)
    except (signing.BadSignature, ValueError):
        sent = []
    back, left = take_back_sent(by=person, entries=sent)
    if back and not left:
        messages.success(request, _("Taken back. Nobody has been told. What you wrote stands as a draft again."))
    else:
        messages.warning(request, partly_words(back, left))
    return redirect(request, reverse("drafts"))


def partly_words(number: int, left: list[str]) -> str:
    """How many came back, and by title those that did not."""
    if number:
        words = _(
            "%(number)d of %(all)d are taken back and stand as drafts again. For the others, ten seconds have passed or something else has happened since."
        )
        words %= {"number": number, "all": number + len(left)}
    else:
        words = _("Ten seconds have passed, or something else has happened since. Nothing is taken back.")
    titles = [f"“{title[:60]}”" for title in left[:NAMED] if title]
    return f"{words} {', '.join(titles)}{' …' if len(left) > NAMED else ''}".strip()


def pair_of(value: str) -> tuple[int, int] | None:
    """ "12:3": a draft and the version of it that was read."""
    pk, version = map(number, value.partition(":")[::2])
    return None if pk is None or version is None else (pk, version)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    person = coordinator(request)
    draft = find(person, drafts_for(person), see="contributions.read_draft", pk=pk)
    read = number(request.POST.get("version")) or 0  # none given is none read: no draft has that version
    try:
        drafting.discard(by=person, draft=draft, version=read)
    except drafting.DraftChanged:
        messages.error(request, _("Somebody has written in it since you read it. Read it once more."))
    else:
        messages.success(request, _("The draft is thrown away."))
    return redirect(request, reverse("drafts"))


class AskForm(forms.Form):
    person = forms.ModelChoiceField(Person.objects.none(), empty_label=None, widget=forms.RadioSelect)

    def __init__(self, *args: Any, draft: AnswerDraft, but: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        assert isinstance(field, forms.ModelChoiceField)
        field.label = _("Who should read it?")
        field.error_messages |= dict.fromkeys(("required", "invalid_choice"), _("Choose a coordinator who answers for it."))
        field.queryset = Person.objects.with_place().filter(answerers_of(draft.contribution)).exclude(pk=but.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask another coordinator to read it before it goes."""
    person = coordinator(request)
    draft = find(person, drafts_for(person), see="contributions.read_draft", pk=pk)
    form = AskForm(request.POST if request.method == "POST" else None, draft=draft, but=person)
    if request.method == "POST" and form.is_valid():
        drafting.ask_to_read(by=person, draft=draft, person=form.cleaned_data["person"])
        messages.success(request, _("%(name)s is asked to read it.") % {"name": form.cleaned_data["person"].full_name})
        return redirect(request, reverse("drafts"))
    context = {"form": form, "draft": draft, "row": row_of(draft, ""), "back": reverse("drafts")}
    return render(request, "triage/ask.html", context, status=422 if form.errors else 200)


def coordinator(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)
    if not person.has_perm("contributions.coordinate"):
        raise PermissionDenied
    return person
