"""Merging: what the step's page shows before it is taken, and the page on which an author answers."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from contributions.actions import merging
from contributions.forms.merging import MergeAnswerForm, answer_of
from contributions.forms.steps import StepForm, Taken, TargetField
from contributions.models import Contribution, MergeAnswer, MergeProposal
from contributions.queries.consent import consent, open_proposal
from contributions.queries.merging import parting, preview
from contributions.steps import Step
from lib.access import find
from lib.htmx import answer, redirect
from organisation.models import Person


def asked_about(person: Person, contribution: Contribution, step: Step) -> MergeProposal | None:
    """The question that a merge rests on, as far as the person may see both."""
    visible = Contribution.objects.visible_to(person)
    return open_proposal(contribution, among=visible) if step.name == "merge" else None


def beside(taken: Taken, form: StepForm) -> dict[str, Any]:
    """What a step's page shows beside its fields: for a merge what it will do and how it stands, for opening again what it takes back."""
    if taken.step.name == "reopen":
        return {"parting": parting(taken.person, taken.contribution)}
    field = form.fields.get("target")
    if not isinstance(field, TargetField):
        return {}
    target = field.chosen
    if target is None:
        return {"merging": True}
    return {
        "merging": True,
        "preview": preview(taken.contribution, target),
        "consent": consent(taken.person, taken.contribution, target, timezone.localdate(), taken.asked),
    }


def is_preview(request: HttpRequest, taken: Taken) -> bool:
    return taken.step.name == "merge" and "preview" in request.POST


def is_question(request: HttpRequest, taken: Taken) -> bool:
    return taken.step.name == "merge" and "ask" in request.POST


def is_previewed(form: StepForm) -> bool:
    """A target is enough; why they belong together can wait."""
    for name in set(form.errors) - {"target"}:
        del form.errors[name]
    return not form.errors


def ask(request: HttpRequest, taken: Taken, form: StepForm) -> HttpResponse:
    given = form.cleaned_data
    proposal = merging.propose(by=taken.person, contribution=taken.contribution, target=given["target"], reason=given["reason"])
    names = get_text_list([row.person.full_name for row in proposal.answers.select_related("person")], _("and"))
    undo = reverse("merge_withdraw", args=(taken.contribution.pk, proposal.pk))
    messages.success(request, _("%(names)s is asked in ten seconds. You hear of the answer.") % {"names": names}, extra_tags=undo)
    return redirect(request, taken.contribution.get_absolute_url())


def found(request: HttpRequest, pk: int, proposal: int, **permissions: str) -> tuple[Person, MergeProposal]:
    person = request.user
    assert isinstance(person, Person)
    place = "contribution__department", "contribution__author__department__organisation", "contribution__owner_organisation"
    target = "target__department", "target__author__department__organisation", "target__owner_organisation"
    rows: QuerySet[MergeProposal] = MergeProposal.objects.select_related(*place, *target, "by__department__organisation")
    rows = rows.filter(contribution=pk).prefetch_related(Prefetch("answers", MergeAnswer.objects.select_related("person")))
    return person, find(person, rows, see="contributions.see_merge", pk=proposal, **permissions)


@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    """How a question stands, and for those asked the form to answer it."""
    person, row = found(request, pk, proposal)
    own = next((given for given in row.answers.all() if given.person_id == person.pk), None)
    if request.method != "POST":
        form = MergeAnswerForm(initial=answer_of(own.agrees, own.note) if own else None)
        return question_page(request, person, row, form)
    if own is None:
        raise PermissionDenied
    form = MergeAnswerForm(request.POST)
    if form.is_valid():
        try:
            merging.answer(by=person, proposal=row, agrees=form.says_yes, note=form.cleaned_data["note"])
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("Your answer has gone to %(name)s.") % {"name": row.by.full_name})
            return redirect(request, own_side(person, row).get_absolute_url())
    return question_page(request, person, row, form, status=422)


def question_page(request: HttpRequest, person: Person, row: MergeProposal, form: MergeAnswerForm, status: int = 200) -> HttpResponse:
    seen = seen_sides(person, row)
    moderates = person.has_perm("contributions.withdraw_merge", row)
    answers = row.answers.all()
    context = {
        "proposal": row,
        "seen": seen,
        "is_asked": merging.is_asked(row, row.contribution),
        "own": next((given for given in answers if given.person_id == person.pk), None),
        "mine": own_side(person, row),
        "preview": preview(row.contribution, row.target) if len(seen) == 2 else None,
        "answers": answers if moderates else (),
        "moderates": moderates,
        "form": form,
    }
    return answer(request, "contributions/merge.html", "form", context, status=status)


def seen_sides(person: Person, row: MergeProposal) -> list[Contribution]:
    sides = (row.contribution, row.target)
    visible = Contribution.objects.visible_to(person).filter(pk__in=[side.pk for side in sides])
    seen = set(visible.values_list("pk", flat=True))
    return [side for side in sides if side.pk in seen]


def own_side(person: Person, row: MergeProposal) -> Contribution:
    """The reader's own of the two; for a coordinator, the one that is to be merged."""
    return row.target if row.target.author_id == person.pk != row.contribution.author_id else row.contribution


@require_POST
def withdraw(request: HttpRequest, pk: int, proposal: int) -> HttpResponse:
    person, row = found(request, pk, proposal, do="contributions.withdraw_merge")
    merging.withdraw(by=person, proposal=row)
    messages.success(request, _("The question is taken back."))
    return redirect(request, row.contribution.get_absolute_url())
