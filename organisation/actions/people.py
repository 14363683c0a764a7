"""People: their accounts, where they work, when they are away."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial

import structlog
from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lib.sort_keys import swedish_sort_key
from organisation.actions.audit import assign, log
from organisation.actions.departments import standing
from organisation.actions.locks import lock, same_but_for_case
from organisation.actions.roles import refuse_losing_last_admin
from organisation.enums import AuditVerb, Language
from organisation.models import Department, Person

SORT_KEY_LENGTH = 255
log_line = structlog.get_logger(__name__)


@transaction.atomic
def invite_person(
    *,
    by: Person | None,
    email: str,
    given_name: str,
    family_name: str,
    department: Department,
    job_title: str = "",
    language: str = Language.SWEDISH,
) -> Person:
    """An account without a password: its owner signs in with a code by mail, or chooses a password. Sends nothing."""
    department = standing(department)
    refuse_taken_email(email)
    person = Person(
        email=email.lower(),
        given_name=given_name,
        family_name=family_name,
        job_title=job_title,
        department=department,
        language=language,
    )
    person.set_unusable_password()
    person.save(force_insert=True)
    log(by=by, verb=AuditVerb.PERSON_INVITED, subject=person, details={"department": department.name})
    return person


@transaction.atomic
def edit_person(
    *,
    by: Person | None,
    person: Person,
    given_name: str,
    family_name: str,
    job_title: str,
    department: Department,
    language: str,
    email: str | None = None,
) -> None:
    """`email` None leaves the address as it is. With a new one, the old opens nothing any more, every session ends, and the old
    address is told: whoever reads the new one can sign in as this person."""
    if department.pk != person.department_id:
        change_department(by=by, person=person, department=department)
    _lock_row(person)
    values = {"given_name": given_name, "family_name": family_name, "job_title": job_title, "language": language}
    if email is not None and email.lower() != person.email:
        refuse_taken_email(email, other_than=person)
        EmailAddress.objects.filter(user=person).delete()
        values["email"] = email.lower()
        transaction.on_commit(partial(_tell_old_address, person.email, language=person.language, by=by))
    changes = assign(person, **values)
    if changes:
        person.save(update_fields=[*changes])
        log(by=by, verb=AuditVerb.PERSON_CHANGED, subject=person, details=changes)


@transaction.atomic
def change_department(*, by: Person | None, person: Person, department: Department) -> None:
    department = standing(department)
    _lock_row(person)
    before = person.department.name
    if assign(person, department=department):
        person.save(update_fields=["department"])
        log(by=by, verb=AuditVerb.PERSON_MOVED, subject=person, details={"department": [before, department.name]})


@transaction.atomic
def deactivate_person(*, by: Person | None, person: Person) -> None:
    """Out at once. The password goes too, so that no session from before opens again if the account does."""
    if by == person:
        raise ValidationError(_("You cannot close your own account. Ask another administrator."))
    refuse_losing_last_admin(person=person)
    _lock_row(person)
    if not person.is_active:
        return
    person.is_active = False
    person.deactivated_at = timezone.now()
    person.set_unusable_password()
    person.save(update_fields=["is_active", "deactivated_at", "password"])
    log(by=by, verb=AuditVerb.PERSON_DEACTIVATED, subject=person)


@transaction.atomic
def reactivate_person(*, by: Person | None, person: Person) -> None:
    standing(person.department)
    _lock_row(person)
    if person.is_active:
        return
    person.is_active = True
    person.deactivated_at = None
    person.save(update_fields=["is_active", "deactivated_at"])
    log(by=by, verb=AuditVerb.PERSON_REACTIVATED, subject=person)


@transaction.atomic
def set_away(*, by: Person | None, person: Person, away_from: datetime.date | None, away_until: datetime.date | None) -> None:
    """Both days count as away; None and None means here."""
    if (away_from is None) != (away_until is None):
        field = "away_from" if away_from is None else "away_until"
        raise ValidationError({field: _("Give both the first and the last day, or neither.")})
    if away_from and away_until and away_until < away_from:
        raise ValidationError({"away_until": _("The last day comes before the first.")})
    _lock_row(person)
    changes = assign(person, away_from=away_from, away_until=away_until)
    if changes:
        person.save(update_fields=[*changes])
        log(by=by, verb=AuditVerb.PERSON_AWAY, subject=person, details=changes)


def choose_settings(*, by: Person, language: str, single_keys: bool) -> None:
    """A person's own choices; nobody else's business, so the log says nothing of them."""
    by.language = language
    by.single_keys = single_keys
    by.save(update_fields=["language", "single_keys"])


def enrol(*, changed: Sequence[Person], new: Sequence[Person]) -> None:
    """Write many people at once; the caller has seen that they are right, and logs it."""
    for person in [*changed, *new]:
        person.sort_key = swedish_sort_key(f"{person.family_name} {person.given_name}")[:SORT_KEY_LENGTH]
    for person in new:
        person.set_unusable_password()
    columns = ["given_name", "family_name", "job_title", "department", "language", "sort_key"]
    # Every row is there, so each conflicts and is updated: ten times as quick as bulk_update's long CASE.
    Person.objects.get_queryset().bulk_create(changed, update_conflicts=True, unique_fields=["id"], update_fields=columns, batch_size=1000)
    Person.objects.get_queryset().bulk_create(new, batch_size=1000)


def refuse_taken_email(email: str, *, other_than: Person | None = None) -> None:
    lock("people")
    holders = Person.objects.get_queryset().filter(same_but_for_case("email", email))
    if any(holder != other_than for holder in holders):
        raise ValidationError({"email": _("There is already an account with this address.")})


def _tell_old_address(address: str, *, language: str, by: Person | None) -> None:
    """At once and not through the outbox, which knows a person's present address only. The change stands also where no mail can go."""
    with translation.override(language):
        subject = _("Your account's mail address has been changed")
        who = by.full_name if by else _("An administrator")
        text = _(
            "%(who)s has changed the mail address of your account at %(site)s. You sign in with the new address from now on, and everything "
            "that was signed in has been signed out.\n\nDid you not know of this? Tell your manager or another administrator at once."
        )
        message = EmailMessage(subject, text % {"who": who, "site": settings.SITE_URL}, to=[address])
    try:
        message.send()
    except OSError as error:  # every smtplib.SMTPException is one
        log_line.warning("an old mail address could not be told", error=type(error).__name__)


def _lock_row(person: Person) -> None:
    """The row as it is now, held until the transaction ends."""
    person.refresh_from_db(from_queryset=Person.objects.get_queryset().select_for_update(no_key=True))
