"""The choices of this app."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class OrganisationKind(models.TextChoices):
    MUNICIPALITY = "municipality", _("Municipality")
    COMPANY = "company", _("Company")


class Role(models.TextChoices):
    AMBASSADOR = "ambassador", _("Innovation ambassador")
    COORDINATOR = "coordinator", _("Coordinator")
    ADMIN = "admin", _("Administrator")


class Language(models.TextChoices):
    SWEDISH = "sv", "Svenska"
    ENGLISH = "en", "English"


class AuditVerb(models.TextChoices):
    """What the audit log says was done."""

    ORGANISATION_CREATED = "organisation.created", _("Created the organisation")
    ORGANISATION_CHANGED = "organisation.changed", _("Changed the organisation")
    DEPARTMENT_CREATED = "department.created", _("Created the department")
    DEPARTMENT_RENAMED = "department.renamed", _("Renamed the department")
    DEPARTMENT_MOVED = "department.moved", _("Moved the department")
    DEPARTMENT_CLOSED = "department.closed", _("Closed the department")
    DEPARTMENT_REOPENED = "department.reopened", _("Reopened the department")
    PERSON_INVITED = "person.invited", _("Created the account")
    PERSON_CHANGED = "person.changed", _("Changed the details of")
    PERSON_MOVED = "person.moved", _("Changed the department of")
    PERSON_AWAY = "person.away", _("Changed the absence of")
    PERSON_DEACTIVATED = "person.deactivated", _("Closed the account of")
    PERSON_REACTIVATED = "person.reactivated", _("Opened the account again for")
    ROLE_GIVEN = "role.given", _("Gave a role to")
    ROLE_ENDED = "role.ended", _("Ended a role of")
    ROLE_DEPUTY = "role.deputy", _("Changed the deputy of")
