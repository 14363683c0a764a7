"""Assessing the ideas that answer a challenge, when somebody wants it: by criteria, privately until all are in. Of ideas, never of people."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from contributions.models import Contribution
from organisation.models import Person

CRITERION_LENGTH = 60
NOTE_LENGTH = 1_000
MOST_CRITERIA = 5
LOWEST, HIGHEST = 1, 5
HEAVIEST = 3


class Assessment(models.Model):
    """One for a challenge. Closed when all are in (`closed_by` is empty then), or earlier by whoever leads it."""

    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, related_name="assessment")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1, help_text="of the criteria")
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = (
            models.CheckConstraint(
                name="assessment_closed_by_has_time", condition=Q(closed_by__isnull=True) | Q(closed_at__isnull=False)
            ),
        )  # fmt: skip

    def __str__(self) -> str:
        return str(self.contribution_id)

    @property
    def is_closed(self) -> bool:
        return self.closed_at is not None


class Criterion(models.Model):
    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=CRITERION_LENGTH)
    weight = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("position",)
        verbose_name_plural = "criteria"
        constraints = (
            models.UniqueConstraint(fields=("assessment", "position"), name="criterion_one_per_position"),
            models.UniqueConstraint("assessment", Lower("name"), name="criterion_named_once"),
            models.CheckConstraint(name="criterion_at_most_five", condition=Q(position__gte=1, position__lte=MOST_CRITERIA)),
            models.CheckConstraint(name="criterion_weighs", condition=Q(weight__gte=1, weight__lte=HEAVIEST)),
            models.CheckConstraint(name="criterion_is_named", condition=~Q(name="")),
        )

    def __str__(self) -> str:
        return self.name


class Assessor(models.Model):
    """Asked to assess; who has said no keeps the row and blocks nothing."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="assessors")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    invited_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    declined_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.ForeignKey(
        Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+", help_text="who took them away; none where they said no"
    )

    class Meta:
        ordering = ("invited_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "person"), name="assessor_once"),
            models.CheckConstraint(name="assessor_removed_has_left", condition=Q(removed_by__isnull=True) | Q(declined_at__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.person_id} in {self.assessment_id}"


class Score(models.Model):
    assessor = models.ForeignKey(Assessor, on_delete=models.CASCADE, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="scores")
    idea = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    value = models.PositiveSmallIntegerField(validators=[MinValueValidator(LOWEST), MaxValueValidator(HIGHEST)])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("assessor", "criterion", "idea"), name="score_once"),
            models.CheckConstraint(name="score_one_to_five", condition=Q(value__gte=LOWEST, value__lte=HIGHEST)),
        )

    def __str__(self) -> str:
        return str(self.value)


class AssessmentNote(models.Model):
    """What an assessor writes of an idea. Read by others once the assessment is closed."""

    assessor = models.ForeignKey(Assessor, on_delete=models.CASCADE, related_name="notes")
    idea = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")
    text = models.TextField(max_length=NOTE_LENGTH)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")
        constraints = (
            models.UniqueConstraint(fields=("assessor", "idea"), name="assessment_note_once"),
            models.CheckConstraint(name="assessment_note_says_something", condition=~Q(text="")),
        )

    def __str__(self) -> str:
        return self.text[:60]


class NoteReply(models.Model):
    """An answer to a note: by the idea's author, those who lead the challenge, or an assessor."""

    note = models.ForeignKey(AssessmentNote, on_delete=models.CASCADE, related_name="replies")
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(max_length=NOTE_LENGTH)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")
        verbose_name_plural = "note replies"
        constraints = (models.CheckConstraint(name="note_reply_says_something", condition=~Q(text="")),)

    def __str__(self) -> str:
        return self.text[:60]
