"""The screen on which a challenge is understood, and what people do there: tell, ask why, recognise."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from challenges.actions import chain, experiences, recognising
from challenges.enums import MOST_WHYS, Shift, Stage
from challenges.forms.understanding import ExperienceForm, NewWhyForm, RecogniseForm
from challenges.models import Challenge
from challenges.queries import understanding as queries
from challenges.views.page import asker, for_stage, stage_page
from contributions.actions import talk
from contributions.enums import Opening
from contributions.views.page import elsewhere
from lib.access import find
from lib.htmx import redirect
from organisation.models import Person

SORTS = ("newest", "answered")


def opened(request: HttpRequest, pk: int, **permission: str) -> tuple[Person, Challenge]:
    person = asker(request)
    return person, find(person, queries.with_touched(queries.with_whys(for_stage())), see="contributions.see", pk=pk, **permission)


@require_safe
def understanding(request: HttpRequest, pk: int) -> HttpResponse:
    try:
        person, row = opened(request, pk)
    except Http404:
        return elsewhere(request, asker(request), pk)
    return screen(request, person, row)


def screen(
    request: HttpRequest, person: Person, row: Challenge, *, tell: Any = None, why: Any = None, recognise: Any = None, status: int = 200,
    **more: Any,
) -> HttpResponse:  # fmt: skip
    """`tell`, `why`, `recognise` are the forms as they were posted, where one was refused."""
    sort = request.GET.get("sort", SORTS[0])
    context = {
        "may_understand": person.has_perm("challenges.understand", row),
        "may_ask_why": person.has_perm("challenges.ask_why", row) and len(row.chain) < MOST_WHYS,  # type: ignore[attr-defined]
        "may_tell": person.has_perm("contributions.comment", row),
        "may_recognise": bool(row.root_problem) and row.opens(Opening.UNDERSTAND) and queries.touches(row, person),
        "may_mark": person.has_perm("challenges.mark_experience", row),
        "chain": queries.links(row),
        "experiences": queries.experiences(row, sort),
        "sort": sort if sort in SORTS else SORTS[0],
        "touched": queries.touched(row, person),
        "tell": tell or ExperienceForm(),
        "why_form": why or NewWhyForm(),
        "recognise": recognise or RecogniseForm(initial={"sentence": row.root_problem}),
        "form": tell or why or recognise,
        **more,
    }
    return stage_page(request, person, row, Stage.UNDERSTANDING, status=status, **context)


def home(pk: int, anchor: str) -> str:
    return f"{reverse('challenge_understanding', args=(pk,))}#{anchor}"


@require_POST
def tell(request: HttpRequest, pk: int) -> HttpResponse:
    """A comment, told as an experience of one's own."""
    person, row = opened(request, pk, do="contributions.comment")
    form = ExperienceForm(request.POST)
    if form.is_valid():
        try:
            said = talk.comment(by=person, contribution=row, experience=True, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("body", refusal.message_dict["body"])
        else:
            messages.success(request, _("Thank you. It is among what helps us understand."))
            return redirect(request, home(pk, f"told-{said.pk}"))
    return screen(request, person, row, tell=form, status=422)


@require_POST
def mark(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    """`on` 1 or 0: whether the comment is an experience. Back to where it was pressed."""
    person, row = opened(request, pk)
    comment = find(person, row.comments.select_related("author"), see="contributions.see_comment", pk=comment_pk)
    on = request.POST.get("on", "1") != "0"
    if experiences.mark(by=person, comment=comment, on=on):
        messages.success(request, _("It is among the experiences now.") if on else _("It is no longer among the experiences."))
    page = f"{row.get_absolute_url()}#comment-{comment.pk}"
    return redirect(request, request.POST.get("next") or page, otherwise=page)


@require_POST
def ask_why(request: HttpRequest, pk: int) -> HttpResponse:
    """One more link in the chain."""
    person, row = opened(request, pk, do="challenges.ask_why")
    form = NewWhyForm(request.POST)
    if form.is_valid():
        try:
            chain.add(by=person, challenge=row, **form.cleaned_data)
        except ValidationError as refusal:
            form.add_error("question", refusal.message_dict["question"])
        else:
            return redirect(request, home(pk, "why"))
    return screen(request, person, row, why=form, may_ask_why=True, status=422)


@require_POST
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a link, or take it away. It is named by its words, since others may have moved it meanwhile."""
    person, row = opened(request, pk, do="challenges.understand")
    to, why = request.POST.get("to", ""), (request.POST.get("question", ""), request.POST.get("answer", ""))
    if to not in Shift.values:
        raise Http404
    if not chain.shift(by=person, challenge=row, why=why, to=Shift(to)):
        messages.warning(request, _("The chain was changed meanwhile. It stands as you see it."))
    return redirect(request, home(pk, "why"))


@require_POST
def recognise(request: HttpRequest, pk: int) -> HttpResponse:
    """409 with the sentence that stands now, when it reads otherwise than when it was read."""
    person, row = opened(request, pk, do="challenges.recognise")
    form = RecogniseForm(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        agrees = given["agrees"] == "yes"
        try:
            recognising.recognise(
                by=person, challenge=row, sentence=given["sentence"], agrees=agrees, words="" if agrees else given["words"],
            )  # fmt: skip
        except recognising.AnotherSentence as other:
            fresh = opened(request, pk)[1]
            form = RecogniseForm(initial={"sentence": other.sentence, "words": given["words"]})
            return screen(request, person, fresh, recognise=form, is_another=True, was=given["sentence"], status=409)
        except ValidationError as refusal:
            form.add_error("words", refusal.message_dict["words"])
        else:
            messages.success(request, _("Thank you. Your word counts."))
            return redirect(request, home(pk, "root"))
    return screen(request, person, row, recognise=form, status=422)
