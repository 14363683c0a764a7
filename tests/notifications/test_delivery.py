"""Delivery over a real mail server: once each, whatever the server answers, and only what the reader may see now."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications import actions, delivery, outbox
from notifications.enums import Channel, MailState
from notifications.models import Digest, Notice
from organisation.models import Person
from tests.factories import PersonFactory
from tests.notifications.conftest import Saying, World
from tests.notifications.sink import Sink, subject_of, text_of

pytestmark = pytest.mark.django_db(transaction=True)


def later(**span: float) -> time_machine.travel:
    return time_machine.travel(timezone.now() + datetime.timedelta(**span), tick=True)


def states() -> list[tuple[str, int, str]]:
    return list(Notice.objects.order_by("id").values_list("mail", "attempts", "mail_error"))


def tell(*people: Person, n: int = 1, thread: str = "", kind: str = "test.note") -> None:
    outbox.tell(people, kind, {"n": n}, thread=thread)


def test_a_direct_notice_is_mailed_once(sink: Sink, saying: Saying) -> None:
    person = PersonFactory.create(email="a@example.test")
    tell(person, thread="thing:1")
    assert delivery.deliver() == {"sent": 1}
    assert delivery.deliver() == {}
    (mail,) = sink.mails
    notice = Notice.objects.get()
    assert (mail["To"], subject_of(mail)) == ("a@example.test", "Text 1: Title 1")
    assert (mail["Message-ID"], mail["References"]) == (f"<notice-{notice.pk}@localhost>", "<thing-1@localhost>")
    assert notice.mailed_at is not None
    assert (notice.mail, notice.lease_token, notice.lease_until, notice.mail_error) == (MailState.SENT, None, None, "")


def test_nothing_is_sent_while_it_may_be_undone_nor_after_it_has_been(sink: Sink, saying: Saying) -> None:
    person = PersonFactory.create()
    outbox.tell([person], "test.note", {"n": 1}, cause="a", not_before=timezone.now() + datetime.timedelta(seconds=10))
    outbox.tell([person], "test.note", {"n": 2}, cause="b", not_before=timezone.now() + datetime.timedelta(seconds=10))
    assert delivery.deliver() == {}
    outbox.cancel("a")
    with later(seconds=11):
        assert delivery.deliver() == {"sent": 1}
    assert sink.subjects() == ["Text 2: Title 2"]


def test_notices_of_one_thread_to_one_reader_are_one_mail(sink: Sink, saying: Saying) -> None:
    reader, other = PersonFactory.create(email="a@example.test"), PersonFactory.create(email="b@example.test")
    for n in (1, 2, 3):
        tell(reader, other, n=n, thread="thing:1")
    tell(reader, n=4, thread="thing:2")
    tell(reader, n=5)
    tell(reader, n=6)
    assert delivery.deliver() == {"sent": 5}
    assert sorted(sink.subjects()) == [
        "3 saker har hänt: Title 1", "3 saker har hänt: Title 1", "Text 4: Title 4", "Text 5: Title 5", "Text 6: Title 6",
    ]  # fmt: skip
    bundle = next(mail for mail in sink.to("b@example.test"))
    assert re.findall(r"Quote \d", text_of(bundle)) == ["Quote 1", "Quote 2", "Quote 3"]


def test_a_flood_in_one_thread_is_one_mail_per_reader(sink: Sink, saying: Saying) -> None:
    readers = PersonFactory.create_batch(3)
    for n in range(40):
        tell(*readers, n=n, thread="thing:1")
    assert delivery.deliver() == {"sent": 3}
    assert set(Notice.objects.values_list("mail", flat=True)) == {MailState.SENT}


def test_what_the_reader_may_no_longer_see_is_dropped(sink: Sink, saying: Saying) -> None:
    person = PersonFactory.create()
    for n in (1, 2):
        tell(person, n=n, thread="thing:1")
    tell(person, n=3)
    saying.gone = {1, 3}
    assert delivery.deliver() == {"sent": 1, "dropped": 1}
    assert states() == [("dropped", 1, ""), ("sent", 1, ""), ("dropped", 1, "")]
    assert sink.subjects() == ["Text 2: Title 2"]


def test_permission_lost_after_the_telling_keeps_the_words_out_of_the_mail(sink: Sink, world: World) -> None:
    actions.choose_channels(by=world.follower, channels={"contributions.followed_moved": Channel.DIRECT})
    world.take("explore", reason="Vi provar i januari.")
    world.take("withdraw", by=world.author)
    assert delivery.deliver() == {"sent": 1, "dropped": 1}
    assert [mail["To"] for mail in sink.mails] == [world.author.email]
    assert Notice.objects.get(recipient=world.follower).mail == MailState.DROPPED


def test_a_person_who_has_left_gets_nothing(sink: Sink, saying: Saying) -> None:
    person = PersonFactory.create()
    tell(person)
    Person.objects.filter(pk=person.pk).update(is_active=False, deactivated_at=timezone.now())
    assert delivery.deliver() == {"dropped": 1}
    assert sink.mails == []


def test_a_request_that_has_been_met_is_not_mailed(sink: Sink, saying: Saying) -> None:
    person = PersonFactory.create()
    tell(person, kind="test.request")
    Notice.objects.update(channel="direct", mail=MailState.WAITING)
    saying.done = {1}
    assert delivery.deliver() == {"dropped": 1}


@pytest.mark.parametrize("reply", ["421 4.7.0 Busy", "450 4.2.1 Grey", "452 4.2.2 Full"])
def test_a_passing_refusal_is_tried_again_later_and_later(sink: Sink, saying: Saying, reply: str) -> None:
    tell(PersonFactory.create())
    sink.on_recipient = lambda _address: reply
    assert delivery.deliver() == {"resting": 1}
    assert delivery.deliver() == {}, "it rests a minute"
    assert states() == [("waiting", 1, reply)]
    with later(seconds=61):
        assert delivery.deliver() == {"resting": 1}
    with later(minutes=4):
        assert delivery.deliver() == {}, "now five minutes"
    sink.on_recipient = lambda _address: None
    with later(minutes=7):
        assert delivery.deliver() == {"sent": 1}
    assert len(sink.mails) == 1


@pytest.mark.parametrize("reply", ["450 No", "554 5.7.1 Relay access denied", "553 5.7.1 Sender not owned by user", "550 No thanks"])
def test_what_is_not_said_of_the_readers_own_address_is_tried_for_five_days(sink: Sink, saying: Saying, reply: str) -> None:
    tell(PersonFactory.create())
    sink.on_recipient = lambda _address: reply
    ends = []
    for hours in range(0, 24 * 6, 2):
        with later(hours=hours, minutes=hours):
            ends.append(dict(delivery.deliver()))
    assert ends[:63] == [{"resting": 1}] * 63
    assert ends[63:] == [{"dead": 1}, *[{}] * (len(ends) - 64)]
    assert states() == [("dead", 64, reply)]


def test_a_connection_that_breaks_every_time_is_given_up_after_five_tries(sink: Sink, saying: Saying) -> None:
    tell(PersonFactory.create())
    sink.drops = 9
    ends = []
    for hours in range(0, 20, 3):
        with later(hours=hours):
            ends.append(dict(delivery.deliver()))
    assert ends == [{"resting": 1}] * 4 + [{"dead": 1}, {}, {}]
    assert states() == [("dead", 5, "SMTPServerDisconnected")]


@pytest.mark.parametrize(
    "reply", ["530 5.7.57 Not authenticated to send", "550 5.7.60 Not allowed to send as this sender", "451 4.3.0 Later"]
)
def test_a_sender_that_is_refused_ends_the_run_and_costs_no_try(sink: Sink, saying: Saying, reply: str) -> None:
    tell(*PersonFactory.create_batch(3))
    sink.on_sender = lambda _address: reply
    for _run in range(7):
        assert delivery.deliver() == {}
    assert states() == [("waiting", 0, "")] * 3
    assert Notice.objects.filter(lease_until__isnull=False).count() == 0
    sink.on_sender = lambda _address: None
    assert delivery.deliver() == {"sent": 3}


def test_a_mail_that_is_too_big_stops_nobody_else(sink: Sink, saying: Saying) -> None:
    tell(*PersonFactory.create_batch(2))
    answers = iter(["552 5.3.4 Too big"])
    sink.on_sender = lambda _address: next(answers, None)
    assert delivery.deliver() == {"resting": 1, "sent": 1}


def test_a_password_that_is_refused_costs_no_try(sink: Sink, saying: Saying, settings: Any) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "innovation", "wrong"
    sink.refuses_sign_in = True
    tell(*PersonFactory.create_batch(2))
    for _run in range(7):
        assert delivery.deliver() == {}
    assert states() == [("waiting", 0, "")] * 2
    sink.refuses_sign_in = False
    assert delivery.deliver() == {"sent": 2}


def test_a_relay_that_is_denied_to_some_reaches_the_others(sink: Sink, saying: Saying) -> None:
    tell(PersonFactory.create(email="a@elsewhere.test"), PersonFactory.create(email="b@example.test"))
    sink.on_recipient = lambda address: "554 5.7.1 Relay access denied" if address.endswith("@elsewhere.test") else None
    assert delivery.deliver() == {"resting": 1, "sent": 1}
    sink.on_recipient = lambda _address: None
    with later(seconds=61):
        assert delivery.deliver() == {"sent": 1}


class TestRequeue:
    def give_up(self, sink: Sink) -> None:
        sink.on_recipient = lambda _address: "550 5.1.1 No such user"
        assert delivery.deliver() == {"dead": 1}
        sink.on_recipient = lambda _address: None

    def test_what_was_given_up_is_sent_after_all(self, sink: Sink, saying: Saying, capsys: pytest.CaptureFixture[str]) -> None:
        tell(PersonFactory.create())
        self.give_up(sink)
        call_command("requeue_mail")
        assert capsys.readouterr().out == "1 mejl väntar igen.\n"
        assert delivery.deliver() == {"sent": 1}
        call_command("requeue_mail")
        assert capsys.readouterr().out == "0 mejl väntar igen.\n"
        assert delivery.deliver() == {}

    def test_only_of_the_days_asked_for(self, sink: Sink, saying: Saying) -> None:
        tell(PersonFactory.create())
        self.give_up(sink)
        with later(days=3):
            assert delivery.requeue(days=2) == 0
            assert delivery.requeue(days=4) == 1

    def test_what_its_reader_may_no_longer_see_is_dropped(self, sink: Sink, saying: Saying) -> None:
        tell(PersonFactory.create())
        self.give_up(sink)
        saying.gone = {1}
        assert delivery.requeue(days=7) == 1
        assert delivery.deliver() == {"dropped": 1}

    @pytest.mark.parametrize("days", ["0", "-1", "99999999999"])
    def test_days_that_mean_nothing_are_refused(self, db: None, days: str) -> None:
        with pytest.raises(CommandError, match="3650"):
            call_command("requeue_mail", f"--days={days}")


def test_a_lasting_refusal_ends_it_at_once_and_blocks_nobody(sink: Sink, saying: Saying) -> None:
    dead, alive = PersonFactory.create(email="dead@example.test"), PersonFactory.create(email="alive@example.test")
    tell(dead, alive)
    sink.on_recipient = lambda address: "550 5.1.1 No such user" if address == "dead@example.test" else None
    assert delivery.deliver() == {"dead": 1, "sent": 1}
    assert states() == [("dead", 1, "550 5.1.1 No such user"), ("sent", 1, "")]
    with later(days=1):
        assert delivery.deliver() == {}


def test_a_refusal_of_the_text_is_no_word_on_the_address(sink: Sink, saying: Saying) -> None:
    tell(*PersonFactory.create_batch(2))
    sink.replies.extend(["451 4.3.0 Later", "554 5.7.1 Spam"])
    assert delivery.deliver() == {"resting": 2}


def test_a_connection_that_breaks_after_the_text_is_opened_anew_and_the_repeat_has_the_same_id(sink: Sink, saying: Saying) -> None:
    tell(*PersonFactory.create_batch(3))
    sink.drops = 1
    assert delivery.deliver() == {"resting": 1, "sent": 2}
    with later(seconds=61):
        assert delivery.deliver() == {"sent": 1}
    ids = [mail["Message-ID"] for mail in sink.mails]
    assert len(ids) == 4
    assert len(set(ids)) == 3


def test_a_server_that_answers_too_late_costs_the_one_mail_a_try(sink: Sink, saying: Saying, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    tell(PersonFactory.create())
    sink.delay = 0.5
    assert delivery.deliver() == {"resting": 1}
    sink.delay = 0
    with later(seconds=61):
        assert delivery.deliver() == {"sent": 1}
    assert len({mail["Message-ID"] for mail in sink.mails}) == 1


def test_a_server_out_of_reach_costs_no_try_and_nothing_waits_when_it_is_back(sink: Sink, saying: Saying) -> None:
    tell(*PersonFactory.create_batch(3))
    sink.stop()
    for _run in range(7):
        assert delivery.deliver() == {}
    assert states() == [("waiting", 0, "")] * 3
    assert Notice.objects.filter(lease_token__isnull=False).count() == 0
    sink.start()
    assert delivery.deliver() == {"sent": 3}


def test_a_bug_in_one_kind_stops_nobody_else_and_is_given_up(sink: Sink, saying: Saying) -> None:
    tell(*PersonFactory.create_batch(2), n=1)
    tell(PersonFactory.create(), n=2)
    saying.broken = {2}
    assert delivery.deliver() == {"sent": 2, "resting": 1}
    for hours in (3, 6, 9, 12):
        with later(hours=hours):
            delivery.deliver()
    assert Notice.objects.filter(ids={"n": 2}).values_list("mail", "attempts", "mail_error").get() == ("dead", 5, "ValueError")


def test_a_row_whose_worker_died_is_taken_up_when_the_lease_has_run_out(sink: Sink, saying: Saying) -> None:
    tell(PersonFactory.create())
    (parcel,) = delivery.claim()
    assert parcel.begin()
    assert delivery.deliver() == {}, "somebody holds it"
    with later(seconds=121):
        assert delivery.deliver() == {"sent": 1}
        assert parcel.settle(MailState.DEAD, "late") == "dead"
    assert states() == [("sent", 2, "")], "the late worker's word no longer counts"


def test_what_kills_its_worker_five_times_is_given_up(sink: Sink, saying: Saying) -> None:
    tell(PersonFactory.create())
    for run in range(5):
        with later(minutes=3 * run):
            (parcel,) = delivery.claim()
            assert parcel.begin()
    with later(minutes=15):
        assert delivery.deliver() == {"dead": 1}
    assert sink.mails == []
    assert states() == [("dead", 5, "the worker died 5 times over it")]


def test_rows_beside_a_killer_in_its_batch_lose_no_tries(sink: Sink, saying: Saying) -> None:
    tell(*PersonFactory.create_batch(3))
    parcels = delivery.claim()
    assert parcels[0].begin()
    with later(seconds=121):
        assert delivery.deliver() == {"sent": 3}
    assert states() == [("sent", 2, ""), ("sent", 1, ""), ("sent", 1, "")]


def test_an_undo_between_claim_and_sending_wins(sink: Sink, saying: Saying) -> None:
    outbox.tell([PersonFactory.create()], "test.note", {"n": 1}, cause="a")
    (parcel,) = delivery.claim()
    outbox.cancel("a")
    assert not parcel.begin()


def test_two_claims_never_hold_the_same_row(sink: Sink, saying: Saying) -> None:
    tell(*PersonFactory.create_batch(70))
    first, second, third = delivery.claim(), delivery.claim(), delivery.claim()
    assert [len(first), len(second), len(third)] == [50, 20, 0]
    held = [row.pk for parcel in first + second for row in parcel.rows]
    assert len(set(held)) == 70


def test_a_run_stops_in_time_and_gives_back_what_it_did_not_send(sink: Sink, saying: Saying, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "RUN_SECONDS", 0.5)
    sink.delay = 0.3
    tell(*PersonFactory.create_batch(5))
    ends = delivery.deliver()
    assert 1 <= ends["sent"] <= 3
    assert Notice.objects.filter(lease_until__isnull=False).count() == 0
    sink.delay = 0
    delivery.deliver()
    assert len(sink.mails) == 5


def test_no_run_outlives_its_lease() -> None:
    assert datetime.timedelta(seconds=delivery.TASK_SECONDS) < delivery.LEASE
    assert delivery.RUN_SECONDS < delivery.TASK_SECONDS


def test_claiming_and_sending_cost_the_same_queries_for_one_mail_whatever_waits(
    sink: Sink, saying: Saying, django_assert_num_queries: Any
) -> None:
    tell(PersonFactory.create())
    delivery.deliver()  # compiles the templates
    for number in (1, 3):
        tell(*PersonFactory.create_batch(number), n=1)
        with django_assert_num_queries(QUERIES_PER_RUN + QUERIES_PER_MAIL * number):
            delivery.deliver()


QUERIES_PER_RUN = 10
"""Two claims, each a transaction that asks what is due of either sort; the first also leases it and reads the readers."""
QUERIES_PER_MAIL = 3
"""Begin, see what of a bundle still waits, mark."""


def test_a_digest_is_sent_like_a_notice(sink: Sink, saying: Saying) -> None:
    person = PersonFactory.create(email="a@example.test", given_name="Sanna")
    tell(person, n=1, kind="test.news")
    digest = Digest.objects.create(person=person, day=timezone.localdate(), mail=MailState.WAITING)
    Notice.objects.update(digest=digest)
    assert delivery.deliver() == {"sent": 1}
    (mail,) = sink.mails
    assert mail["Message-ID"] == f"<digest-{digest.pk}@localhost>"
    assert Digest.objects.get().mail == MailState.SENT


@pytest.mark.parametrize("why", ["gone", "read", "done"])
def test_a_digest_with_nothing_left_to_say_is_not_sent(sink: Sink, saying: Saying, why: str) -> None:
    person = PersonFactory.create()
    tell(person, n=1, kind="test.request")
    digest = Digest.objects.create(person=person, day=timezone.localdate(), mail=MailState.WAITING)
    Notice.objects.update(digest=digest, read_at=timezone.now() if why == "read" else None)
    saying.gone, saying.done = ({1} if why == "gone" else set()), ({1} if why == "done" else set())
    assert delivery.deliver() == {"dropped": 1}
    assert sink.mails == []
