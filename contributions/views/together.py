"""Writing together: the author's page for inviting, the invited person's page for answering. A link in a mail changes nothing by GET."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contributions.actions import together
from contributions.enums import ParticipantRole
from contributions.forms.together import AnswerForm, PersonForm, WhoForm
from contributions.lifecycle import spec_of
from contributions.models import Contribution
from contributions.queries.together import askable, was_asked, writing
from contributions.rules import has_role, may_see
from contributions.views.people import find_among
from lib.access import find
from lib.htmx import answer, redirect
from lib.text import number
from organisation.models import Person


def own(request: HttpRequest, pk: int) -> tuple[Person, Contribution]:
    """The person, and a contribution of which they are the author."""
    person = request.user
    assert isinstance(person, Person)
    found = Contribution.objects.with_place().prefetch_related("participants")
    return person, find(person, found, see="contributions.see", do="contributions.own", pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Search by GET, invite by POST; both lead back here, where those who write together stand."""
    person, about = own(request, pk)
    who, form = find_among(request, askable(about))
    if form.is_valid():
        try:
            together.invite(by=person, contribution=about, person=form.chosen())
        except ValidationError as refusal:
            form.add_error("person", refusal.messages)
        else:
            messages.success(request, _("%(name)s is asked, and decides.") % {"name": form.chosen().full_name})
            return redirect(request, request.path)
    return invite_page(request, about, who, form, status=422 if form.is_bound else 200)


def invite_page(request: HttpRequest, about: Contribution, who: WhoForm, form: PersonForm, status: int) -> HttpResponse:
    context = {"contribution": about, "who": who, "form": form, "writing": writing(about), "most": together.MOST_COAUTHORS}
    return answer(request, "contributions/invite.html", "found", context, status=status)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """The author takes an invitation back or ends writing together; the co-author leaves."""
    person = request.user
    assert isinstance(person, Person)
    about = find(person, Contribution.objects.with_place().prefetch_related("participants"), see="contributions.see", pk=pk)
    if about.author_id != person.pk:
        together.leave(by=person, contribution=about)
        messages.success(request, _("You no longer write with %(name)s.") % {"name": about.author.full_name})
        fresh = Contribution.objects.with_place().get(pk=pk)
        return redirect(request, fresh.get_absolute_url() if may_see(person, fresh) else "/mine/")
    other = Person.objects.filter(pk=number(request.POST.get("person")) or 0).first()
    if other is None:
        raise Http404
    if together.withdraw_invitation(by=person, contribution=about, person=other):
        messages.success(request, _("The invitation to %(name)s is taken back.") % {"name": other.full_name})
    elif together.remove(by=person, contribution=about, person=other):
        messages.success(request, _("%(name)s no longer writes with you.") % {"name": other.full_name})
    else:
        messages.warning(request, _("%(name)s is not with you any more.") % {"name": other.full_name})
    return redirect(request, f"/contributions/{pk}/people/invite/")


@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """What it is about, and two buttons. For anybody else it is not there."""
    person = request.user
    assert isinstance(person, Person)
    about = Contribution.objects.with_place().prefetch_related("participants").filter(pk=pk).first()
    if about is None or not may_see(person, about) or not has_role(person, about, ParticipantRole.INVITED):
        return answered_before(request, person, about, pk)
    form = AnswerForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return invitation_page(request, about, form)
    try:
        if form.cleaned_data["answer"] == "yes":
            together.accept(by=person, contribution=about)
        else:
            together.decline(by=person, contribution=about, remark=form.cleaned_data["remark"])
    except ValidationError:
        return answered_before(request, person, Contribution.objects.with_place().get(pk=pk), pk)
    return answered_now(request, person, pk, yes=form.cleaned_data["answer"] == "yes")


def invitation_page(request: HttpRequest, about: Contribution, form: AnswerForm) -> HttpResponse:
    child = spec_of(about.kind).child.objects.get(pk=about.pk)
    context = {"contribution": about, "proposal": getattr(child, "proposal", ""), "form": form}
    return answer(request, "contributions/invitation.html", "words", context, status=422 if form.errors else 200)


def answered_now(request: HttpRequest, person: Person, pk: int, *, yes: bool) -> HttpResponse:
    about = Contribution.objects.with_place().get(pk=pk)
    name = {"name": about.author.full_name}
    if yes:
        messages.success(request, _("You write with %(name)s now.") % name)
        return redirect(request, about.get_absolute_url())
    messages.success(request, _("You have said no. %(name)s is told.") % name)
    return redirect(request, about.get_absolute_url() if may_see(person, about) else "/")


def answered_before(request: HttpRequest, person: Person, about: Contribution | None, pk: int) -> HttpResponse:
    """A sentence for whoever was asked once; for everybody else there is no such page."""
    sees = about is not None and bool(may_see(person, about))
    if sees and has_role(person, about, ParticipantRole.COAUTHOR):
        return answer(request, "contributions/invitation_over.html", "words", {"contribution": about, "is_with": True}, status=409)
    if not person.is_active:
        raise PermissionDenied
    if not was_asked(person, pk):
        raise Http404
    return answer(request, "contributions/invitation_over.html", "words", {"contribution": about if sees else None}, status=410)
