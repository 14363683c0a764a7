"""The contribution itself, whichever its kind."""

from __future__ import annotations

import uuid
from functools import cached_property
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from typing_extensions import TypeVar

from contributions.enums import Audience, Kind, Opening, Status, TouchedGroup
from contributions.rules import answered_by, opens, readers_of, visible_to
from contributions.statuses import CLOSED, DRAFT_AUDIENCES, OPEN, SENT_AUDIENCES, STATUSES
from organisation.models import Department, Organisation, Person

TITLE_LENGTH = 120
TEXT_LENGTH = 10_000
WANTED_LENGTH = 60
MOST_WANTED = 8

C = TypeVar("C", bound="Contribution", default="Contribution")


class ContributionQuerySet(models.QuerySet[C]):
    def visible_to(self, person: Person) -> Self:
        """What the person may see, and nothing else."""
        return self.filter(visible_to(person))

    def answered_by(self, person: Person) -> Self:
        """What the person answers for as a coordinator."""
        return self.filter(answered_by(person))

    def sent(self) -> Self:
        return self.exclude(status=Status.DRAFT)

    def drafts_of(self, person: Person) -> Self:
        return self.filter(author=person, status=Status.DRAFT)

    def awaiting_answer(self) -> Self:
        """A promise has been given and not yet kept."""
        return self.filter(promised_on__isnull=False, answered_at__isnull=True).exclude(status__in=CLOSED)

    def with_place(self) -> Self:
        """With author, department and organisations, for rows that say who and where."""
        return self.select_related(
            "author__department__organisation", "department__organisation", "owner_organisation", "home_organisation"
        )


ContributionManager = models.Manager.from_queryset(ContributionQuerySet)


class Contribution(models.Model):
    """What a person brings: an idea or a challenge. Status is written by contributions.lifecycle alone."""

    kind = models.CharField(max_length=12, choices=Kind)
    status = models.CharField(max_length=20, choices=Status, default=Status.DRAFT)
    resumes_as = models.CharField(max_length=20, choices=Status, blank=True, help_text="the status a question or a pause came from")
    version = models.PositiveIntegerField(default=1)
    token = models.UUIDField(default=uuid.uuid4)

    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    problem = models.TextField(max_length=TEXT_LENGTH, blank=True)
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contributions")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="contributions")
    home_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    owner_organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="owned_contributions")
    audience = models.CharField(max_length=12, choices=Audience, default=Audience.AUTHOR)
    ambassador = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="entrusted")
    answers = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="answered_with")
    merged_into = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="merged_from")
    touched = models.ManyToManyField(Department, blank=True, related_name="touched_by")
    touched_groups = ArrayField(models.CharField(max_length=12, choices=TouchedGroup), default=list, blank=True)
    help_wanted = ArrayField(
        models.CharField(max_length=WANTED_LENGTH), default=list, blank=True, help_text="competences looked for, in the author's words"
    )
    set_aside = models.JSONField(default=dict, blank=True, help_text="the columns of the kind it is not at present, kept for turning back")

    assigned_to = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="assigned")
    promised_on = models.DateField(null=True, blank=True)
    promise_paused_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    parked_until = models.DateField(null=True, blank=True)
    came_back_at = models.DateTimeField(
        null=True, blank=True, help_text="answered once, and back with whoever answers for it, until they take a step"
    )

    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField(default=timezone.now)
    hidden_at = models.DateTimeField(null=True, blank=True)

    comment_count = models.PositiveIntegerField(default=0)
    support_count = models.PositiveIntegerField(default=0, help_text="people, once each")
    good_count = models.PositiveIntegerField(default=0)
    help_count = models.PositiveIntegerField(default=0)
    need_count = models.PositiveIntegerField(default=0)

    objects = ContributionManager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("author", "token"), name="contribution_once_per_form"),
            models.CheckConstraint(
                name="contribution_status_fits_kind",
                condition=Q(kind=Kind.IDEA, status__in=STATUSES[Kind.IDEA]) | Q(kind=Kind.CHALLENGE, status__in=STATUSES[Kind.CHALLENGE]),
            ),
            models.CheckConstraint(
                name="contribution_audience_fits_status",
                condition=Q(status=Status.DRAFT, audience__in=DRAFT_AUDIENCES) | (~Q(status=Status.DRAFT) & Q(audience__in=SENT_AUDIENCES)),
            ),
            models.CheckConstraint(
                name="contribution_ambassador_only_when_named",
                condition=Q(audience=Audience.AMBASSADOR) | Q(ambassador__isnull=True),
            ),
            models.CheckConstraint(
                name="contribution_sent_is_whole",
                condition=Q(status=Status.DRAFT)
                | (
                    ~Q(title="")
                    & ~Q(problem="")
                    & Q(submitted_at__isnull=False)
                    & Q(home_organisation__isnull=False)
                    & Q(promised_on__isnull=False)
                ),
            ),
            models.CheckConstraint(name="contribution_parked_has_date", condition=~Q(status=Status.PARKED) | Q(parked_until__isnull=False)),
            models.CheckConstraint(
                name="contribution_came_back_is_open", condition=Q(came_back_at__isnull=True) | Q(status__in=sorted(OPEN))
            ),
            models.CheckConstraint(
                name="contribution_resumes_from_pause",
                condition=Q(status__in=(Status.PARKED, Status.NEEDS_AUTHOR)) ^ Q(resumes_as=""),
            ),
            models.CheckConstraint(
                name="contribution_merged_has_target", condition=~Q(status=Status.MERGED) | ~Q(merged_into=models.F("id"))
            ),
        )
        indexes = (
            models.Index(name="contribution_latest", fields=["-last_activity_at", "-id"]),
            models.Index(name="contribution_kind_latest", fields=["kind", "-last_activity_at", "-id"]),
            models.Index(name="contribution_kind_supported", fields=["kind", "-support_count", "-id"]),
            models.Index(name="contribution_kind_newest", fields=["kind", "-submitted_at", "-id"]),
            models.Index(name="contribution_by_status", fields=["kind", "status", "-last_activity_at", "-id"]),
            models.Index(name="contribution_by_department", fields=["department", "-last_activity_at", "-id"]),
            models.Index(name="contribution_by_author", fields=["author", "-last_activity_at", "-id"]),
            models.Index(name="contribution_by_answers", fields=["answers", "-support_count", "-id"], condition=Q(answers__isnull=False)),
            models.Index(
                name="contribution_promise_open",
                fields=["promised_on", "id"],
                condition=Q(promised_on__isnull=False, answered_at__isnull=True),
            ),
            models.Index(
                name="contribution_to_answer",
                fields=["came_back_at", "promised_on", "id"],
                condition=Q(promised_on__isnull=False) & (Q(answered_at__isnull=True) | Q(came_back_at__isnull=False)),
            ),
            models.Index(
                name="contribution_promises_given", fields=["owner_organisation", "promised_on"], condition=Q(promised_on__isnull=False)
            ),
            models.Index(name="contribution_parked", fields=["parked_until"], condition=Q(status=Status.PARKED)),
        )

    def __str__(self) -> str:
        return self.title or str(_("Draft without a title"))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A row that exists is only ever written column by column: a whole save would take back what others wrote meanwhile."""
        if not self._state.adding and kwargs.get("update_fields") is None and not kwargs.get("force_insert"):
            raise RuntimeError("An existing contribution is saved with update_fields only.")
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse(self.kind, args=(self.pk,))

    def opens(self, opening: Opening) -> bool:
        return opens(self, opening)

    @property
    def is_draft(self) -> bool:
        return self.status == Status.DRAFT

    @property
    def is_hidden(self) -> bool:
        return self.hidden_at is not None

    @cached_property
    def draft_readers(self) -> list[Person]:
        """Those who read it now besides its author, in name order, while it is a draft."""
        if not self.is_draft:
            return []
        return list(Person.objects.filter(readers_of(self)).exclude(pk=self.author_id).order_by("sort_key", "pk"))

    @property
    def thread(self) -> str:
        """The key under which everything told about it is bundled."""
        return f"contribution:{self.pk}"
