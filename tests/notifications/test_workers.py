"""Mail carried by real workers over real brokers, with workers killed and brokers stopped in the middle of it."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from notifications.enums import Channel, MailState
from notifications.models import Notice
from organisation.models import Person
from tests.factories import DepartmentFactory
from tests.notifications.conftest import World
from tests.notifications.sink import Sink, subject_of
from tests.notifications.workers import Redis, Workers
from tests.processes import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
THOROUGH = bool(os.environ.get("THOROUGH"))
RECIPIENTS, KILLS = (2_000, 20) if THOROUGH else (150, 3)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    redis = Redis(tmp_path)
    redis.start()
    yield redis
    redis.stop()


@pytest.fixture
def workers(sink: Sink, tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(tmp_path, sink)
    yield workers
    workers.stop()


@pytest.mark.parametrize("broker", ["redis", "filesystem"])
def test_either_broker_carries_the_mail(broker: str, request: pytest.FixtureRequest, workers: Workers, sink: Sink, world: World) -> None:
    workers.redis_url = request.getfixturevalue("redis").url if broker == "redis" else ""
    workers.worker()
    workers.beat()
    world.take("explore", reason="Vi provar i januari.")
    wait_until(lambda: bool(sink.mails), seconds=30)
    sleep(2)  # a few more beats
    assert [(mail["To"], subject_of(mail)) for mail in sink.mails] == [
        ("sanna@example.test", "Svar på din idé: Lampor som räcker hela passet")
    ]
    assert sorted(Notice.objects.values_list("kind", "mail")) == [
        ("contributions.followed_moved", MailState.NONE), ("contributions.moved", MailState.SENT),
    ]  # fmt: skip


def test_with_the_broker_stopped_the_pages_answer_and_nothing_is_lost(
    redis: Redis, workers: Workers, sink: Sink, world: World, settings: Any
) -> None:
    settings.CACHES = {"default": {"BACKEND": "lib.cache.ForgivingRedisCache", "LOCATION": redis.url}}
    workers.redis_url = redis.url
    workers.worker()
    workers.beat()
    world.author.set_password("kiruna-demo")
    world.author.save()
    browser = Client()
    browser.force_login(world.author)
    world.take("ask", body="När?")
    wait_until(lambda: len(sink.mails) == 1, seconds=30)
    redis.stop()
    world.take("reply", by=world.author, body="På natten")
    world.take("explore", reason="Vi provar i januari.")
    for name in ("index", "preferences"):
        assert browser.get(reverse(f"notifications:{name}")).status_code == 200
    assert browser.post(reverse("notifications:read")).status_code == 303
    signed_in = Client().post(reverse("account_login"), {"login": world.author.email, "password": "kiruna-demo"})
    assert (signed_in.status_code, signed_in.headers["Location"]) == (302, "/")
    sleep(2)
    assert len(sink.mails) == 1
    redis.start()
    wait_until(lambda: len(sink.mails) == 2, seconds=60)
    assert [subject_of(mail).split(":")[0] for mail in sink.mails] == ["En fråga om din idé", "Svar på din idé"]


def test_killed_workers_lose_nothing_and_repeat_at_most_one_mail_each(redis: Redis, workers: Workers, sink: Sink, world: World) -> None:
    """Two workers, one of them killed again and again while it sends; its rows are taken up when their lease has run out."""
    workers.redis_url, workers.lease, sink.delay = redis.url, 5, 0.003
    addresses = tell_many(world)
    chance = random.Random(11)
    workers.beat()
    pair = [workers.worker(), workers.worker()]
    for kill in range(KILLS):
        goal = len(sink.mails) + chance.randint(1, RECIPIENTS // KILLS // 2)
        wait_until(reached(sink, goal), seconds=60)
        workers.kill(pair.pop(0))
        pair.append(workers.worker())
        assert len(sink.mails) < RECIPIENTS, f"all was sent before kill {kill}: it proves nothing"
    wait_until(lambda: not Notice.objects.filter(mail=MailState.WAITING).exists(), seconds=120)
    ids: dict[str, set[str]] = defaultdict(set)
    for mail in sink.mails:
        ids[str(mail["To"])].add(str(mail["Message-ID"]))
    assert set(ids) == addresses
    assert {address: found for address, found in ids.items() if len(found) != 1} == {}
    assert len(sink.mails) - RECIPIENTS <= KILLS
    assert set(Notice.objects.values_list("mail", "mail_error")) == {(MailState.SENT, "")}


def reached(sink: Sink, goal: int) -> Callable[[], bool]:
    return lambda: len(sink.mails) >= goal


def tell_many(world: World) -> set[str]:
    """A mail each to many people, of one step of one idea."""
    entry = world.take("explore", reason="Vi provar i januari.")
    Notice.objects.all().delete()
    department = DepartmentFactory.create()
    people = Person.objects.bulk_create(
        Person(email=f"many{n}@example.test", given_name="A", family_name=f"B{n}", department=department, password="!")
        for n in range(RECIPIENTS)
    )
    ids = {"contribution": world.idea.pk, "entry": entry}
    Notice.objects.bulk_create(
        Notice(
            recipient=person,
            kind="contributions.followed_moved",
            ids=ids,
            thread=world.idea.thread,
            channel=Channel.DIRECT,
            mail=MailState.WAITING,
        )
        for person in people
    )
    connection.close()
    return {person.email for person in people}
