"""Sharing in two screens, each with its own address: what has been seen, then what is proposed and who may read it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from contributions.actions.talk import support
from contributions.actions.texts import missing_words, save_texts
from contributions.enums import Audience, SupportKind
from contributions.forms.texts import TextsForm, texts_of
from contributions.lifecycle import IllegalStep, StaleVersion
from contributions.models import Contribution
from contributions.promise import promise_day
from contributions.queries.places import places
from contributions.queries.readers import in_words, readership
from contributions.views.files import attaching, take_files
from contributions.views.history import undo_of_edit
from contributions.views.lists import similar_for
from ideas.actions import ChallengeClosed, create_draft, keep_to_author, send, share_with_ambassador
from ideas.forms import IdeaForm, ProposalForm, proposal_of
from ideas.models import Idea
from ideas.queries import answerable, colleague_named, written_for
from ideas.views import autosave
from ideas.views.conflicts import conflict, differing
from ideas.views.posted import author, form_posted, is_autosave, is_finishing, texts_posted, token, version
from lib.access import find
from lib.dates import day
from lib.htmx import answer, redirect
from lib.text import number
from organisation.models import Person

CLOSED = gettext_lazy("The challenge takes no ideas now. Your text is kept as a draft of its own, and you can still send it.")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The first screen. Posting makes the draft; the quick capture of the start page posts here too. `?for=` names a colleague."""
    wanted = request.GET.get("for", "")
    colleague = colleague_named(author(request), wanted)
    if wanted and colleague is None and request.method != "POST":
        raise Http404
    if request.method != "POST":
        return first_screen(request, TextsForm(places=places()))
    if is_autosave(request):
        return autosave.begin(request, colleague)
    form = TextsForm(request.POST, places=places(), complete=is_finishing(request) and not request.FILES)
    if "preview" in request.POST:
        return first_screen(request, form)
    if form.is_valid() and not form.cleaned_data["title"] and not form.cleaned_data["problem"] and not request.FILES:
        form.add_error("problem", _("Write what you have seen. A few words are enough to begin with."))
    if not form.is_valid():
        return first_screen(request, form, status=422)
    try:
        draft = create_draft(by=author(request), token=token(request), values=texts_posted(request, form), colleague=colleague)
    except StaleVersion as stale:
        return conflict(request, form, stale.contribution)
    if wanted and colleague is None:
        messages.warning(request, _("You can no longer write for that colleague. The text is kept as a draft of your own."))
    return after_first_screen(request, draft, refused_a_file=take_files(request, draft))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Both screens of a draft, and the edit page of an idea that has been sent."""
    try:
        idea = find(author(request), Idea.objects.with_place(), see="contributions.see", do="contributions.edit", pk=pk)
    except Http404:
        return no_longer_idea(request, find(author(request), Contribution.objects.all(), see="contributions.see", pk=pk))
    if is_autosave(request):
        return autosave.keep(request, idea)
    if not idea.is_draft:
        return edit_sent(request, idea)
    if request.GET.get("part") == "proposal":
        return edit_proposal(request, idea)
    return edit_problem(request, idea)


def edit_problem(request: HttpRequest, idea: Idea) -> HttpResponse:
    if request.method != "POST":
        words = texts_of(idea)
        return first_screen(request, TextsForm(words if "missing" in request.GET else None, initial=words, places=places()), idea)
    refused_a_file = take_files(request, idea)
    form = TextsForm(request.POST, places=places(), complete=is_finishing(request))
    if "preview" in request.POST:
        return first_screen(request, form, idea)
    if not form.is_valid():
        return first_screen(request, form, idea, status=422)
    try:
        values = texts_posted(request, form, idea)
        draft = save_texts(by=author(request), contribution=idea, version=version(request), values=values)
    except StaleVersion as stale:
        return conflict(request, form, stale.contribution)
    return after_first_screen(request, draft, refused_a_file=refused_a_file)


def first_screen(request: HttpRequest, form: TextsForm, draft: Idea | None = None, status: int = 200) -> HttpResponse:
    wanted = request.POST.get("answers") if request.method == "POST" else request.GET.get("answers", draft and draft.answers_id)
    challenge = answerable(author(request), str(wanted or ""))
    written = f"{form['title'].value() or ''} {form['problem'].value() or ''}".strip()
    context = {
        "form": form,
        "draft": draft,
        "token": token(request),
        "version": version(request, draft),
        "attaching": attaching(request, draft),
        "challenge": challenge,
        "closed": CLOSED if wanted and not challenge else "",
        "preview": "preview" in request.POST,
        "colleague": colleague_of(request, draft),
        "may_bring_in": author(request).has_perm("contributions.bring_in"),
        "similar": similar_for(author(request), written, but=str(draft.pk) if draft else "") if written else [],
    }
    return answer(request, "ideas/new.html", "preview", context, status)


def colleague_of(request: HttpRequest, draft: Idea | None) -> Person | None:
    """For whom an ambassador writes this."""
    if not author(request).has_perm("contributions.bring_in"):
        return None
    return written_for(draft) if draft else colleague_named(author(request), request.GET.get("for", ""))


def after_first_screen(request: HttpRequest, draft: Contribution, *, refused_a_file: bool = False) -> HttpResponse:
    """A file makes the draft before the words are all there: what is missing is then said on the draft's own screen."""
    if not draft.is_draft:
        return redirect(request, draft.get_absolute_url())
    if request.POST.get("answers") and draft.answers_id is None:
        messages.warning(request, CLOSED)
    screen = reverse("idea_edit", args=(draft.pk,))
    if "support_instead" in request.POST:
        return support_instead(request, screen)
    if refused_a_file or "remove_file" in request.POST:
        return redirect(request, f"{screen}#files")
    if "later" in request.POST:
        return saved_for_later(request, draft)
    if is_finishing(request) and missing_words(title=draft.title, problem=draft.problem):
        return redirect(request, f"{screen}?missing=1")
    return redirect(request, screen if {"capture", "resolved"} & request.POST.keys() else f"{screen}?part=proposal")


def support_instead(request: HttpRequest, screen: str) -> HttpResponse:
    """Support one of the similar ones. What has been written is a draft already, and stays one."""
    visible = Contribution.objects.visible_to(author(request)).sent()
    other = visible.filter(pk=number(request.POST["support_instead"]) or 0).first()
    try:
        if other is None:
            raise PermissionDenied
        support(by=author(request), contribution=other, kind=SupportKind.GOOD)
    except (PermissionDenied, ValidationError):
        messages.warning(request, _("That one takes no support now. Your text is kept as a draft."))
        return redirect(request, screen)
    messages.success(request, _("You support it now. What you wrote is kept as a draft among what is yours, if you want to go on."))
    return redirect(request, other.get_absolute_url())


def saved_for_later(request: HttpRequest, draft: Contribution) -> HttpResponse:
    readers = Contribution.objects.get(pk=draft.pk).draft_readers
    names = {"names": in_words([person.full_name for person in readers if person != author(request)])}
    if not readers:
        messages.success(request, _("Saved. Only you see it."))
    elif draft.author_id == author(request).pk:
        messages.success(request, _("Saved. Only you and %(names)s see it.") % names)
    else:
        messages.success(request, _("Saved."))
    return redirect(request, reverse("mine"))


def edit_proposal(request: HttpRequest, idea: Idea) -> HttpResponse:
    who = readership(idea)
    if request.method != "POST":
        return second_screen(request, ProposalForm(initial=proposal_of(idea), readership=who), idea)
    form = ProposalForm(request.POST, readership=who)
    if "preview" in request.POST:
        return second_screen(request, form, idea)
    if not form.is_valid():
        return second_screen(request, form, idea, status=422)
    try:
        draft = save_texts(by=author(request), contribution=idea, version=version(request), values=form.cleaned_data)
    except StaleVersion as stale:
        return conflict(request, form, stale.contribution)
    if "resolved" in request.POST:
        return redirect(request, request.get_full_path())
    return decide(request, form, idea, draft)


def second_screen(
    request: HttpRequest, form: ProposalForm, idea: Idea, status: int = 200, saved: Contribution | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "draft": idea,
        "version": saved.version if saved else version(request, idea),
        "promised_on": promise_day(idea.owner_organisation),
        "challenge": answerable(author(request), str((saved or idea).answers_id or "")),
        "preview": "preview" in request.POST,
    }
    return answer(request, "ideas/proposal.html", "preview", context, status)


def decide(request: HttpRequest, form: ProposalForm, idea: Idea, draft: Contribution) -> HttpResponse:
    """What is written is saved by now: keep it, share it with the ambassador, or send it, as the audience chosen says."""
    person, audience = author(request), form.cleaned_data["audience"]
    try:
        if audience == Audience.AUTHOR:
            return saved_for_later(request, keep_to_author(by=person, draft=draft))
        if "later" in request.POST:
            return saved_for_later(request, draft)
        if audience == Audience.AMBASSADOR:
            return shared(request, draft, form.ambassadors[form.cleaned_data["ambassador"]])
        sent = send(by=person, draft=draft, version=draft.version, audience=audience).contribution
    except IllegalStep:
        return redirect(request, Contribution.objects.get(pk=draft.pk).get_absolute_url())
    except StaleVersion as stale:
        return conflict(request, form, stale.contribution)
    except ChallengeClosed:
        draft = save_texts(by=person, contribution=draft, version=draft.version, values={"answers_id": None})
        form.add_error(None, CLOSED)
        return second_screen(request, form, idea, status=422, saved=draft)
    except ValidationError as error:
        return second_screen(request, refused(form, error), idea, status=422, saved=draft)
    assert sent.promised_on is not None
    messages.success(request, _("Sent. You get an answer by %(day)s.") % {"day": day(sent.promised_on)})
    return redirect(request, sent.get_absolute_url())


def shared(request: HttpRequest, draft: Contribution, ambassador: Person) -> HttpResponse:
    share_with_ambassador(by=author(request), draft=draft, ambassador=ambassador)
    alone = Contribution.objects.get(pk=draft.pk).draft_readers == [ambassador]
    text = _("%(name)s can read your draft now, and nobody else.") if alone else _("%(name)s can read your draft now.")
    messages.success(request, text % {"name": ambassador.full_name})
    return redirect(request, draft.get_absolute_url())


def edit_sent(request: HttpRequest, idea: Idea) -> HttpResponse:
    """What a screen of sharing posts once more comes here too; when it says nothing new there is nothing to do."""
    if request.method != "POST":
        initial = {**texts_of(idea), "proposal": idea.proposal, "benefit": idea.benefit}
        return sent_page(request, IdeaForm(initial=initial, places=places()), idea)
    refused_a_file = take_files(request, idea)
    form = form_posted(request)
    if {"preview", "remove_file"} & request.POST.keys():
        return sent_page(request, form, idea)
    if not form.is_valid():
        return sent_page(request, form, idea, status=422)
    try:
        saved = save_texts(by=author(request), contribution=idea, version=version(request), values=form.cleaned_data)
    except StaleVersion as stale:
        return conflict(request, form, stale.contribution)
    if saved.version != idea.version:
        messages.success(request, _("The change is saved."), extra_tags=undo_of_edit(saved))
    return redirect(request, f"{request.path}#files" if refused_a_file else idea.get_absolute_url())


def sent_page(request: HttpRequest, form: Form, idea: Idea, status: int = 200) -> HttpResponse:
    context = {"form": form, "idea": idea, "version": version(request, idea), "preview": "preview" in request.POST}
    return answer(request, "ideas/edit.html", "preview", {**context, "attaching": attaching(request, idea)}, status)


def no_longer_idea(request: HttpRequest, standing: Contribution) -> HttpResponse:
    """It has become a challenge: what was typed here and does not stand there is shown, to be taken along."""
    if is_autosave(request):
        return autosave.came_too_late(request, standing)
    if request.method == "POST":
        form = form_posted(request)
        if form.is_valid() and differing(form, standing):
            return conflict(request, form, standing)
        return redirect(request, standing.get_absolute_url())
    return redirect(request, reverse("challenge_edit", args=(standing.pk,)))


def refused(form: ProposalForm, error: ValidationError) -> ProposalForm:
    """The form with what the action said, beside the field where this screen has it."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, said in by_field.items():
        for message in said:
            form.add_error(name if name in form.fields else None, message)
    return form
