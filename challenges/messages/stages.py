"""What people are told of plans, tests and what has spread. All kinds share one reading: a query for the challenges and one per sort of row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.models import Adoption, Challenge, PlanItem, Resource, Trial, Way
from contributions.enums import Opening
from contributions.models import Contribution
from contributions.rules import opens
from lib.dates import day, relative_day
from notifications.enums import Channel
from notifications.outbox import Fact, Kind, Told
from organisation.enums import Role
from organisation.models import Person

ROWS: Mapping[str, tuple[type[Any], tuple[str, ...]]] = {
    "item": (PlanItem, ("who",)),
    "trial": (Trial, ()),
    "way": (Way, ()),
    "resource": (Resource, ("answered_by", "asked_by", "giver", "giving_department")),
    "adoption": (Adoption, ("department__organisation", "told_by")),
}


def stage_facts(person: Person, told: Sequence[Told]) -> list[Fact | None]:
    visible = Contribution.objects.visible_to(person).values("pk")
    challenges = Challenge.objects.filter(pk__in=visible).in_bulk({item["contribution"] for item in told})
    rows = {name: _rows(name, told) for name in ROWS}
    return [_fact(person, item, challenges.get(item["contribution"]), rows) for item in told]


def _rows(name: str, told: Sequence[Told]) -> dict[int, Any]:
    ids = {item[name] for item in told if name in item}
    model, related = ROWS[name]
    return model._default_manager.select_related(*related).in_bulk(ids) if ids else {}


def _fact(person: Person, item: Told, challenge: Challenge | None, rows: Mapping[str, Mapping[int, Any]]) -> Fact | None:
    row = next((rows[name].get(item[name]) for name in ROWS if name in item), None)
    if challenge is None or row is None:
        return None
    return SAYINGS[item.kind](person, challenge, row)


def _said(challenge: Challenge, stage: str, text: str, reason: str, **more: str) -> Fact:
    url = reverse(f"challenge_{stage}", args=(challenge.pk,))
    return Fact(text=text, title=str(challenge), url=url, reason=reason, **more)


def _is_to_do(challenge: Challenge, item: PlanItem) -> bool:
    return item.done_at is None and item.removed_at is None and opens(challenge, Opening.PLAN)


def _given(person: Person, challenge: Challenge, item: PlanItem) -> Fact | None:
    if item.who_id != person.pk or item.removed_at:
        return None
    act = _("To the plan") if _is_to_do(challenge, item) else ""
    text = _("You stand for this in an action plan, until %(day)s") % {"day": day(item.due_on)}
    return _said(challenge, "plan", text, _("you stand in the action plan"), quote=item.what, act=act)


def _due(person: Person, challenge: Challenge, item: PlanItem) -> Fact | None:
    if item.who_id != person.pk or not _is_to_do(challenge, item):
        return None
    text = _("What you promised is due %(day)s") % {"day": relative_day(item.due_on)}
    return _said(challenge, "plan", text, _("you stand in the action plan"), quote=item.what, act=_("Say that it is done"))


def _late(_person: Person, challenge: Challenge, item: PlanItem) -> Fact | None:
    if not _is_to_do(challenge, item):
        return None
    name = {"name": item.who.full_name}
    if not item.who.is_active:
        text = _("%(name)s no longer works here, and somebody else is needed in the action plan") % name
    elif item.due_on < timezone.localdate():
        text = _("Something in the action plan is late. %(name)s stands for it") % name
    else:
        return None
    return _said(challenge, "plan", text, _("you lead the challenge or answer for it"), quote=item.what, act=_("To the plan"))


def _stops(_person: Person, challenge: Challenge, trial: Trial) -> Fact | None:
    if trial.ended_at or challenge.is_draft:
        return None
    text = _("The test's stop date is %(day)s: go on or stop?") % {"day": relative_day(trial.stops_on)}
    return _said(challenge, "tests", text, _("you lead the challenge or answer for it"), quote=trial.tried, act=_("Write what happened"))


def _way_stops(_person: Person, challenge: Challenge, way: Way) -> Fact | None:
    if way.ended_at or way.stops_on is None or not opens(challenge, Opening.PLAN):
        return None
    text = _("The small scale's stop date is %(day)s: stop, or choose another way on?") % {"day": relative_day(way.stops_on)}
    return _said(challenge, "tests", text, _("you lead the challenge or answer for it"), act=_("See how you go on"))


def _asked(person: Person, challenge: Challenge, resource: Resource) -> Fact | None:
    if resource.taken_back_at:
        return None
    text = _("%(name)s asks for %(what)s") % {"name": resource.asked_by.full_name, "what": resource.what}
    waits = resource.is_waiting and opens(challenge, Opening.PLAN)
    return _said(challenge, "plan", text, _why_asked(person, resource), act=_("Answer") if waits else "")


def _waits(person: Person, challenge: Challenge, resource: Resource) -> Fact | None:
    if not resource.is_waiting or not opens(challenge, Opening.PLAN):
        return None
    text = _("%(name)s still waits for an answer: %(what)s") % {"name": resource.asked_by.full_name, "what": resource.what}
    if resource.giver and not resource.giver.is_active:
        text = _("%(name)s no longer works here, and somebody else has to be asked: %(what)s") % {
            "name": resource.giver.full_name, "what": resource.what,
        }  # fmt: skip
    return _said(challenge, "plan", text, _why_asked(person, resource), act=_("To the plan"))


def _why_asked(person: Person, resource: Resource) -> str:
    if resource.giver_id == person.pk:
        return _("you were asked for it")
    department = resource.giving_department
    if department and person.coverage(Role.COORDINATOR).covers_department(department):
        return _("you coordinate the department that is asked")
    return _("you lead the challenge or answer for it")


def _answered(_person: Person, challenge: Challenge, resource: Resource) -> Fact | None:
    if resource.answered_by is None:
        return None
    text = f"{resource.get_outcome_display()}: {resource.what}"
    return _said(challenge, "plan", text, _("you asked for it"), quote=resource.note, by=resource.answered_by.full_name)


def _adopted(person: Person, challenge: Challenge, adoption: Adoption) -> Fact | None:
    if adoption.ended_at is not None:
        return None
    text = _("%(place)s does as you did") % {"place": adoption.place}
    reason = _("you brought up the challenge") if challenge.author_id == person.pk else _("you lead the challenge or answer for it")
    return _said(challenge, "spread", text, reason, quote=adoption.changed, by=adoption.told_by.full_name, status_tone="success")


SAYINGS: Mapping[str, Callable[[Person, Challenge, Any], Fact | None]] = {
    "challenges.plan_given": _given,
    "challenges.plan_due": _due,
    "challenges.plan_late": _late,
    "challenges.trial_stops": _stops,
    "challenges.way_stops": _way_stops,
    "challenges.resource_asked": _asked,
    "challenges.resource_waits": _waits,
    "challenges.resource_answered": _answered,
    "challenges.adopted": _adopted,
}


def _kind(code: str, label: Any, default: Channel = Channel.DIRECT, *, waits: bool = False) -> Kind:
    return Kind(f"challenges.{code}", label, stage_facts, default, waits_for_reader=waits)


STAGE_KINDS = (
    _kind("plan_given", gettext_lazy("I am given something in an action plan")),
    _kind("plan_due", gettext_lazy("What I promised in an action plan is due soon"), waits=True),
    _kind("plan_late", gettext_lazy("Something in a plan I lead is late or needs somebody new"), waits=True),
    _kind("trial_stops", gettext_lazy("A test in a challenge I lead has reached its stop date"), waits=True),
    _kind("way_stops", gettext_lazy("The small scale in a challenge I lead has reached its stop date"), waits=True),
    _kind("resource_asked", gettext_lazy("I am asked for hours, money or equipment"), waits=True),
    _kind("resource_waits", gettext_lazy("I am asked for hours, money or equipment and have not answered"), waits=True),
    _kind("resource_answered", gettext_lazy("What I asked for is answered"), Channel.DIGEST),
    _kind("adopted", gettext_lazy("Another department does what I brought up"), Channel.DIGEST),
)
