"""Coordinators' labels: which a person may use, and on what."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from contributions.models import Contribution
from organisation.enums import Role
from organisation.models import Department, Person
from triage.models import Label, Labelling


def labels_seen_by(person: Person) -> QuerySet[Label]:
    """The group's, and those of the organisations where the person coordinates all or part."""
    coverage = person.coverage(Role.COORDINATOR)
    if coverage.group:
        return Label.objects.all()
    if not coverage:
        return Label.objects.none()
    around = Department.objects.filter(pk__in=coverage.departments).values("organisation")
    return Label.objects.filter(
        Q(organisation__isnull=True) | Q(organisation_id__in=coverage.organisations) | Q(organisation_id__in=around)
    )


def labels_for(person: Person, contribution: Contribution) -> QuerySet[Label]:
    """Those that fit the contribution: the group's, and those of the organisation that answers for it."""
    return labels_seen_by(person).filter(Q(organisation__isnull=True) | Q(organisation_id=contribution.owner_organisation_id))


def labelled(person: Person, contribution: Contribution) -> list[Labelling]:
    """The labels on it that the person sees, in name order, with who set them."""
    rows = Labelling.objects.filter(contribution=contribution, removed_at__isnull=True, label__in=labels_seen_by(person))
    return list(rows.select_related("label", "by").order_by("label__key"))
