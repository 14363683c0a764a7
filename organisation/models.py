"""Organisations, their departments as a tree, the people who work there, and the roles they hold."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any, ClassVar, cast

from django.contrib.auth import get_backends
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from lib.sort_keys import swedish_sort_key
from organisation.enums import Language, OrganisationKind, Role
from organisation.rules import Coverage, is_away, role_in_force


class Organisation(models.Model):
    """A legal entity: the municipality or one of its companies."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120, unique=True)
    short_name = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=OrganisationKind)
    sort_key = models.CharField(max_length=200, editable=False)
    mark = models.PositiveSmallIntegerField(unique=True, help_text="1, 2, 3 …: its colour and shape in every list")
    answer_within = models.PositiveSmallIntegerField(default=10, help_text="working days to the first answer")
    days_off = ArrayField(
        models.DateField(), default=list, blank=True, help_text="days it is closed, besides weekends and holidays; no promise counts them"
    )

    class Meta:
        ordering = ("mark",)
        constraints = (
            models.CheckConstraint(name="organisation_kind_known", condition=Q(kind__in=OrganisationKind.values)),
            models.CheckConstraint(name="organisation_answers_some_day", condition=Q(answer_within__gte=1, answer_within__lte=60)),
            models.CheckConstraint(name="organisation_named", condition=~Q(name="") & ~Q(short_name="")),
        )

    def __str__(self) -> str:
        return self.short_name


class DepartmentQuerySet(models.QuerySet["Department"]):
    def open(self) -> DepartmentQuerySet:
        return self.filter(closed_at__isnull=True)

    def beneath(self, department: Department) -> DepartmentQuerySet:
        """The department and everything under it."""
        return self.filter(path__startswith=department.path)


class Department(models.Model):
    """A node in an organisation's tree. `path` is the ids from the root to this node ("/3/17/"), kept by organisation.actions alone."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="departments")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, unique=True, editable=False)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    sort_key = models.CharField(max_length=200, editable=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = DepartmentQuerySet.as_manager()

    class Meta:
        ordering = ("organisation", "sort_key", "id")
        constraints = (
            models.UniqueConstraint("organisation", Lower("code"), name="department_code_unique_in_organisation"),
            models.UniqueConstraint(
                "organisation",
                "parent",
                Lower("name"),
                name="department_name_unique_among_open_siblings",
                nulls_distinct=False,
                condition=Q(closed_at__isnull=True),
            ),
            models.UniqueConstraint("id", "organisation", name="department_with_organisation"),
            models.CheckConstraint(name="department_not_its_own_parent", condition=~Q(parent=F("id"))),
            models.CheckConstraint(name="department_named", condition=~Q(name="") & ~Q(code="")),
            models.CheckConstraint(name="department_path_of_ids", condition=Q(path__regex=r"^(/\d+)+/$")),
        )
        indexes = (models.Index(name="department_path_prefix", fields=["path"], opclasses=["varchar_pattern_ops"]),)

    def __str__(self) -> str:
        return self.name

    @property
    def ancestor_ids(self) -> list[int]:
        """Ids from the root down to and including this department."""
        return [int(part) for part in self.path.strip("/").split("/") if part]

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class PersonQuerySet(models.QuerySet["Person"]):
    def active(self) -> PersonQuerySet:
        return self.filter(is_active=True)

    def with_place(self) -> PersonQuerySet:
        return self.select_related("department__organisation")


class PersonManager(BaseUserManager["Person"]):
    def get_queryset(self) -> PersonQuerySet:
        return PersonQuerySet(self.model, using=self._db)

    def active(self) -> PersonQuerySet:
        return self.get_queryset().active()

    def with_place(self) -> PersonQuerySet:
        return self.get_queryset().with_place()

    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get_queryset().get(email__iexact=username)


class Person(AbstractBaseUser):
    """Somebody who works in the group; the login account."""

    email = models.EmailField(_("Work e-mail"), max_length=254)
    given_name = models.CharField(_("Given name"), max_length=60)
    family_name = models.CharField(_("Family name"), max_length=60)
    job_title = models.CharField(_("Job title"), max_length=80, blank=True)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="people", verbose_name=_("Department"))
    language = models.CharField(_("Language"), max_length=2, choices=Language, default=Language.SWEDISH)
    single_keys = models.BooleanField(_("Single-key shortcuts"), default=True)
    sort_key = models.CharField(max_length=255, editable=False)
    is_active = models.BooleanField(default=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    away_from = models.DateField(_("Away from"), null=True, blank=True)
    away_until = models.DateField(_("Away until"), null=True, blank=True)
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = PersonManager()

    class Meta:
        ordering = ("sort_key", "id")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="person_email_unique"),
            models.CheckConstraint(name="person_named", condition=~Q(given_name="") & ~Q(family_name="") & ~Q(email="")),
            models.CheckConstraint(name="person_language_known", condition=Q(language__in=Language.values)),
            models.CheckConstraint(
                name="person_deactivated_has_time",
                condition=Q(is_active=True, deactivated_at__isnull=True) | Q(is_active=False, deactivated_at__isnull=False),
            ),
            models.CheckConstraint(
                name="person_away_is_a_span",
                condition=Q(away_from__isnull=True, away_until__isnull=True)
                | Q(away_from__isnull=False, away_until__isnull=False, away_from__lte=F("away_until")),
            ),
        )
        indexes = (
            models.Index(name="person_by_name", fields=["sort_key", "id"]),
            models.Index(name="person_by_department", fields=["department", "sort_key", "id"]),
        )

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the sort key true to the name, whichever columns are written."""
        self.sort_key = swedish_sort_key(f"{self.family_name} {self.given_name}")[:255]
        fields = cast("Iterable[str] | None", kwargs.get("update_fields"))
        if fields is not None and {"given_name", "family_name"} & set(fields):
            kwargs["update_fields"] = {*fields, "sort_key"}
        super().save(*args, **kwargs)

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}"

    def get_full_name(self) -> str:
        return self.full_name

    @property
    def organisation(self) -> Organisation:
        return self.department.organisation

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """A session holds for one password and one address: where either is changed, it ends."""
        return salted_hmac("organisation.Person.session", f"{self.email}\n{self.password}", secret=secret, algorithm="sha256").hexdigest()

    def has_perm(self, perm: str, obj: models.Model | None = None) -> bool:
        """Whether any backend (the rules of each app) grants it. Inactive people have no permission at all."""
        return self.is_active and any(backend.has_perm(self, perm, obj) for backend in get_backends() if hasattr(backend, "has_perm"))

    def is_away_on(self, day: datetime.date) -> bool:
        return self.away_from is not None and self.away_until is not None and self.away_from <= day <= self.away_until

    def coverage(self, role: Role) -> Coverage:
        """Where this person holds the role now, deputies of absent holders included. Read once per object."""
        return self._coverages.get(role, Coverage())

    def roles_to_come(self) -> list[RoleAssignment]:
        """What this person holds or stands in for, now or later."""
        not_over = Q(end_on__isnull=True) | Q(end_on__gte=timezone.localdate())
        assignments = RoleAssignment.objects.filter(not_over, Q(person=self) | Q(deputy=self))
        return list(assignments.select_related("department", "organisation", "person", "deputy"))

    @cached_property
    def _coverages(self) -> dict[Role, Coverage]:
        within = Department.objects.filter(path__startswith=OuterRef("department__path")).order_by().values("pk")
        assignments = list(RoleAssignment.objects.in_force().held_by(self).annotate(within=ArraySubquery(within)))
        return {role: coverage_of([a for a in assignments if a.role == role]) for role in Role}


def coverage_of(assignments: list[Any]) -> Coverage:
    """Fold assignments of one role; `within` of each are the ids of its department and of all beneath."""
    return Coverage(
        departments=frozenset(pk for a in assignments for pk in a.within),
        organisations=frozenset(a.organisation_id for a in assignments if a.organisation_id),
        group=any(a.department_id is None and a.organisation_id is None for a in assignments),
    )


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    def in_force(self) -> RoleAssignmentQuerySet:
        return self.filter(role_in_force(timezone.localdate()))

    def held_by(self, person: Person) -> RoleAssignmentQuerySet:
        """What the person holds, or stands in for while the holder is away or gone."""
        today = timezone.localdate()
        absent = is_away(today) | Q(person__is_active=False)
        return self.filter(Q(person=person) | (Q(deputy=person) & absent))

    def covering(self, *, department: Department, organisation_id: int) -> RoleAssignmentQuerySet:
        """Assignments over the department, over its organisation or the given one, or over the whole group."""
        return self.filter(
            Q(department_id__in=department.ancestor_ids)
            | Q(organisation_id__in={department.organisation_id, organisation_id})
            | Q(department__isnull=True, organisation__isnull=True)
        )


class RoleAssignment(models.Model):
    """A role held for a department and all beneath it, for an organisation, or (neither) for the whole group."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="roles")
    role = models.CharField(max_length=20, choices=Role)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, null=True, blank=True, related_name="roles")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="roles")
    start_on = models.DateField(default=timezone.localdate)
    end_on = models.DateField(null=True, blank=True)
    deputy = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="deputising")

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        ordering = ("role", "id")
        constraints = (
            models.CheckConstraint(name="role_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(name="role_for_one_scope", condition=Q(department__isnull=True) | Q(organisation__isnull=True)),
            models.CheckConstraint(name="role_ends_after_start", condition=Q(end_on__isnull=True) | Q(end_on__gte=F("start_on"))),
            models.CheckConstraint(name="role_deputy_is_another", condition=Q(deputy__isnull=True) | ~Q(deputy=F("person"))),
            models.UniqueConstraint(
                fields=("person", "role", "department", "organisation"),
                name="role_held_once",
                condition=Q(end_on__isnull=True),
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.person}: {self.get_role_display()}, {self.scope or _('the whole group')}"

    @property
    def scope(self) -> Department | Organisation | None:
        return self.department or self.organisation


class AuditEntry(models.Model):
    """An append-only line: who changed what about organisations, people and roles."""

    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=130)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+", help_text="whose admins read it")
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-id")
        indexes = (
            models.Index(name="audit_latest", fields=["-at", "-id"]),
            models.Index(name="audit_of_organisation", fields=["organisation", "-at", "-id"]),
        )

    def __str__(self) -> str:
        return f"{self.by_name}: {self.verb} {self.subject}"
