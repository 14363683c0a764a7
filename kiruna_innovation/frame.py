"""What stands around every page: the bell's count, and which rooms the reader's roles open."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from kiruna_innovation.demo.accounts import ACCOUNTS
from notifications.models import Notice
from organisation.models import Organisation, Person
from triage.enums import Tab
from triage.queries import queue


@dataclass
class Frame:
    """Read lazily: a page that does not ask pays nothing."""

    person: Person

    @cached_property
    def unread(self) -> int:
        return Notice.objects.unread().filter(recipient=self.person).count()

    @cached_property
    def is_coordinator(self) -> bool:
        return self.person.has_perm("contributions.coordinate")

    @cached_property
    def is_admin(self) -> bool:
        return self.person.has_perm("organisation.administer")

    @cached_property
    def triage_count(self) -> int:
        if not self.is_coordinator:
            return 0
        return queue(self.person, Tab.ANSWER).count()

    @cached_property
    def organisations(self) -> list[Organisation]:
        return list(Organisation.objects.all())


def frame(request: HttpRequest) -> dict[str, Any]:
    """The template context `frame`; None for somebody who is not signed in."""
    user = getattr(request, "user", None)
    if isinstance(user, Person):
        return {"frame": Frame(user)}
    return {"frame": None, "demo_accounts": ACCOUNTS if settings.DEMO else ()}
