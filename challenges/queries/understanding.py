"""The chain of whys."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from challenges.models import Challenge, Why


def with_whys(rows: QuerySet[Challenge]) -> QuerySet[Challenge]:
    """Adds `chain`: questions and answers in order, as plain values."""
    whys = Why.objects.filter(contribution=OuterRef("pk")).order_by("position")
    return rows.annotate(chain=ArraySubquery(whys.values(row=JSONObject(question="question", answer="answer"))))


def chain_of(challenge: Challenge) -> list[dict[str, str]]:
    whys = Why.objects.filter(contribution=challenge).order_by("position").values_list("question", "answer")
    return [{"question": question, "answer": answer} for question, answer in whys]
