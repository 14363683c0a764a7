"""Meeting the two screens: who opens them, what is typed first, and what they say."""

from __future__ import annotations

import datetime
import re
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from contributions.enums import Status
from contributions.models import Contribution
from organisation.enums import Role
from organisation.models import Person
from tests.factories import ChallengeFactory, PersonFactory, RoleAssignmentFactory

PROBLEM = "Trappan är hal varje morgon. Ingen sandar före sju."
HTMX = {"HX-Request": "true"}


def as_person(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def first(**values: Any) -> dict[str, Any]:
    return {"token": str(uuid.uuid4()), "title": "Hal trappa", "problem": PROBLEM, **values}


def text(response: Any) -> str:
    """The words of a page, as they are read."""
    page = response.content.decode()
    main = page[page.index("<main") : page.index("</main>")] if "<main" in page else page
    return " ".join(re.sub(r"<[^>]+>", " ", main).split())


def ambassador_for(person: Person, **name: str) -> Person:
    return RoleAssignmentFactory.create(
        role=Role.AMBASSADOR, department=person.department, person=PersonFactory.create(department=person.department, **name)
    ).person


def open_challenge(**more: Any) -> Any:
    closes = timezone.now() + datetime.timedelta(days=3)
    return ChallengeFactory.create(**{"title": "Halka vid entréerna", "status": Status.OPEN_FOR_IDEAS, "ideas_close_at": closes, **more})


def second_screen(browser: Client) -> Any:
    browser.post("/ideas/new/", first())
    return browser.get(f"/ideas/{Contribution.objects.latest('pk').pk}/edit/?part=proposal")
