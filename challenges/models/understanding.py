"""What people have understood together. Hangs on the contribution, so that it outlives a change of kind."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from contributions.models import Contribution
from organisation.models import Department, Person

ROOT_LENGTH = 300
QUESTION_LENGTH = 200
ANSWER_LENGTH = 500
WORDS_LENGTH = 500


class Why(models.Model):
    """One link in the chain of whys. Who wrote it is empty for links from before that was kept."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="whys")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=QUESTION_LENGTH)
    answer = models.CharField(max_length=ANSWER_LENGTH)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("contribution", "position"), name="why_one_per_position"),
            models.CheckConstraint(name="why_asks_and_answers", condition=~Q(question="") & ~Q(answer="")),
            models.CheckConstraint(name="why_by_and_at_together", condition=Q(by__isnull=True, at__isnull=True) | Q(at__isnull=False)),
        )

    def __str__(self) -> str:
        return self.question


class Recognition(models.Model):
    """Somebody who is touched says whether they recognise the root problem. It stands with the sentence it was about."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="recognitions")
    sentence = models.CharField(max_length=ROOT_LENGTH)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", help_text="where the person worked then")
    agrees = models.BooleanField()
    words = models.TextField(max_length=WORDS_LENGTH, blank=True, help_text="what it is for them, when they do not recognise it")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("contribution", "sentence", "person"), name="recognition_once_per_sentence"),
            models.CheckConstraint(name="recognition_is_of_something", condition=~Q(sentence="")),
            models.CheckConstraint(name="recognition_no_says_what_it_is", condition=Q(agrees=True) | ~Q(words="")),
        )

    def __str__(self) -> str:
        return f"{self.person_id}: {self.agrees}"
