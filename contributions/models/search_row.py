"""The words of a contribution, apart from the busy row, and the words that everybody may see."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from contributions.models.contribution import Contribution
from lib.vectors import VectorField

DIMENSIONS = 96


class SearchRow(models.Model):
    """The words of a contribution, apart from the busy row. Written by contributions.search alone."""

    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, primary_key=True, related_name="search_row")
    title = models.TextField()
    body = models.TextField()
    vector = SearchVectorField()
    meaning = VectorField(dimensions=DIMENSIONS, null=True, help_text="the direction of what it is about; none where no word has one")

    class Meta:
        indexes = (GinIndex(name="search_vector", fields=["vector"]),)

    def __str__(self) -> str:
        return self.title


class SearchWord(models.Model):
    """A word that stands in something the whole group may read. Written by contributions.search alone.

    It is suggested only while its witness is still read by the whole group and still has the word.
    """

    word = models.TextField(primary_key=True)
    stem = models.TextField()
    keys = ArrayField(models.TextField(), help_text="what is left of it when a letter is taken away, for finding slips")
    used_in = models.PositiveIntegerField(default=1, help_text="contributions the whole group may read, when last counted")
    witness = models.ForeignKey(Contribution, on_delete=models.CASCADE, related_name="+")

    class Meta:
        indexes = (
            models.Index(name="search_word_stem", fields=["stem"]),
            models.Index(name="search_word_used_in", fields=["used_in"]),
            GinIndex(name="search_word_keys", fields=["keys"]),
        )

    def __str__(self) -> str:
        return self.word
