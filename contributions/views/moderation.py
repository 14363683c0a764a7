"""What coordinators do when something should not stand as it is."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from contributions.actions import moderation
from contributions.forms.talk import HideForm, MaskForm
from contributions.models import Comment, Contribution, Report
from lib.access import find
from lib.htmx import redirect
from organisation.models import Person

PERMISSIONS = {"see": "contributions.see", "do": "contributions.answer_for"}


def moderated(request: HttpRequest, pk: int) -> tuple[Person, Contribution]:
    person = request.user
    assert isinstance(person, Person)
    rows = Contribution.objects.with_place().prefetch_related("participants")
    return person, find(person, rows, **PERMISSIONS, pk=pk)


@require_safe
def moderate(request: HttpRequest, pk: int) -> HttpResponse:
    person, about = moderated(request, pk)
    return show(request, about, comment=named_comment(person, about, request.GET.get("comment")))


def show(request: HttpRequest, about: Contribution, *, comment: Comment | None = None, status: int = 200, **forms: Any) -> HttpResponse:
    reports = Report.objects.filter(contribution=about, handled_at__isnull=True)
    context = {
        "contribution": about,
        "comment": comment,
        "reports": reports.select_related("by__department__organisation", "comment__author"),
        "hide_form": HideForm(),
        "mask_form": MaskForm(),
        "files": about.attachments.order_by("pk"),
        **forms,
    }
    return render(request, "contributions/moderate.html", context, status=status)


def named_comment(person: Person, about: Contribution, named: str | None) -> Comment | None:
    """The comment the address or the form names. Raises Http404 for one that is not here, and for an internal note: it is hidden from others as it is."""
    if not named:
        return None
    comments = about.comments.filter(is_internal=False).select_related("author__department__organisation")
    return find(person, comments, see="contributions.see_comment", pk=named)


@require_POST
def hide(request: HttpRequest, pk: int) -> HttpResponse:
    """The contribution, or the comment that `comment` names."""
    person, about = moderated(request, pk)
    comment = named_comment(person, about, request.POST.get("comment"))
    form = HideForm(request.POST)
    if not form.is_valid():
        return show(request, about, comment=comment, hide_form=form, status=422)
    if comment:
        moderation.hide_comment(by=person, comment=comment, reason=form.cleaned_data["reason"])
        undo = f"{reverse('unhide', args=(pk,))}?comment={comment.pk}"
        messages.success(request, _("The comment is hidden. Whoever wrote it is told."), extra_tags=undo)
    else:
        moderation.hide(by=person, contribution=about, reason=form.cleaned_data["reason"])
        said = _("It is hidden for everybody but the author and the coordinators. The author is told.")
        messages.success(request, said, extra_tags=reverse("unhide", args=(pk,)))
    return redirect(request, about.get_absolute_url())


@require_POST
def unhide(request: HttpRequest, pk: int) -> HttpResponse:
    person, about = moderated(request, pk)
    comment = named_comment(person, about, request.POST.get("comment") or request.GET.get("comment"))
    if comment:
        moderation.unhide_comment(by=person, comment=comment)
        messages.success(request, _("The comment is shown again."))
    else:
        moderation.unhide(by=person, contribution=about)
        messages.success(request, _("It is shown again, for those who could read it before."))
    return redirect(request, about.get_absolute_url())


@require_POST
def mask(request: HttpRequest, pk: int) -> HttpResponse:
    person, about = moderated(request, pk)
    form = MaskForm(request.POST)
    if form.is_valid():
        try:
            number = moderation.mask(by=person, contribution=about, words=form.cleaned_data["words"])
        except ValidationError as refusal:
            form.add_error("words", refusal.messages)
        else:
            said = ngettext("Masked in one text. The author is told.", "Masked in %(number)d texts. The author is told.", number)
            messages.success(request, said % {"number": number})
            return redirect(request, about.get_absolute_url())
    return show(request, about, mask_form=form, status=422)


@require_POST
def take_file_away(request: HttpRequest, pk: int, file: int) -> HttpResponse:
    """One that is gone already is what was wished for."""
    person, about = moderated(request, pk)
    if row := about.attachments.filter(pk=file).first():
        moderation.take_file_away(by=person, contribution=about, file=row)
    messages.success(request, _("The file is gone. The author is told."))
    return redirect(request, reverse("moderate", args=(pk,)))


@require_POST
def handled(request: HttpRequest, pk: int, report: int) -> HttpResponse:
    """Tick a report off."""
    person, about = moderated(request, pk)
    row = find(person, about.reports.all(), see="contributions.see_report", pk=report)
    moderation.handle_report(by=person, report=row)
    messages.success(request, _("The report is ticked off."))
    return redirect(request, request.POST.get("next") or about.get_absolute_url())
