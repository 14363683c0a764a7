"""The ideas that answer a challenge, as its screen lists them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contributions.models import Contribution
from organisation.models import Person

IDEAS_SHOWN = 50
SORTS: Mapping[str, tuple[str | Promise, tuple[str, ...]]] = {
    "newest": (_("The newest"), ("-submitted_at", "-pk")),
    "supported": (_("Most supported"), ("-support_count", "-pk")),
    "active": (_("The liveliest"), ("-last_activity_at", "-pk")),
}


def answering(challenge: Contribution, person: Person) -> QuerySet[Contribution]:
    """Those that the person may see, in no order."""
    rows = Contribution.objects.visible_to(person).sent().filter(answers_id=challenge.pk)
    return rows.select_related("author", "department__organisation")


def shown(challenge: Contribution, person: Person, sort: str) -> list[Contribution]:
    """One query; one more than are shown, where there are more."""
    return list(answering(challenge, person).order_by(*SORTS[sort][1])[: IDEAS_SHOWN + 1])
