"""Alive and ready: what runs the house asks, without signing in, and is told which part does not answer."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from kombu.connection import Connection

from kiruna_innovation import health
from kiruna_innovation.celery import app
from kiruna_innovation.embedded.ports import LOOPBACK, free_port
from tests.factories import PersonFactory

WELL = {"database": True, "migrations": True, "broker": True}


def broker_at(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(app, "connection_for_write", lambda **options: Connection(url, **options))


@pytest.fixture
def database_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection of its own, to where nobody listens."""
    gone = connection.copy()
    gone.settings_dict = {**gone.settings_dict, "HOST": LOOPBACK, "PORT": str(free_port())}
    monkeypatch.setattr(health, "connection", gone)


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Somebody who takes the call and says nothing."""
    with socket.create_server((LOOPBACK, 0)) as listening:
        yield listening.getsockname()[1]


def test_alive_asks_nothing_of_anybody(client: Client, django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content, answer["Content-Type"]) == (200, b"ok", "text/plain")


@pytest.mark.django_db
def test_ready_when_all_answer(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, WELL)


@pytest.mark.django_db
@pytest.mark.usefixtures("database_gone")
def test_without_the_database_it_is_not_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {**WELL, "database": False, "migrations": False})
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_a_migration_not_yet_run_is_not_ready(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="contributions").latest("pk").delete()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {**WELL, "migrations": False})


@pytest.mark.django_db
def test_without_the_broker_it_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    broker_at(monkeypatch, f"redis://{LOOPBACK}:{free_port()}/0")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {**WELL, "broker": False})


@pytest.mark.django_db
def test_a_broker_that_says_nothing_is_not_waited_for(client: Client, monkeypatch: pytest.MonkeyPatch, silent_port: int) -> None:
    broker_at(monkeypatch, f"redis://{LOOPBACK}:{silent_port}/0")
    start = monotonic()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {**WELL, "broker": False})
    assert monotonic() - start < 8


@pytest.mark.django_db
def test_with_redis_it_is_ready(client: Client, monkeypatch: pytest.MonkeyPatch, redis_url: str) -> None:
    broker_at(monkeypatch, redis_url)
    assert client.get("/readyz").json() == WELL


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/healthz", "/readyz"])
def test_it_is_the_same_for_whoever_asks_and_only_asked(client: Client, address: str) -> None:
    client.force_login(PersonFactory.create(), backend="organisation.backends.PersonBackend")
    assert [client.get(address).status_code, client.head(address).status_code, client.post(address).status_code] == [200, 200, 405]
    assert "Set-Cookie" not in client.get(address).headers
