"""The import of people: `email, given_name, family_name, job_title, department_code, organisation` and, if wanted, `language`.

A person is known again by the mail address. Whoever the file does not name stays as they are, and a closed account stays closed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from organisation.actions import enrol, lock_trees
from organisation.actions.audit import Changes, assign, entry
from organisation.actions.locks import lock
from organisation.enums import AuditVerb, Language
from organisation.imports.table import Change, ChangeSort, Column, Problem, Report, Row, did_you_mean, fold, read, shown
from organisation.models import AuditEntry, Department, Organisation, Person

COLUMNS = (
    Column("email", 254),
    Column("given_name", 60),
    Column("family_name", 60),
    Column("job_title", 80, filled=False),
    Column("department_code", 40),
    Column("organisation", 120),
    Column("language", 2, filled=False, may_lack=True),
)


@dataclass(frozen=True)
class Places:
    """Organisations and departments as the file names them."""

    organisations: dict[str, Organisation]
    departments: dict[tuple[int, str], Department]

    @classmethod
    def standing(cls) -> Places:
        organisations = list(Organisation.objects.order_by("pk"))
        lock_trees(*(organisation.pk for organisation in organisations))
        departments = Department.objects.select_related("organisation")
        return cls(
            {fold(name): each for each in organisations for name in (each.short_name, each.code, each.name)},
            {(each.organisation_id, fold(each.code)): each for each in departments},
        )

    def find(self, row: Row, report: Report) -> Department | None:
        organisation = self.organisations.get(fold(row["organisation"]))
        if organisation is None:
            sentence = _("There is no organisation called “%s”.") % shown(row["organisation"])
            names = {each.name for each in self.organisations.values()}
            report.refuse(row, sentence + did_you_mean(row["organisation"], names))
            return None
        department = self.departments.get((organisation.pk, fold(row["department_code"])))
        if department is None:
            sentence = _("There is no department with the code “%s” in the organisation.") % shown(row["department_code"])
            report.refuse(row, sentence + did_you_mean(row["department_code"], self._codes(organisation)))
        elif department.is_closed:
            report.refuse(row, _("The department %s is closed. Open it again first.") % department.name)
        return department

    def _codes(self, organisation: Organisation) -> Iterable[str]:
        return (each.code for each in self.departments.values() if each.organisation_id == organisation.pk and not each.is_closed)


@transaction.atomic
def import_people(*, by: Person | None, content: bytes, dry_run: bool = False) -> Report:
    report = Report()
    rows = read(content, COLUMNS, report)
    places = Places.standing()
    lock("people")
    wanted = _wanted(rows, places, report)
    if report.problems:
        return report.in_order()
    addresses = [email for email, _row, _department in wanted]
    standing = Person.objects.with_place().annotate(address=Lower("email")).filter(address__in=addresses)
    known = {fold(person.email): person for person in standing.select_for_update(no_key=True, of=("self",))}
    new: list[Person] = []
    changed: list[Person] = []
    entries: list[AuditEntry] = []
    for email, row, department in wanted:
        person = known.get(email)
        if person is None:
            new.append(_newcomer(email, row, department))
            report.changes.append(Change(row.number, ChangeSort.NEW, new[-1].full_name, "", f"{department}, {department.organisation}"))
        elif lines := list(_changed(person, row, department, by, report)):
            changed.append(person)
            entries += lines
    if not dry_run:
        enrol(changed=changed, new=new)
        entries += [
            entry(by=by, verb=AuditVerb.PERSON_INVITED, subject=person, details={"department": person.department.name}) for person in new
        ]
        AuditEntry.objects.bulk_create(entries, batch_size=1000)
    return report.in_order()


def _wanted(rows: Iterable[Row], places: Places, report: Report) -> list[tuple[str, Row, Department]]:
    """Folded address, row and department of each row that can be read."""
    first: dict[str, Row] = {}
    wanted: list[tuple[str, Row, Department]] = []
    for row in rows:
        email = fold(row["email"])
        if email and not _is_address(email):
            report.refuse(row, _("“%s” is not a mail address.") % shown(row["email"]))
        elif email and first.setdefault(email, row) is not row:
            values = {"email": email, "row": first[email].number}
            report.refuse(row, _("The address %(email)s stands on row %(row)d already.") % values)
        if row["language"] and row["language"].casefold() not in Language.values:
            values = {"language": shown(row["language"]), "languages": ", ".join(Language.values)}
            report.refuse(row, _("“%(language)s” is not a language here. Write one of: %(languages)s.") % values)
        department = places.find(row, report) if row["organisation"] and row["department_code"] else None
        if department:
            wanted.append((email, row, department))
    return wanted


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return True


def _newcomer(email: str, row: Row, department: Department) -> Person:
    return Person(
        email=email,
        given_name=row["given_name"],
        family_name=row["family_name"],
        job_title=row["job_title"],
        department=department,
        language=row["language"].casefold() or Language.SWEDISH,
    )


def _changed(person: Person, row: Row, department: Department, by: Person | None, report: Report) -> Iterable[AuditEntry]:
    """Make the person as the row says; the log's lines."""
    if not person.is_active:
        report.notes.append(Problem(row.number, _("The account of %s is closed, and stays so.") % person.full_name))
    before = person.department
    language = row["language"].casefold() or person.language
    name = person.full_name
    names = {column: row[column] for column in ("given_name", "family_name", "job_title")}
    details: Changes = assign(person, **names, language=language)
    if before != department:
        person.department = department
        report.changes.append(Change(row.number, ChangeSort.MOVED, name, before.name, department.name))
        yield entry(by=by, verb=AuditVerb.PERSON_MOVED, subject=person, details={"department": [before.name, department.name]})
    if details:
        was, now = (", ".join(change[side] for change in details.values()) for side in (0, 1))
        report.changes.append(Change(row.number, ChangeSort.CHANGED, name, was, now))
        yield entry(by=by, verb=AuditVerb.PERSON_CHANGED, subject=person, details=details)
