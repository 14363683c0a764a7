"""The words of a contribution, apart from the busy row."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from contributions.models.contribution import Contribution


class SearchRow(models.Model):
    """The words of a contribution, apart from the busy row. Written by contributions.search alone."""

    contribution = models.OneToOneField(Contribution, on_delete=models.CASCADE, primary_key=True, related_name="search_row")
    title = models.TextField()
    body = models.TextField()
    vector = SearchVectorField()

    class Meta:
        indexes = (GinIndex(name="search_vector", fields=["vector"]),)

    def __str__(self) -> str:
        return self.title
