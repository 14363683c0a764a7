"""What people have understood together."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from contributions.models import Contribution


class Why(models.Model):
    """One link in the chain of whys. Hangs on the contribution, so that it outlives a change of kind."""

    contribution = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="whys")
    position = models.PositiveSmallIntegerField()
    question = models.CharField(max_length=200)
    answer = models.CharField(max_length=500)

    class Meta:
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(fields=("contribution", "position"), name="why_one_per_position"),
            models.CheckConstraint(name="why_asks_and_answers", condition=~Q(question="") & ~Q(answer="")),
        )

    def __str__(self) -> str:
        return self.question
