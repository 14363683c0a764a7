"""Commenting: saying, changing, taking away and bringing back, and the names that complete an @."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from contributions.actions import comments, talk
from contributions.enums import Kind
from contributions.forms.talk import CommentForm, EditForm
from contributions.models import Comment, Contribution
from contributions.queries.mentions import offered
from contributions.views.talk import seen
from lib.access import find
from lib.htmx import answer, redirect
from lib.pace import is_too_fast
from organisation.models import Person

PAGE = "contributions/comment.html"
NAMES_A_MINUTE = 120
"""More than anybody types, and too few to read the directory through."""


@require_POST
def say(request: HttpRequest, pk: int) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    about = seen(person, pk)
    form = comment_form(person, about, request.POST)
    if form.is_valid():
        given = form.cleaned_data
        try:
            said = talk.comment(
                by=person, contribution=about, body=given["body"], token=given["token"], parent=answered(about, given["parent"]),
                internal=given.get("internal", False), experience=given.get("experience", False),
            )  # fmt: skip
        except ValidationError as refusal:
            form.add_error(None, refusal.message_dict.get("body", refusal.messages))
        else:
            return redirect(request, place_of(about, said))
    parent = Comment.objects.filter(contribution=about, hidden_at__isnull=True, pk=form.cleaned_data.get("parent") or 0).first()
    if parent and not person.has_perm("contributions.see_comment", parent):
        parent = None
    return answer(request, PAGE, "form", {"contribution": about, "comment_form": form, "parent": parent}, status=422)


def comment_form(person: Person, about: Contribution, data: QueryDict | None = None, **more: Any) -> CommentForm:
    may_note = person.has_perm("contributions.note", about)
    may_tell = about.kind == Kind.CHALLENGE and not about.is_draft
    return CommentForm(data, people_url=reverse("people_to_name", args=(about.pk,)), may_note=may_note, may_tell=may_tell, **more)


def edit_form(comment: Comment, data: QueryDict | None = None) -> EditForm:
    initial = {"body": comment.body, "version": comments.version_of(comment)}
    return EditForm(data, initial=initial, people_url=reverse("people_to_name", args=(comment.contribution_id,)))


def place_of(about: Contribution, comment: Comment) -> str:
    return f"{about.get_absolute_url()}#comment-{comment.pk}"


def answered(about: Contribution, parent: int | None) -> Comment | None:
    """The comment answered; one that is not here is refused by the action."""
    return Comment(pk=parent, contribution=about) if parent is not None else None


def own(request: HttpRequest, pk: int, comment_pk: int) -> tuple[Person, Contribution, Comment]:
    person = request.user
    assert isinstance(person, Person)
    about = seen(person, pk)
    comment = find(person, about.comments.all(), see="contributions.know_comment", do="contributions.own_comment", pk=comment_pk)
    return person, about, comment


@require_POST
def edit(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    """Back to the comment; 409 with both texts when it was changed after this one was read."""
    person, about, comment = own(request, pk, comment_pk)
    form, status, standing = edit_form(comment, request.POST), 422, None
    if form.is_valid():
        try:
            comments.edit(by=person, comment=comment, body=form.cleaned_data["body"], version=form.cleaned_data["version"])
        except ValidationError as refusal:
            form.add_error(None, refusal.message_dict["body"])
        except comments.ChangedMeanwhile as changed:
            standing, status = changed.comment, 409
            fresh = request.POST.copy()
            fresh["version"] = comments.version_of(standing)
            form = edit_form(standing, fresh)
        else:
            return redirect(request, place_of(about, comment))
    context = {"contribution": about, "comment_form": form, "edited": comment, "standing": standing}
    return answer(request, PAGE, "form", context, status=status)


@require_POST
def delete(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    """The answer itself holds the words, signed, for ten seconds: nothing of them is kept here, so there is nowhere to redirect them to."""
    person, about, comment = own(request, pk, comment_pk)
    taken = comments.delete(by=person, comment=comment)
    if not taken:
        return redirect(request, place_of(about, comment))
    about.refresh_from_db(fields=("comment_count",))
    context = {"contribution": about, "comment": comment, "taken": taken}
    return answer(request, "contributions/comment_deleted.html", "words", context)


@require_POST
def restore(request: HttpRequest, pk: int, comment_pk: int) -> HttpResponse:
    person, about, comment = own(request, pk, comment_pk)
    try:
        comments.restore(by=person, comment=comment, taken=request.POST.get("taken", ""))
    except comments.TooLate:
        return answer(request, "contributions/comment_deleted.html", "words", {"contribution": about, "comment": comment}, status=409)
    messages.success(request, _("The comment is back."))
    return redirect(request, place_of(about, comment))


@never_cache
@require_safe
def people(request: HttpRequest, pk: int) -> HttpResponse:
    """The names that begin as `q`, as options: of those who may read the contribution, or with `internal` those who answer for it."""
    person = request.user
    assert isinstance(person, Person)
    rows = Contribution.objects.with_place().prefetch_related("participants")
    about = find(person, rows, see="contributions.see", do="contributions.comment", pk=pk)
    internal = request.GET.get("internal") == "1" and person.has_perm("contributions.note", about)
    if is_too_fast("names", person.pk, most=NAMES_A_MINUTE):
        return HttpResponse(
            _("You ask for names very fast. Write the name in full, or wait a minute."), status=429, content_type="text/plain"
        )
    found = offered(person, about, request.GET.get("q", ""), internal=internal)
    return render(request, "contributions/_people.html", {"offers": found})
