"""Organisations and their trees. `Department.path` is written here and nowhere else, under a lock per organisation."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import BigIntegerField, Case, F, Max, Value, When
from django.db.models.functions import Concat, Now, Substr
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.sort_keys import swedish_sort_key
from organisation.actions.audit import Changes, assign, entry, log
from organisation.actions.locks import lock, same_but_for_case
from organisation.enums import AuditVerb
from organisation.models import AuditEntry, Department, Organisation, Person

SORT_KEY_LENGTH = 200
PATH_LENGTH = 255


def sort_key(name: str) -> str:
    return swedish_sort_key(name)[:SORT_KEY_LENGTH]


def lock_trees(*organisation_ids: int) -> None:
    """Until the transaction ends, nobody else changes the departments of these organisations."""
    for organisation_id in sorted(set(organisation_ids)):
        lock("trees", organisation_id)


@transaction.atomic
def create_organisation(
    *,
    by: Person | None,
    name: str,
    kind: str,
    short_name: str = "",
    code: str = "",
    answer_within: int = 10,
    days_off: Sequence[datetime.date] = (),
) -> Organisation:
    """With the next free mark, and a code and a short name made from the name where none is given."""
    lock("organisations")
    code = code or free_code(name)
    if Organisation.objects.filter(same_but_for_case("name", name)).exists():
        raise ValidationError({"name": _("There is already an organisation with this name.")})
    if Organisation.objects.filter(code=code).exists():
        raise ValidationError({"code": _("There is already an organisation with this code.")})
    organisation = Organisation.objects.create(
        code=code,
        name=name,
        short_name=short_name or shortened(name),
        kind=kind,
        sort_key=sort_key(name),
        mark=(Organisation.objects.aggregate(last=Max("mark"))["last"] or 0) + 1,
        answer_within=answer_within,
        days_off=list(days_off),
    )
    log(by=by, verb=AuditVerb.ORGANISATION_CREATED, subject=organisation)
    return organisation


def shortened(name: str) -> str:
    """What people say: "Tekniska Verken i Kiruna AB" is Tekniska Verken."""
    words = [word for word in name.split() if word not in ("AB", "HB", "KB")]
    if len(words) > 2 and words[-2] == "i":
        words = words[:-2]
    return (" ".join(words) or name)[:40].strip()


def free_code(name: str) -> str:
    """A code for addresses that no organisation has, made from the name."""
    stem = slugify(name)[:30].strip("-") or "organisation"
    taken = set(Organisation.objects.filter(code__startswith=stem).values_list("code", flat=True))
    return next(code for code in (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3))) if code not in taken)


@transaction.atomic
def change_organisation(
    *, by: Person | None, organisation: Organisation, name: str, short_name: str, answer_within: int, days_off: Sequence[datetime.date] = ()
) -> None:
    """Promises already given keep their day; `days_off` count from now on."""
    lock("organisations")
    organisation.refresh_from_db()
    if Organisation.objects.filter(same_but_for_case("name", name)).exclude(pk=organisation.pk).exists():
        raise ValidationError({"name": _("There is already an organisation with this name.")})
    changes = assign(organisation, name=name, short_name=short_name, answer_within=answer_within, days_off=list(days_off))
    if changes:
        organisation.sort_key = sort_key(name)
        organisation.save(update_fields=[*changes, "sort_key"])
        log(by=by, verb=AuditVerb.ORGANISATION_CHANGED, subject=organisation, details=changes)


@transaction.atomic
def create_department(
    *, by: Person | None, organisation: Organisation, name: str, code: str, parent: Department | None = None
) -> Department:
    lock_trees(organisation.pk)
    parent = _standing_parent(parent, organisation.pk)
    refuse_taken_name(name, parent=parent, organisation_id=organisation.pk)
    if Department.objects.filter(same_but_for_case("code", code), organisation=organisation).exists():
        raise ValidationError({"code": _("There is already a department with this code.")})
    [pk] = _next_ids(1)
    department = Department.objects.create(
        pk=pk, organisation=organisation, parent=parent, path=_path(parent, pk), code=code, name=name, sort_key=sort_key(name)
    )
    log(by=by, verb=AuditVerb.DEPARTMENT_CREATED, subject=department, details={"parent": parent.name if parent else ""})
    return department


@transaction.atomic
def rename_department(*, by: Person | None, department: Department, name: str) -> None:
    lock_trees(department.organisation_id)
    department.refresh_from_db()
    if not department.is_closed:
        refuse_taken_name(name, parent=department.parent, organisation_id=department.organisation_id, other_than=department)
    changes = assign(department, name=name)
    if changes:
        department.sort_key = sort_key(name)
        department.save(update_fields=["name", "sort_key"])
        log(by=by, verb=AuditVerb.DEPARTMENT_RENAMED, subject=department, details=changes)


@transaction.atomic
def move_department(*, by: Person | None, department: Department, parent: Department | None) -> None:
    """Beneath another department of the same organisation, or to the top (None), with everything under it."""
    lock_trees(department.organisation_id)
    department.refresh_from_db()
    before = department.parent
    if before == parent:
        return
    parent = _standing_parent(parent, department.organisation_id)
    if parent and department.pk in parent.ancestor_ids:
        raise ValidationError({"parent": _("A department cannot be moved beneath itself.")})
    if not department.is_closed:
        refuse_taken_name(department.name, parent=parent, organisation_id=department.organisation_id, other_than=department)
    beneath = Department.objects.beneath(department)
    old, new = department.path, _path(parent, department.pk)
    longest = max(len(path) for path in beneath.values_list("path", flat=True))
    _refuse_deep(longest - len(old) + len(new))
    beneath.update(
        path=Concat(Value(new), Substr("path", len(old) + 1)),
        parent=Case(
            When(pk=department.pk, then=Value(parent.pk if parent else None)), default=F("parent_id"), output_field=BigIntegerField()
        ),
    )
    department.refresh_from_db()
    changes = {"parent": [before.name if before else "", parent.name if parent else ""]}
    log(by=by, verb=AuditVerb.DEPARTMENT_MOVED, subject=department, details=changes)


@transaction.atomic
def close_department(*, by: Person | None, department: Department, people_to: Department | None = None) -> None:
    """Contributions and roles keep pointing at it. Refused while departments stand open beneath it, or while people
    work there and it is not said where they go.
    """
    lock_trees(department.organisation_id, people_to.organisation_id if people_to else department.organisation_id)
    department.refresh_from_db()
    if department.is_closed:
        raise ValidationError(_("The department is already closed."))
    if Department.objects.open().filter(parent=department).exists():
        raise ValidationError(_("There are open departments beneath this one. Move or close them first."))
    people = list(Person.objects.active().filter(department=department).select_for_update(no_key=True, of=("self",)))
    if people and people_to is None:
        sentence = ngettext("%(n)d person works here. Choose where they go.", "%(n)d people work here. Choose where they go.", len(people))
        raise ValidationError({"people_to": sentence % {"n": len(people)}})
    if people and people_to:
        _move_people(by=by, people=people, department=department, to=people_to)
    department.closed_at = timezone.now()
    department.save(update_fields=["closed_at"])
    facts = {"people_to": people_to.name, "people": str(len(people))} if people and people_to else {}
    log(by=by, verb=AuditVerb.DEPARTMENT_CLOSED, subject=department, details=facts)


def _move_people(*, by: Person | None, people: Sequence[Person], department: Department, to: Department) -> None:
    to = Department.objects.get(pk=to.pk)
    if to == department or to.is_closed:
        raise ValidationError({"people_to": _("Choose another department, one that is open.")})
    Person.objects.filter(pk__in=[person.pk for person in people]).update(department=to)
    changes: Changes = {"department": [department.name, to.name]}
    for person in people:
        person.department = to
    AuditEntry.objects.bulk_create([entry(by=by, verb=AuditVerb.PERSON_MOVED, subject=person, details=changes) for person in people])


@transaction.atomic
def reopen_department(*, by: Person | None, department: Department) -> None:
    lock_trees(department.organisation_id)
    department.refresh_from_db()
    if not department.is_closed:
        return
    if department.parent and department.parent.is_closed:
        raise ValidationError(_("The department above this one is closed. Open that one first, or move this one."))
    refuse_taken_name(department.name, parent=department.parent, organisation_id=department.organisation_id, other_than=department)
    department.closed_at = None
    department.save(update_fields=["closed_at"])
    log(by=by, verb=AuditVerb.DEPARTMENT_REOPENED, subject=department)


def plant(departments: Sequence[Department], *, new: Sequence[Department]) -> None:
    """Write many departments of one organisation at once: new rows, and rows whose name or parent has been changed.

    The caller holds the lock, has seen that names and codes are free and that there is no cycle, and gives every department
    whose path may have changed; parents are given as objects. Raises ValidationError when the tree would be too deep.
    """
    for department, pk in zip(new, _next_ids(len(new)), strict=True):
        department.pk = pk
    for department in [*departments, *new]:
        department.parent = department.parent
        department.path = _planned_path(department)
        department.sort_key = sort_key(department.name)
        _refuse_deep(len(department.path))
    # Two departments may have swapped names: a closed one holds no name, so all are out of the way for a moment.
    standing = [department.pk for department in departments if not department.is_closed]
    Department.objects.filter(pk__in=standing).update(closed_at=Now())
    Department.objects.bulk_update(departments, ["name", "sort_key", "parent", "path", "closed_at"], batch_size=500)
    Department.objects.bulk_create(new, batch_size=500)


def _planned_path(department: Department) -> str:
    ids, above = [department.pk], department.parent
    while above:
        ids.append(above.pk)
        above = above.parent
    return "/" + "".join(f"{pk}/" for pk in reversed(ids))


def refuse_taken_name(name: str, *, parent: Department | None, organisation_id: int, other_than: Department | None = None) -> None:
    siblings = Department.objects.open().filter(organisation_id=organisation_id, parent=parent)
    if other_than:
        siblings = siblings.exclude(pk=other_than.pk)
    if siblings.filter(same_but_for_case("name", name)).exists():
        raise ValidationError({"name": _("There is already a department with this name in the same place.")})


def standing(department: Department) -> Department:
    """The department as it is now, its tree locked. Raises ValidationError when it is closed."""
    lock_trees(department.organisation_id)
    department = Department.objects.select_related("organisation").get(pk=department.pk)
    if department.is_closed:
        raise ValidationError({"department": _("The department is closed. Choose one that is open.")})
    return department


def _standing_parent(parent: Department | None, organisation_id: int) -> Department | None:
    if parent is None:
        return None
    parent = Department.objects.get(pk=parent.pk)
    if parent.organisation_id != organisation_id or parent.is_closed:
        raise ValidationError({"parent": _("Choose an open department in the same organisation.")})
    return parent


def _path(parent: Department | None, pk: int) -> str:
    path = f"{parent.path if parent else '/'}{pk}/"
    _refuse_deep(len(path))
    return path


def _refuse_deep(length: int) -> None:
    if length > PATH_LENGTH:
        raise ValidationError({"parent": _("The tree would be too deep. Choose a department nearer the top.")})


def _next_ids(count: int) -> Iterable[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('organisation_department', 'id')) FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]
