"""The only place where a contribution's state is written.

`advance` locks the row, checks the step, writes, appends the trail entry and tells people, in one transaction. The steps are data
(contributions.steps, ideas.steps, challenges.steps), registered at start; buttons, the step's address and the diagrams come from them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist, PermissionDenied, ValidationError
from django.db import models, transaction
from django.db.models import Field, QuerySet
from django.utils import timezone
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from contributions import promise
from contributions.enums import Kind, TrailSort
from contributions.models import Contribution, Follow, TrailEntry
from contributions.queries.together import close_to
from contributions.rules import UNDO_WITHIN, answerers_of
from contributions.search import index, learn
from contributions.steps import LEARNING, Changes, Clock, Step, Told, Values, hold
from notifications import outbox
from organisation.models import Person

CLOCKS: Mapping[Clock, Callable[[Contribution, datetime.datetime], Changes]] = {
    Clock.STARTS: promise.started,
    Clock.ANSWERS: promise.answered,
    Clock.PAUSES: promise.paused,
    Clock.RESUMES: promise.resumed,
    Clock.ENDS: promise.ended,
}
TEXT_FIELDS = ("reason", "body")
TRAIL_FIELDS = ("reason_code", "change", "decided_by", "decided_on", "ground", "registration_number", *LEARNING, "learning_next")

NOTES: Mapping[str, str | LazyText] = {
    "hide": pgettext_lazy("trail", "Hidden by a coordinator"),
    "unhide": pgettext_lazy("trail", "Shown again by a coordinator"),
    "hide_comment": pgettext_lazy("trail", "A comment was hidden by a coordinator"),
    "unhide_comment": pgettext_lazy("trail", "A comment was shown again by a coordinator"),
    "mask": pgettext_lazy("trail", "Words were masked by a coordinator"),
    "file_taken_away": pgettext_lazy("trail", "A file was taken away by a coordinator"),
    "joined": pgettext_lazy("trail", "Writes with the author from now on"),
    "left": pgettext_lazy("trail", "No longer writes with the author"),
    "brought_in": pgettext_lazy("trail", "Written down by an ambassador, and confirmed by the author"),
}
"""Lines of the trail that no step makes."""


class IllegalStep(Exception):
    """The step does not exist for this kind, or cannot be taken from this status."""


class StaleVersion(Exception):
    """Somebody changed the contribution after the form was read. Carries the contribution as it stands."""

    def __init__(self, contribution: Contribution) -> None:
        super().__init__(contribution.pk)
        self.contribution = contribution


@dataclass(frozen=True)
class KindSpec:
    """What a kind brings to the house: its child model, its steps, the child's columns, those of them that are searched, those that
    whoever may edit the texts edits.

    `notes` are the labels of trail entries that no step makes; `beside`, other tables with texts that hang on a contribution, and `around`
    those whose changes keep no revision. `learnt` is the learning a step back begins with.
    """

    kind: Kind
    child: type[Contribution]
    steps: tuple[Step, ...]
    columns: tuple[str, ...]
    searched: tuple[str, ...]
    edited: tuple[str, ...] = ()
    notes: Mapping[str, str | LazyText] = field(default_factory=dict)
    beside: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = ()
    around: tuple[tuple[type[models.Model], tuple[str, ...]], ...] = ()
    learnt: Callable[[Contribution], dict[str, str]] = lambda _contribution: {}

    def step(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)


_specs: dict[Kind, KindSpec] = {}


def register(spec: KindSpec) -> None:
    """Called by each kind's AppConfig.ready."""
    _specs[spec.kind] = spec


def specs() -> list[KindSpec]:
    return list(_specs.values())


def spec_of(kind: str) -> KindSpec:
    return _specs[Kind(kind)]


def step_named(kind: str, name: str) -> Step | None:
    return spec_of(kind).step(name)


def step_of(entry: TrailEntry) -> Step | None:
    """The step a line of the trail tells of, of whichever kind it then was."""
    named = [step for spec in specs() if (step := spec.step(entry.step))]
    return next((step for step in named if entry.from_status in step.sources), next(iter(named), None))


def label_of(entry: TrailEntry) -> str:
    """What a line of the trail is called."""
    if step := step_of(entry):
        return str(step.label if step.goes_back else step.done)
    notes = {name: label for spec in specs() for name, label in spec.notes.items()}
    return str(notes.get(entry.step) or NOTES.get(entry.step, entry.step))


def steps_for(person: Person, contribution: Contribution) -> list[Step]:
    """The steps this person may take from where the contribution stands now."""
    return [
        step
        for step in spec_of(contribution.kind).steps
        if contribution.status in step.sources and person.has_perm(step.permission, contribution)
    ]


def other_kind(kind: str) -> Kind:
    return Kind.CHALLENGE if kind == Kind.IDEA else Kind.IDEA


@transaction.atomic
def advance(
    *,
    by: Person | None,
    contribution: Contribution,
    step: str,
    values: Values | None = None,
    version: int | None = None,
    into: Kind | None = None,
    final: bool = False,
    now: datetime.datetime | None = None,
) -> TrailEntry:
    """Take a step. `by` None is the clock itself (only for steps that happen by themselves); `into` is the kind it becomes; what is `final`
    is not undone: another row holds what it tells of.

    Raises IllegalStep, StaleVersion, PermissionDenied, or ValidationError keyed by field name. Nothing is changed then.
    """
    now = now or timezone.now()
    target = (values or {}).get("target")
    locked = lock(contribution.pk, *_held(contribution, step, target))
    if version is not None and version != locked.version:
        raise StaleVersion(locked)
    if step == "undo":
        return _undo(by=by, contribution=locked, now=now)
    definition = _permitted(step, by, locked)
    given = _required(definition, values or {})
    if target:
        target.refresh_from_db(fields=("status",))
    kind = into or (other_kind(locked.kind) if step == "convert" else Kind.IDEA if step == "withdraw" else Kind(locked.kind))
    changes: Changes = {"status": definition.target(locked, kind), **definition.settled(locked)}
    changes |= definition.effect(locked, {**given, "by": by}, now)
    if definition.clock in CLOCKS:
        changes |= CLOCKS[definition.clock](locked, now)
    entry = _write(by=by, contribution=locked, kind=kind, changes=changes, now=now, final=final, entry=_entry_columns(definition, given))
    promise.follow(locked, entry)
    if definition.after:
        definition.after(locked, entry)
    _tell(definition, locked, entry, by)
    return entry


def lock(pk: int, *others: int) -> Contribution:
    """The row, locked against every other writer; foreign keys to it stay possible. `others` are locked with it, always in the same order."""
    rows = Contribution.objects.select_for_update(no_key=True).filter(pk__in=(pk, *others)).order_by("pk")
    list(rows.values_list("pk"))  # by itself: joined to its owner, it would be missed when somebody hands it over meanwhile
    return Contribution.objects.with_place().get(pk=pk)


def _held(contribution: Contribution, step: str, target: Contribution | None) -> list[int]:
    """Ids of the other rows that the step's `after` writes, or the `after` of what is taken back."""
    if step == "undo":
        before = _last(contribution).values_list("before", flat=True).first() or {}
        return hold(contribution.pk, before.get("merged_into_id"))
    definition = step_named(contribution.kind, step)
    return hold(contribution.pk, target.pk if target else None) if definition and definition.after else []


def _last(contribution: Contribution) -> QuerySet[TrailEntry]:
    return contribution.trail.order_by("-at", "-id")


def _permitted(name: str, by: Person | None, contribution: Contribution) -> Step:
    definition = step_named(contribution.kind, name)
    if definition is None or contribution.status not in definition.sources:
        raise IllegalStep(name)
    if by is None:
        if not definition.by_itself:
            raise PermissionDenied
    elif not by.has_perm(definition.permission, contribution):
        raise PermissionDenied
    return definition


def _required(definition: Step, values: Values) -> Values:
    missing = {name: _("This is needed.") for name in definition.requires if not values.get(name)}
    if missing:
        raise ValidationError(missing)
    return {name: values[name] for name in definition.fields if values.get(name)}


def _entry_columns(definition: Step, values: Values) -> Changes:
    columns: Changes = {name: values[name] for name in TRAIL_FIELDS if name in values}
    text = next((values[name] for name in TEXT_FIELDS if name in values), "")
    return {**columns, "sort": definition.sort, "step": definition.name, "text": text}


def _write(
    *,
    by: Person | None,
    contribution: Contribution,
    kind: Kind,
    changes: Changes,
    now: datetime.datetime,
    entry: Changes,
    final: bool = False,
) -> TrailEntry:
    """Write the changed columns and the trail entry that remembers how they were."""
    before: Changes = {"version": contribution.version, "kind": contribution.kind, **({"final": True} if final else {})}
    from_status = contribution.status
    if swapped := kind != contribution.kind:
        changes = {"set_aside": _swap_child(contribution, kind), **changes, "kind": kind}
    child_changes = {name.removeprefix("child."): value for name, value in changes.items() if name.startswith("child.")}
    if child_changes:
        before |= _write_child(contribution, kind, child_changes)
    own = {name: value for name, value in changes.items() if not name.startswith("child.")}
    own = {"last_activity_at": now, **own, "version": contribution.version + 1}
    before |= {name: getattr(contribution, name) for name in own if name not in before}
    _save(contribution, own)
    if swapped:
        reindex_texts(contribution)
    elif "audience" in own:
        learn(contribution)
    return TrailEntry.objects.create(
        contribution=contribution, by=by, at=now, from_status=from_status, to_status=contribution.status, before=_plain(before), **entry
    )


def note_on_trail(
    *, by: Person | None, contribution: Contribution, step: str, text: str = "", at: datetime.datetime | None = None
) -> TrailEntry:
    """A line about something that is no step: nothing of the contribution is written."""
    status = contribution.status
    return TrailEntry.objects.create(
        contribution=contribution, by=by, at=at or timezone.now(), step=step, from_status=status, to_status=status, text=text
    )


def _save(contribution: Contribution, columns: Changes) -> None:
    for name, value in columns.items():
        setattr(contribution, name, value)
    contribution.save(update_fields=[_column(name) for name in columns])


def _column(name: str) -> str:
    """The field's name for a column given as attribute (`owner_organisation_id`)."""
    try:
        return Contribution._meta.get_field(name).name
    except FieldDoesNotExist:
        return Contribution._meta.get_field(name.removesuffix("_id")).name


def _swap_child(contribution: Contribution, kind: Kind) -> dict[str, Any]:
    """Replace the child row, keep the old one's columns, give back those kept since last time. Returns the new `set_aside`."""
    old, new = spec_of(contribution.kind), spec_of(kind)
    rows = old.child.objects.filter(pk=contribution.pk)
    kept = {**contribution.set_aside, old.kind: _plain(rows.values(*old.columns).get())}
    rows._raw_delete(rows.db)  # the child's row alone; what hangs on the contribution stays
    given_back = kept.pop(new.kind, {})
    child = new.child(pk=contribution.pk, **{name: _python(new.child, name, value) for name, value in given_back.items()})
    child.save_base(raw=True, force_insert=True)
    return kept


def _write_child(contribution: Contribution, kind: Kind, columns: Changes) -> Changes:
    """Write columns of the child row. Returns how they were, keyed `child.<column>`."""
    rows = spec_of(kind).child.objects.filter(pk=contribution.pk)
    before = {f"child.{name}": value for name, value in rows.values(*columns).get().items()}
    rows.update(**columns)
    return before


def _plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, datetime.datetime | datetime.date) else value for name, value in columns.items()}


def _python(model: type[Contribution], name: str, value: Any) -> Any:
    """A value read back from JSON, as the column's own type."""
    column = model._meta.get_field(name)
    return column.to_python(value) if isinstance(column, Field) and value is not None else None


def may_undo(person: Person, entry: TrailEntry | None, now: datetime.datetime | None = None) -> bool:
    """The same person, within ten seconds, with nothing later (the entry given is the last one). Only what `advance` wrote remembers how it was."""
    if entry is None or entry.by_id != person.pk or entry.step == "undo" or "version" not in entry.before or "final" in entry.before:
        return False
    return (now or timezone.now()) - entry.at <= UNDO_WITHIN


def _undo(*, by: Person | None, contribution: Contribution, now: datetime.datetime) -> TrailEntry:
    last = _last(contribution).first()
    if by is None or not contribution.trail.filter(by=by).exists():
        raise PermissionDenied
    if last is None or not may_undo(by, last, now) or contribution.version != last.before["version"] + 1:
        raise IllegalStep("undo")
    before = {name: value for name, value in last.before.items() if name not in ("version", "kind")}
    restored = {name: value if name.startswith("child.") else _python(Contribution, _column(name), value) for name, value in before.items()}
    outbox.cancel(last.cause)
    entry = _write(
        by=by,
        contribution=contribution,
        kind=Kind(last.before["kind"]),
        changes=restored,
        now=now,
        entry={"sort": TrailSort.STEP, "step": "undo"},
    )
    promise.take_back(contribution, last)
    _settle_undone(step_of(last), contribution, entry)
    return entry


def _settle_undone(step: Step | None, contribution: Contribution, entry: TrailEntry) -> None:
    """What other rows owe to the step is taken back as well; where they no longer allow it, nothing is."""
    if step and step.after:
        try:
            step.after(contribution, entry)
        except ValidationError as refusal:
            raise IllegalStep("undo") from refusal


def _tell(definition: Step, contribution: Contribution, entry: TrailEntry, by: Person | None) -> None:
    """Every notice waits until the step can no longer be undone. Nobody is told of their own act, nor twice of the same."""
    told: set[int] = {by.pk} if by else set()
    for whom in Told:
        if whom in definition.tells:
            recipients = [pk for pk in _recipients(whom, contribution, entry) if pk not in told]
            told.update(recipients)
            outbox.tell(
                recipients,
                definition.tells[whom],
                {"contribution": contribution.pk, "entry": entry.pk},
                thread=contribution.thread,
                cause=entry.cause,
                not_before=entry.at + UNDO_WITHIN,
            )


def _recipients(whom: Told, contribution: Contribution, entry: TrailEntry) -> Iterable[int]:
    match whom:
        case Told.AUTHOR:
            return [contribution.author_id]
        case Told.CLOSE:
            return close_to(contribution)
        case Told.FOLLOWERS:
            return Follow.objects.filter(contribution=contribution, person__is_active=True).values_list("person_id", flat=True)
        case Told.ASSIGNEE:
            return _assigned(contribution, contribution.assigned_to_id or entry.before.get("assigned_to_id")) or answering(contribution)
        case Told.COORDINATORS | Told.NEW_OWNER:
            return answering(contribution)
        case Told.HOST:
            return Contribution.objects.filter(merged_from=contribution).values_list("author_id", flat=True)


def _assigned(contribution: Contribution, person_id: Any) -> list[int]:
    """The id of the coordinator in charge, while they are there and still answer for it."""
    assigned = Person.objects.filter(answerers_of(contribution), pk=person_id)
    return [person.pk for person in assigned if not person.is_away_on(timezone.localdate())]


def answering(contribution: Contribution) -> list[int]:
    """Ids of active coordinators who may act on it."""
    return list(Person.objects.filter(answerers_of(contribution)).values_list("pk", flat=True))


def reindex_texts(contribution: Contribution, child: Contribution | None = None) -> None:
    """Write the search row from the contribution and its child."""
    spec = spec_of(contribution.kind)
    row = child or spec.child.objects.get(pk=contribution.pk)
    index(contribution, [getattr(row, name) for name in spec.searched])
