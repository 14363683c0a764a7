"""A person's own: what they brought, what they follow, what they support, and what waits for them."""

from __future__ import annotations

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, TextChoices
from django.utils.translation import pgettext_lazy

from contributions.enums import Audience, ParticipantRole, Status
from contributions.models import Contribution, Participant, Support
from contributions.queries.lists import page_of
from contributions.rules import chosen
from lib.keyset import Page
from organisation.models import Person


class Tab(TextChoices):
    BROUGHT = "brought", pgettext_lazy("mine", "What I have brought")
    FOLLOWED = "followed", pgettext_lazy("mine", "What I follow")
    SUPPORTED = "supported", pgettext_lazy("mine", "What I support")
    WAITING = "waiting", pgettext_lazy("mine", "What waits for me")


def mine(person: Person, tab: Tab, after: str | None) -> Page[Contribution]:
    """One query. `own_support` holds the kinds of support the person gives; `is_shared` says that the author has chosen readers."""
    own = Support.objects.filter(contribution=OuterRef("pk"), person=person).order_by("kind").values("kind")
    shared = Exists(Participant.objects.filter(chosen(), contribution=OuterRef("pk")))
    rows = Contribution.objects.visible_to(person).filter(_condition(person, tab))
    return page_of(rows.annotate(own_support=ArraySubquery(own), is_shared=shared), ("-last_activity_at", "-id"), after)


def _condition(person: Person, tab: Tab) -> Q:
    match tab:
        case Tab.BROUGHT:
            return brought_by(person)
        case Tab.FOLLOWED:
            return Q(pk__in=person.follows.values("contribution_id")) & ~brought_by(person)
        case Tab.SUPPORTED:
            return Q(pk__in=person.supports.values("contribution_id"))
        case Tab.WAITING:
            return waiting_for(person)


def brought_by(person: Person) -> Q:
    """As its author, or with its author."""
    return Q(author=person) | Q(pk__in=person.participations.filter(role=ParticipantRole.COAUTHOR).values("contribution_id"))


def asks(person: Person) -> Q:
    """An invitation to write together, or an idea brought in for the person, that waits for an answer."""
    asked = chosen() & ~Q(role=ParticipantRole.COAUTHOR)
    return Q(pk__in=person.participations.filter(asked).values("contribution_id"))


def waiting_for(person: Person) -> Q:
    """Questions to me, drafts I am asked to read, what I am assigned to answer, and invitations."""
    asked = Q(author=person, status=Status.NEEDS_AUTHOR)
    entrusted = Q(audience=Audience.AMBASSADOR, ambassador=person)
    assigned = Q(assigned_to=person, answered_at__isnull=True, promised_on__isnull=False, promise_paused_at__isnull=True)
    return asked | entrusted | assigned | asks(person)
