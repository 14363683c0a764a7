"""What people say they are good at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from organisation.models import Person

COMPETENCE_LENGTH = 60
MOST_COMPETENCES = 20


class Competence(models.Model):
    """Something a person is good at, in their own words. `key` is the words as lib.sort_keys writes them, by which they are found."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="competences")
    name = models.CharField(max_length=COMPETENCE_LENGTH)
    key = models.CharField(max_length=2 * COMPETENCE_LENGTH)
    position = models.PositiveSmallIntegerField(default=0, help_text="in the order in which the person wrote them")

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.UniqueConstraint(fields=("person", "key"), name="competence_once_per_person"),
            models.CheckConstraint(name="competence_named", condition=~Q(name="") & ~Q(key="")),
        )

    def __str__(self) -> str:
        return self.name
