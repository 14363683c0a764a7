"""What people are told. A Notice is the item in the bell and the row of the outbox in one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from notifications.enums import Channel, Frequency, MailState


class Mailing(models.Model):
    """The columns by which delivery claims, leases, sends and gives up. Written by `delivery` alone."""

    mail = models.CharField(max_length=10, choices=MailState, default=MailState.NONE)
    due_at = models.DateTimeField(default=timezone.now, help_text="not before this time, in the bell or by mail")
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_token = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True, help_text="nobody takes it up before: in hand, or resting")
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_error = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class NoticeQuerySet(models.QuerySet["Notice"]):
    def in_bell(self) -> NoticeQuerySet:
        """What the bell shows: due, and not taken back by an undo."""
        return self.filter(cancelled_at__isnull=True, due_at__lte=timezone.now())

    def unread(self) -> NoticeQuerySet:
        return self.in_bell().filter(read_at__isnull=True)


class Notice(Mailing):
    """One fact for one person: a registered kind and the ids it is about, never text."""

    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=60)
    ids = models.JSONField(default=dict)
    thread = models.CharField(max_length=60, blank=True, help_text="opaque key for bundling, muting and mail references")
    cause = models.CharField(max_length=60, blank=True, help_text="opaque key of what made it, by which an undo cancels it")
    dedupe_key = models.CharField(max_length=120, null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    digest = models.ForeignKey("Digest", on_delete=models.SET_NULL, null=True, blank=True, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ("-due_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("recipient", "dedupe_key"), name="notice_told_once"),
            models.CheckConstraint(name="notice_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(name="notice_mail_known", condition=Q(mail__in=MailState.values)),
        )
        indexes = (
            models.Index(name="notice_bell", fields=["recipient", "-due_at", "-id"], condition=Q(cancelled_at__isnull=True)),
            models.Index(name="notice_unread", fields=["recipient"], condition=Q(cancelled_at__isnull=True, read_at__isnull=True)),
            models.Index(name="notice_mail_due", fields=["due_at", "id"], condition=Q(mail=MailState.WAITING)),
            models.Index(
                name="notice_for_digest",
                fields=["recipient", "due_at"],
                condition=Q(channel=Channel.DIGEST, digest__isnull=True, cancelled_at__isnull=True, read_at__isnull=True),
            ),
            models.Index(name="notice_cause", fields=["cause"], condition=~Q(cause="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} → {self.recipient_id}"


class Preference(models.Model):
    """A person's own choice of channel for one kind. No row means the kind's default."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="preferences")
    kind = models.CharField(max_length=60)
    channel = models.CharField(max_length=10, choices=Channel)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "kind"), name="preference_once_per_kind"),
            models.CheckConstraint(name="preference_channel_known", condition=Q(channel__in=Channel.values)),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.kind} → {self.channel}"


class DigestChoice(models.Model):
    """How often a person wants the digest. No row means every weekday."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digest_choice")
    frequency = models.CharField(max_length=10, choices=Frequency, default=Frequency.DAILY)

    class Meta:
        constraints = (models.CheckConstraint(name="digest_frequency_known", condition=Q(frequency__in=Frequency.values)),)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.frequency}"


class Digest(Mailing):
    """Notices gathered for one person and one day; (person, day) makes a second one impossible."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests")
    day = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("person", "day"), name="digest_once_a_day"),
            models.CheckConstraint(name="digest_mail_known", condition=Q(mail__in=MailState.values)),
        )
        indexes = (models.Index(name="digest_mail_due", fields=["due_at", "id"], condition=Q(mail=MailState.WAITING)),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


class JobRun(models.Model):
    """The claim of one run of one timed job: two beats, or a late one, still give one run per slot."""

    job = models.CharField(max_length=60)
    slot = models.CharField(max_length=40)
    claimed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("job", "slot"), name="job_run_once_per_slot"),)

    def __str__(self) -> str:
        return f"{self.job} {self.slot}"
