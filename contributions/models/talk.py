"""What people say about a contribution: comments, support, reports."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from contributions.enums import HelpKind, SupportKind
from contributions.models.contribution import Contribution
from organisation.models import Department, Person

COMMENT_LENGTH = 4_000


class Comment(models.Model):
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replies")
    body = models.TextField(max_length=COMMENT_LENGTH)
    body_html = models.TextField(editable=False)
    token = models.UUIDField(default=uuid.uuid4)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True, help_text="its author took it away; the words are gone, the place stays")
    hidden_at = models.DateTimeField(null=True, blank=True)
    is_internal = models.BooleanField(default=False, help_text="a note between those who answer for it")
    in_confidence = models.BooleanField(default=False, help_text="said of a draft: for those who write it and whoever said it, for good")
    experience_from = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text="told as an experience of one's own: where the person worked then",
    )  # fmt: skip

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("author", "token"), name="comment_once_per_form"),
            models.CheckConstraint(name="comment_says_something", condition=~Q(body="") ^ Q(deleted_at__isnull=False)),
            models.CheckConstraint(
                name="comment_experience_is_for_all",
                condition=Q(experience_from__isnull=True) | Q(is_internal=False, in_confidence=False),
            ),
        )
        indexes = (
            models.Index(name="comment_of_contribution", fields=["contribution", "created_at", "id"]),
            models.Index(name="comment_experiences", fields=["contribution", "-created_at"], condition=Q(experience_from__isnull=False)),
        )

    def __str__(self) -> str:
        return self.body[:60]


class Mention(models.Model):
    """Somebody named in a comment, who could read it then."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mentions")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("comment", "person"), name="mention_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} in {self.comment_id}"


class Support(models.Model):
    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="supports")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supports")
    kind = models.CharField(max_length=8, choices=SupportKind)
    note = models.CharField(max_length=300, blank=True)
    help_with = ArrayField(models.CharField(max_length=12, choices=HelpKind), default=list, blank=True)
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="where the person worked then"
    )
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("contribution", "person", "kind"), name="support_once_per_kind"),
            models.CheckConstraint(name="support_kind_known", condition=Q(kind__in=SupportKind.values)),
            models.CheckConstraint(name="support_help_only_with_help", condition=Q(kind=SupportKind.HELP) | Q(help_with=[])),
        )
        indexes = (models.Index(name="support_by_person", fields=["person", "contribution"]),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.contribution_id}"


class Report(models.Model):
    """Somebody says that a contribution or a comment should not stand as it is."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="reports")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="reports")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="reports_made")
    reason = models.TextField(max_length=2_000)
    created_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)
    handled_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("contribution", "comment", "by"),
                name="report_open_once",
                condition=Q(handled_at__isnull=True),
                nulls_distinct=False,
            ),
            models.CheckConstraint(name="report_says_why", condition=~Q(reason="")),
        )

    def __str__(self) -> str:
        return self.reason[:60]
