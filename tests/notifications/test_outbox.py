"""Telling: rows in the caller's transaction, once each, as each person has chosen."""

from __future__ import annotations

import datetime

import pytest
from django.db import transaction
from django.utils import timezone

from notifications import outbox
from notifications.enums import Channel, MailState
from notifications.models import Notice, Preference
from tests.factories import PersonFactory
from tests.notifications.conftest import Saying

pytestmark = pytest.mark.django_db


def test_one_row_per_person_by_the_channel_each_has_chosen(saying: Saying) -> None:
    usual, digest, bell = PersonFactory.create_batch(3)
    Preference.objects.create(person=digest, kind="test.note", channel=Channel.DIGEST)
    Preference.objects.create(person=bell, kind="test.note", channel=Channel.BELL)
    outbox.tell([usual, digest.pk, bell, usual.pk], "test.note", {"n": 1}, thread="thing:1")
    assert list(Notice.objects.order_by("recipient").values_list("recipient", "channel", "mail", "ids", "thread")) == [
        (usual.pk, Channel.DIRECT, MailState.WAITING, {"n": 1}, "thing:1"),
        (digest.pk, Channel.DIGEST, MailState.NONE, {"n": 1}, "thing:1"),
        (bell.pk, Channel.BELL, MailState.NONE, {"n": 1}, "thing:1"),
    ]


def test_a_kind_that_cannot_be_chosen_ignores_choices(saying: Saying) -> None:
    person = PersonFactory.create()
    Preference.objects.create(person=person, kind="test.duty", channel=Channel.BELL)
    outbox.tell([person], "test.duty", {"n": 1})
    assert Notice.objects.get().channel == Channel.DIRECT


def test_the_same_dedupe_key_tells_once(saying: Saying) -> None:
    first, second = PersonFactory.create_batch(2)
    outbox.tell([first], "test.note", {"n": 1}, dedupe_key="once")
    outbox.tell([first, second], "test.note", {"n": 2}, dedupe_key="once")
    assert list(Notice.objects.order_by("recipient").values_list("recipient", "ids")) == [(first.pk, {"n": 1}), (second.pk, {"n": 2})]


def test_an_unknown_kind_is_refused(saying: Saying) -> None:
    with pytest.raises(KeyError):
        outbox.tell([PersonFactory.create()], "test.nothing", {})
    assert not Notice.objects.exists()


def test_nothing_is_told_of_what_was_rolled_back(saying: Saying) -> None:
    person = PersonFactory.create()
    with transaction.atomic():
        outbox.tell([person], "test.note", {"n": 1})
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_what_may_still_be_undone_is_not_in_the_bell_and_a_cancelled_notice_never(saying: Saying) -> None:
    person = PersonFactory.create()
    outbox.tell([person], "test.note", {"n": 1}, cause="step:1", not_before=timezone.now() + datetime.timedelta(seconds=10))
    assert not Notice.objects.in_bell().exists()
    assert outbox.cancel("step:1") == 1
    assert outbox.cancel("step:1") == 0
    Notice.objects.update(due_at=timezone.now())
    assert not Notice.objects.in_bell().exists()
    assert Notice.objects.get().mail == MailState.NONE


def test_telling_ten_people_costs_what_telling_one_does(saying: Saying, django_assert_num_queries: object) -> None:
    people = PersonFactory.create_batch(10)
    for recipients in (people[:1], people):
        with django_assert_num_queries(2):  # type: ignore[operator]
            outbox.tell(recipients, "test.note", {"n": 1})
