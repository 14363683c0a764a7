"""An administrator's page, and what it says."""

from __future__ import annotations

from typing import Any

from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from organisation.models import Person


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    return client


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def said(response: Any) -> str:
    """What the act just done says; those of earlier ones still wait for their page."""
    return str(list(get_messages(response.wsgi_request))[-1])


def queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)
