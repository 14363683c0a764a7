"""A draft that somebody writes and does not decide over: a co-author, or an ambassador who writes down a colleague's idea."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from contributions.actions import on_behalf as actions
from contributions.actions.texts import save_texts
from contributions.enums import ParticipantRole
from contributions.forms.together import AnswerForm, WhoForm
from contributions.lifecycle import IllegalStep, StaleVersion
from contributions.models import Contribution, Participant
from contributions.queries.together import brought_in_among, people_found, some_of
from contributions.rules import may_see
from contributions.views.together import answered_before
from ideas.forms import UnsentForm
from ideas.models import Idea
from ideas.views import sharing
from ideas.views.conflicts import conflict
from ideas.views.posted import author, is_autosave
from ideas.views.posted import version as version_posted
from lib.htmx import answer, redirect
from organisation.models import Person


@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """An ambassador chooses for whom to write, among those who work where they hold the role."""
    person = author(request)
    if not person.has_perm("contributions.bring_in"):
        raise PermissionDenied
    who = WhoForm(request.GET)
    asked = who.cleaned_data["q"] if who.is_valid() else ""
    among = brought_in_among(person)
    people = people_found(asked, among) if asked else some_of(among)
    return answer(request, "ideas/for_whom.html", "found", {"who": who, "people": people, "asked": asked})


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """As everybody's, but for the second screen of a draft that the person does not decide over."""
    if request.GET.get("part") == "proposal" and not is_autosave(request):
        person = author(request)
        draft = Idea.objects.with_place().prefetch_related("participants__person").filter(pk=pk).first()
        if draft and draft.is_draft and person.has_perm("contributions.edit", draft):
            written_for = next((one for one in draft.participants.all() if one.role == ParticipantRole.ON_BEHALF), None)
            if draft.author_id != person.pk or written_for:
                return second_screen(request, draft, written_for)
    return sharing.edit(request, pk)


@require_http_methods(["GET", "HEAD", "POST"])
def second_screen(request: HttpRequest, draft: Idea, written_for: Participant | None) -> HttpResponse:
    initial = {"proposal": draft.proposal, "benefit": draft.benefit, "help_wanted": draft.help_wanted}
    form = UnsentForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return show(request, form, draft, written_for)
    person = author(request)
    try:
        saved = save_texts(by=person, contribution=draft, version=version_posted(request), values=form.cleaned_data)
        if written_for and "ask" in request.POST:
            colleague = actions.ask_to_confirm(by=person, draft=saved)
            messages.success(request, _("%(name)s is asked. Nothing is sent before the answer.") % {"name": colleague.full_name})
            return redirect(request, saved.get_absolute_url())
    except StaleVersion as stale:
        return conflict(request, form, stale.contribution)
    except IllegalStep:
        return redirect(request, draft.get_absolute_url())
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
        return show(request, form, draft, written_for, saved=saved)
    messages.success(request, _("Saved."))
    return redirect(request, saved.get_absolute_url())


def show(
    request: HttpRequest, form: UnsentForm, draft: Idea, written_for: Participant | None, saved: Contribution | None = None
) -> HttpResponse:
    version = saved.version if saved else version_posted(request, draft)
    context = {"form": form, "draft": draft, "version": version, "written_for": written_for}
    return answer(request, "ideas/unsent.html", "screen", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def on_behalf(request: HttpRequest, pk: int) -> HttpResponse:
    """For the colleague: the whole text, and yes or no. For the ambassador: keeping it as their own. For others it is not there."""
    person = author(request)
    draft = Idea.objects.with_place().prefetch_related("participants").filter(pk=pk).first()
    if draft is not None and draft.author_id == person.pk:
        return by_its_author(request, person, draft)
    if draft is None or not person.has_perm("contributions.confirm", draft):
        return answered_before(request, person, draft, pk)
    form = AnswerForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return ask_page(request, draft, form)
    try:
        if form.cleaned_data["answer"] == "yes":
            mine = actions.confirm(by=person, contribution=draft, version=version_posted(request))
            messages.success(request, _("It is yours now, and still a draft. Choose who may read it, and send it when you like."))
            return redirect(request, f"{reverse('idea_edit', args=(mine.pk,))}?part=proposal")
        actions.decline(by=person, contribution=draft, remark=form.cleaned_data["remark"])
    except StaleVersion:
        fresh = Idea.objects.with_place().get(pk=pk)
        return ask_page(request, fresh, AnswerForm(), is_stale=True)
    except ValidationError:
        return answered_before(request, person, Contribution.objects.with_place().get(pk=pk), pk)
    messages.success(request, _("You have said no. %(name)s is told.") % {"name": draft.author.full_name})
    return redirect(request, draft.get_absolute_url() if may_see(person, Contribution.objects.with_place().get(pk=pk)) else "/")


def ask_page(request: HttpRequest, draft: Idea, form: AnswerForm, *, is_stale: bool = False) -> HttpResponse:
    context = {"draft": draft, "form": form, "is_stale": is_stale}
    return answer(request, "ideas/on_behalf.html", "words", context, status=409 if is_stale else 422 if form.errors else 200)


def by_its_author(request: HttpRequest, person: Person, draft: Idea) -> HttpResponse:
    if request.method == "POST" and draft.is_draft:
        actions.keep_as_own(by=person, draft=draft)
        messages.success(request, _("It is a draft of your own now."))
    screen = f"{reverse('idea_edit', args=(draft.pk,))}?part=proposal"
    return redirect(request, screen if draft.is_draft else draft.get_absolute_url())
