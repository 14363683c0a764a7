"""The one address of every step: GET its form, POST the move."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from contributions.actions.drafting import DraftChanged, draft_of, send, take_back
from contributions.forms.steps import StepForm, Taken
from contributions.lifecycle import IllegalStep, StaleVersion, label_of, spec_of, specs
from contributions.models import Contribution, TrailEntry
from contributions.queries.trail import Line, trail
from contributions.steps import Step, Told
from contributions.views import drafting, merging
from lib.access import find
from lib.htmx import answer, own_address, redirect
from lib.text import number
from organisation.models import Person

PAGE, FORM = "contributions/step.html", "form"


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    person = request.user
    assert isinstance(person, Person)
    if step == "undo":
        return undo(request, person, pk)
    contribution = find(person, Contribution.objects.with_place().prefetch_related("participants"), see="contributions.see", pk=pk)
    definition = spec_of(contribution.kind).step(step)
    if definition is None or contribution.status not in definition.sources:
        return not_now(request, person, contribution, step, typed=typed_in(request, person, contribution, step))
    if not person.has_perm(definition.permission, contribution):
        raise PermissionDenied
    if definition.name == "submit":
        return redirect(request, reverse("idea_edit", args=(pk,)))
    if request.method == "POST":
        return take(request, Taken(definition, contribution, person))
    asked = merging.asked_about(person, contribution, definition)
    taken = Taken(definition, contribution, person, asked=asked, draft=draft_of(contribution, definition))
    form = StepForm(taken=taken, initial=begun_with(request, taken))
    return show(request, taken, form, version=contribution.version, since=since_drafted(taken))


def begun_with(request: HttpRequest, taken: Taken) -> dict[str, str]:
    """A step back begins with what was last learnt, a merge with the one that the link named."""
    learnt = spec_of(taken.contribution.kind).learnt(taken.contribution) if taken.step.goes_back else {}
    return {**learnt, **wanted_target(request)}


def wanted_target(request: HttpRequest) -> dict[str, str]:
    """Which other one to merge with, where the link that led here named it."""
    target = number(request.GET.get("target"))
    return {"target": str(target)} if target else {}


def typed_in(request: HttpRequest, person: Person, contribution: Contribution, name: str) -> list[tuple[str, str]]:
    """What was written for a step that somebody else's has closed meanwhile."""
    known = [found for spec in specs() if (found := spec.step(name))]
    return StepForm(request.POST, taken=Taken(known[0], contribution, person)).typed if request.method == "POST" and known else []


def show(
    request: HttpRequest,
    taken: Taken,
    form: StepForm,
    *,
    version: int | None,
    status: int = 200,
    since: list[Line] | None = None,
    draft_changed: bool = False,
) -> HttpResponse:
    context = {
        "contribution": taken.contribution, "step": taken.step, "form": form, "version": version, "since": since, "next": wanted_next(request),
        **merging.beside(taken, form), **drafting.drafting(request, taken, form, has_changed=draft_changed),
    }  # fmt: skip
    return answer(request, PAGE, FORM, context, status=status)


def take(request: HttpRequest, taken: Taken) -> HttpResponse:
    form, version = StepForm(request.POST, taken=taken), read_version(request)
    if drafting.is_kept(request, taken):
        return keep(request, taken, form, version)
    if version not in (None, taken.contribution.version):
        return changed_meanwhile(request, taken)
    if not_sent_yet := while_writing(request, taken, form, version):
        return not_sent_yet
    if not form.is_valid():
        return show(request, taken, form, version=version, status=422)
    try:
        if merging.is_question(request, taken):
            return merging.ask(request, taken, form)
        entry = send(
            by=taken.person, contribution=taken.contribution, step=taken.step.name, values=form.cleaned_data, version=version,
            draft_version=drafting.read_draft_version(request),
        )  # fmt: skip
    except DraftChanged:
        form.errors.clear()
        return show(request, taken, form, version=version, status=409, draft_changed=True)
    except ValidationError as refusal:
        form.refuse(refusal)
        return show(request, taken, form, version=version, status=422)
    except StaleVersion as stale:
        return changed_meanwhile(request, Taken(taken.step, stale.contribution, taken.person))
    except IllegalStep:
        fresh = Contribution.objects.with_place().get(pk=taken.contribution.pk)
        return not_now(request, taken.person, fresh, taken.step.name, typed=form.typed)
    return taken_well(request, taken, entry)


def while_writing(request: HttpRequest, taken: Taken, form: StepForm, version: int | None) -> HttpResponse | None:
    """The form once more, where a button asked for a text to begin from or for a preview."""
    if "start" in request.POST:
        form.begin(request.POST["start"])
        return show(request, taken, form, version=version)
    if merging.is_preview(request, taken):
        return show(request, taken, form, version=version, status=200 if merging.is_previewed(form) else 422)
    return None


def keep(request: HttpRequest, taken: Taken, form: StepForm, version: int | None) -> HttpResponse:
    """Keep what is written as a draft, whole or not."""
    if not drafting.may_keep(form):
        return show(request, taken, form, version=version, status=422)
    try:
        drafting.keep(request, taken, form, version)
    except DraftChanged:
        return show(request, taken, form, version=version, status=409, draft_changed=True)
    home = home_of(taken.person, taken.contribution)
    return redirect(request, wanted_next(request) or home, otherwise=home)


def read_version(request: HttpRequest) -> int | None:
    """The version the form was read at; one that cannot be is older than all, and none given asks for no check."""
    value = request.POST.get("version")
    return None if value is None else number(value) or 0


def taken_well(request: HttpRequest, taken: Taken, entry: TrailEntry) -> HttpResponse:
    """Back to where it was taken from, with a word and ten seconds to regret it."""
    contribution = entry.contribution
    undo_url = reverse("step", args=(contribution.pk, "undo"))
    wanted = wanted_next(request)
    if wanted:
        undo_url = f"{undo_url}?{urlencode({'next': wanted})}"
    done = {"what": label_of(entry), "title": Truncator(contribution.title).chars(60)}
    tells = Told.AUTHOR in taken.step.tells and contribution.author_id != taken.person.pk
    text = _("“%(title)s”: %(what)s. The author is told in ten seconds.") if tells else _("“%(title)s”: %(what)s.")
    messages.success(request, text % done, extra_tags=undo_url)
    return redirect(request, wanted or home_of(taken.person, contribution), otherwise=home_of(taken.person, contribution))


def home_of(person: Person, contribution: Contribution) -> str:
    """Its page, or the start page where the step took it out of sight."""
    return contribution.get_absolute_url() if person.has_perm("contributions.see", contribution) else "/"


def wanted_next(request: HttpRequest) -> str:
    """Where to go back to: an address of this site, or nothing."""
    return own_address(request, request.POST.get("next") or request.GET.get("next"))


def changed_meanwhile(request: HttpRequest, taken: Taken) -> HttpResponse:
    """Somebody was quicker. What happened since stands above, what was typed is kept, and sending once more is sending knowingly."""
    fresh = taken.contribution
    if fresh.status not in taken.step.sources or not taken.person.has_perm(taken.step.permission, fresh):
        return not_now(request, taken.person, fresh, taken.step.name, typed=StepForm(request.POST, taken=taken).typed)
    form = StepForm(request.POST, taken=taken)
    form.errors.clear()
    return show(request, taken, form, version=fresh.version, status=409, since=lines_since(fresh, read_version(request) or 0))


def since_drafted(taken: Taken) -> list[Line] | None:
    """What has happened since the draft was last written; None where nothing has, or there is none."""
    if taken.draft is None or taken.draft.contribution_version >= taken.contribution.version:
        return None
    return lines_since(taken.contribution, taken.draft.contribution_version)


def lines_since(contribution: Contribution, version: int) -> list[Line]:
    return [line for line in trail(contribution).lines if line.entry.before.get("version", 0) >= version]


def not_now(
    request: HttpRequest, person: Person, contribution: Contribution, name: str, *, typed: list[tuple[str, str]] | None = None
) -> HttpResponse:
    """The step exists but cannot be taken from here: a sentence about where it stands, never an error. What was written stays in sight."""
    known: list[Step] = [found for spec in specs() if (found := spec.step(name))]
    if not known:
        raise Http404
    if not any(person.has_perm(one.permission, contribution) for one in known):
        raise PermissionDenied
    context: dict[str, Any] = {"contribution": contribution, "step": known[0], "last": next(iter(trail(contribution).lines), None)}
    context |= {"typed": typed, "next": wanted_next(request)}
    return answer(request, "contributions/not_now.html", "words", context, status=409)


def undo(request: HttpRequest, person: Person, pk: int) -> HttpResponse:
    contribution = find(person, Contribution.objects.with_place().prefetch_related("participants"), see="contributions.undo", pk=pk)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    try:
        entry = take_back(by=person, contribution=contribution)
    except IllegalStep:
        return answer(request, "contributions/not_now.html", "words", {"contribution": contribution, "too_late": True}, status=409)
    messages.success(request, _("Taken back. Nobody has been told."))
    home = home_of(person, entry.contribution)
    return redirect(request, wanted_next(request) or home, otherwise=home)
