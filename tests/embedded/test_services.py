"""What the tests themselves stand on."""

import os
import socket

import pytest
import redis
from django.db import connection

from tests.services import missing


@pytest.mark.slow
def test_redis_is_real(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.keys() == []
        assert f":{client.info('server')['tcp_port']}/" in redis_url


@pytest.mark.django_db
def test_tests_run_on_postgresql() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_database()")
        assert cursor.fetchone()[0].startswith("test_")
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_what_a_test_lacks_is_an_error_in_ci_and_a_skip_elsewhere(
    monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match=r"^Redis is not on this machine: install it \(apt install redis-server\)\.$"):
        missing("Redis", "install it (apt install redis-server)")


def test_no_test_reaches_beyond_this_machine() -> None:
    with pytest.raises(RuntimeError), pytest.warns(UserWarning, match="A test tried to use"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)


def test_workers_share_the_database_server_by_the_environment() -> None:
    assert os.environ["DATABASE_URL"].startswith("postgresql://")
    assert os.environ["TESTING"] == "1"
