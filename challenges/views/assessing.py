"""Assessing the ideas: set up, asked, scored, closed, read. For everybody who has no part in it there is no such page."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges.actions import assessing as actions
from challenges.actions.stages import Overtaken
from challenges.forms.assessing import WEIGHTS, CloseForm, CriteriaForm, ReplyForm, ScoreForm
from challenges.models import Assessment, AssessmentNote, Challenge
from challenges.queries import assessing as queries
from challenges.queries.page import window
from challenges.views.page import for_stage
from contributions.forms.together import PersonForm, WhoForm
from contributions.views.people import find_among
from lib.access import find
from lib.htmx import answer, redirect
from lib.text import number
from organisation.models import Person


def opened(request: HttpRequest, pk: int, do: str | None = None) -> tuple[Person, Challenge, Assessment | None]:
    person = request.user
    assert isinstance(person, Person)
    row = find(person, for_stage().select_related("assessment"), see="challenges.know_assessment", do=do, pk=pk)
    return person, row, queries.assessment_of(row)


def home(pk: int) -> str:
    return reverse("challenge_assessment", args=(pk,))


@require_http_methods(["GET", "HEAD", "POST"])
def assessment(request: HttpRequest, pk: int) -> HttpResponse:
    """Posting sets it up."""
    person, row, standing = opened(request, pk)
    if request.method != "POST":
        return page(request, person, row, standing)
    if not person.has_perm("challenges.set_assessment", row):
        raise PermissionDenied
    form = CriteriaForm(request.POST)
    if not form.is_valid():
        return page(request, person, row, standing, criteria=form, status=422)
    try:
        actions.begin(by=person, challenge=row, criteria=form.criteria)
    except Overtaken as overtaken:
        return criteria_page(request, row, overtaken.standing, form, status=409)
    messages.success(request, _("The criteria are set. Ask those who are to assess."))
    return redirect(request, reverse("challenge_assessors", args=(pk,)))


@require_http_methods(["GET", "HEAD", "POST"])
def criteria(request: HttpRequest, pk: int) -> HttpResponse:
    """Change them, until somebody has scored."""
    person, row, standing = opened(request, pk, do="challenges.set_assessment")
    if standing is None or (request.method != "POST" and not queries.may_change_criteria(standing)):
        return redirect(request, home(pk))
    if request.method != "POST":
        return criteria_page(request, row, standing, CriteriaForm(standing=queries.criteria_of(standing)))
    form, version = CriteriaForm(request.POST), number(request.POST.get("version")) or 0
    if not form.is_valid():
        return criteria_page(request, row, standing, form, version=version, status=422)
    try:
        actions.change_criteria(by=person, challenge=row, version=version, criteria=form.criteria)
    except (Overtaken, actions.AlreadyClosed, actions.AlreadyScored):
        standing.refresh_from_db()
        return criteria_page(request, row, standing, form, status=409)
    messages.success(request, _("The criteria are changed."))
    return redirect(request, home(pk))


def criteria_page(
    request: HttpRequest, row: Challenge, standing: Assessment, form: CriteriaForm, *, version: int | None = None, status: int = 200
) -> HttpResponse:
    """With 409, what stands now is shown above what was typed; sending once more is sending knowingly."""
    context = {
        "contribution": row, "form": form, "version": standing.version if version is None else version, "is_stale": status == 409,
        "standing": [(name, dict(WEIGHTS)[weight]) for name, weight in queries.criteria_of(standing)],
        "may_change": queries.may_change_criteria(standing),
    }  # fmt: skip
    return render(request, "challenges/criteria.html", context, status=status)


def page(
    request: HttpRequest, person: Person, row: Challenge, standing: Assessment | None, *, criteria: CriteriaForm | None = None,
    close: CloseForm | None = None, reply: ReplyForm | None = None, status: int = 200, **more: Any,
) -> HttpResponse:  # fmt: skip
    """Before it is closed: who is asked and how far they are, and to the assessor their own. After: the result."""
    context: dict[str, Any] = {
        "contribution": row, "assessment": standing, "drives": person.has_perm("challenges.drive", row),
        "may_begin": standing is None and person.has_perm("challenges.set_assessment", row),
        "criteria_form": criteria or CriteriaForm(), "close_form": close or CloseForm(), "reply_form": reply or ReplyForm(),
        "form": criteria or close or reply, **more,
    }  # fmt: skip
    if standing and standing.is_closed:
        whole = person.has_perm("challenges.see_result", row)
        context |= {"whole": whole, "results": queries.results(standing, person, whole=whole, sort=number(request.GET.get("sort")))}
    elif standing:
        assessors = queries.assessors_of(standing)
        context |= {"assessors": assessors, "is_assessor": any(one.person_id == person.pk for one in assessors)}
        context |= {
            "may_change": person.has_perm("challenges.set_assessment", row) and queries.may_change_criteria(standing),
            "is_few": len(assessors) < queries.FEWEST,
            "takes_ideas": row.status not in queries.PAST_IDEAS and not window(row).has_closed,
        }
        if context["is_assessor"]:
            given, wanted = queries.own_scores(standing, person), queries.expected_of(person, row)
            ideas = queries.assessable(row).filter(pk__in=wanted).select_related("department__organisation")
            context["to_assess"] = [(idea, idea.pk in given) for idea in ideas]
    return render(request, "challenges/assessment.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def assessors(request: HttpRequest, pk: int) -> HttpResponse:
    """Search by GET, ask by POST."""
    person, row, standing = opened(request, pk, do="challenges.drive")
    if standing is None:
        return redirect(request, home(pk))
    if standing.is_closed:
        return asks_nobody_more(request, pk)
    who, form = find_among(request, queries.askable(row, standing))
    if form.is_valid():
        try:
            actions.invite(by=person, challenge=row, person=form.chosen())
        except ValidationError as refusal:
            form.add_error("person", refusal.messages)
        except actions.AlreadyClosed:
            return asks_nobody_more(request, pk)
        else:
            messages.success(request, _("%(name)s is asked to assess.") % {"name": form.chosen().full_name})
            return redirect(request, request.path)
    return assessors_page(request, row, standing, who, form, status=422 if form.is_bound else 200)


def assessors_page(request: HttpRequest, row: Challenge, standing: Assessment, who: WhoForm, form: PersonForm, status: int) -> HttpResponse:
    context = {"contribution": row, "who": who, "form": form, "assessors": queries.assessors_of(standing)}
    return answer(request, "challenges/assessors.html", "found", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def score(request: HttpRequest, pk: int, idea: int) -> HttpResponse:
    person, row, standing = opened(request, pk)
    if standing is None or standing.is_closed or not person.has_perm("challenges.assess", row):
        return redirect(request, home(pk))
    about = find(
        person,
        queries.assessable(row).with_place().prefetch_related("participants").select_related("idea"),
        see="contributions.see",
        pk=idea,
    )
    if queries.is_written_by(person, about):
        raise PermissionDenied
    given = queries.own_scores(standing, person, about)[about.pk]
    note = AssessmentNote.objects.filter(assessor__assessment=standing, assessor__person=person, idea=about).first()
    form = ScoreForm(request.POST or None, criteria=list(standing.criteria.all()), given=given, initial={"note": note.text if note else ""})
    if request.method == "POST" and form.is_valid():
        try:
            actions.score(by=person, challenge=row, idea=about, values=form.values, note=form.cleaned_data["note"])
        except ValidationError as refusal:
            form.add_error(None, refusal.messages)
        except actions.AlreadyClosed:
            return is_closed(request, pk)
        else:
            messages.success(request, _("Your assessment is kept. Nobody else reads it before the assessment has ended."))
            return redirect(request, home(pk))
    context = {"contribution": row, "idea": about, "form": form}
    return render(request, "challenges/score.html", context, status=422 if form.errors else 200)


def is_closed(request: HttpRequest, pk: int) -> HttpResponse:
    messages.warning(request, _("The assessment has been closed meanwhile, so nothing was changed."))
    return redirect(request, home(pk))


def asks_nobody_more(request: HttpRequest, pk: int) -> HttpResponse:
    messages.warning(request, _("The assessment has ended and its result is open, so nobody more can be asked."))
    return redirect(request, home(pk))


@require_POST
def decline(request: HttpRequest, pk: int) -> HttpResponse:
    """The assessor says no; whoever leads it asks `person` no longer."""
    person, row, _standing = opened(request, pk)
    named = number(request.POST.get("person"))
    other = Person.objects.filter(pk=named).first() if named else person
    if other is None:
        raise Http404
    try:
        actions.decline(by=person, challenge=row, person=other)
    except actions.AlreadyClosed:
        return is_closed(request, pk)
    if other.pk == person.pk:
        messages.success(request, _("You do not assess any longer."))
        return redirect(request, row.get_absolute_url())
    messages.success(request, _("%(name)s is not asked any longer.") % {"name": other.full_name})
    return redirect(request, reverse("challenge_assessors", args=(pk,)))


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    person, row, standing = opened(request, pk, do="challenges.drive")
    form = CloseForm(request.POST)
    if standing is None:
        return redirect(request, home(pk))
    if not form.is_valid():
        return page(request, person, row, standing, close=form, status=422)
    try:
        actions.close(by=person, challenge=row, reason=form.cleaned_data["reason"])
    except actions.AlreadyClosed:
        return is_closed(request, pk)
    messages.success(request, _("The assessment is closed. Those who have part in it are told."))
    return redirect(request, home(pk))


@require_POST
def reply(request: HttpRequest, pk: int, note: int) -> HttpResponse:
    """Answer a note that one may read."""
    person, row, standing = opened(request, pk)
    if standing is None or not standing.is_closed:
        raise Http404
    shown = queries.results(standing, person, whole=person.has_perm("challenges.see_result", row))
    about = next((one for result in shown for one in result.notes if one.pk == note), None)
    if about is None:
        raise Http404
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return page(request, person, row, standing, reply=form, replied=about.pk, status=422)
    actions.reply(by=person, note=about, text=form.cleaned_data["text"])
    return redirect(request, f"{home(pk)}#note-{about.pk}")
