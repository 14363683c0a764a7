"""What a mail looks like to the programs that carry it and to whoever reads it."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives
from django.test import override_settings
from django.utils import timezone, translation

from notifications import delivery, mails, outbox, unsubscribing
from notifications.models import Digest, Notice
from organisation.models import Person
from tests.factories import PersonFactory
from tests.notifications.conftest import Saying, World
from tests.notifications.sink import Sink, subject_of, text_of

pytestmark = pytest.mark.django_db(transaction=True)
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}")


def direct(person: Person, *facts: outbox.Fact, thread: str = "thing:1", kind: str = "test.note") -> EmailMultiAlternatives:
    rendered = [(Notice(pk=n + 1, recipient=person, kind=kind, thread=thread), fact) for n, fact in enumerate(facts)]
    return mails.direct_mail(person, rendered)


def fact(**columns: Any) -> outbox.Fact:
    return outbox.Fact(**{"text": "Svar på din idé", "title": "Lampor", "url": "/ideas/1/", "reason": "du skrev idén", **columns})


def test_the_headers_say_that_a_machine_wrote_it_and_how_to_leave(saying: Saying) -> None:
    person = PersonFactory.create(email="a@example.test")
    message = direct(person, fact()).message()
    token = unsubscribing.token_of(unsubscribing.Wish(person.pk, ("test.note",)))
    names = (
        "Message-ID", "References", "Auto-Submitted", "X-Auto-Response-Suppress", "Precedence", "List-Id", "List-Unsubscribe",
        "List-Unsubscribe-Post", "Reply-To", "From", "To",
    )  # fmt: skip
    assert {name: str(message[name]) for name in names} == {
        "Message-ID": "<notice-1@localhost>",
        "References": "<thing-1@localhost>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Precedence": "bulk",
        "List-Id": "Kiruna Innovation <notices.localhost>",
        "List-Unsubscribe": f"<http://localhost:8000/notifications/unsubscribe/{token}/>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Reply-To": "Kiruna Innovation <innovation@kiruna.example>",
        "From": "Kiruna Innovation <innovation@kiruna.example>",
        "To": "a@example.test",
    }


def test_a_kind_nobody_can_leave_offers_no_way_out(saying: Saying) -> None:
    message = direct(PersonFactory.create(), fact(), kind="test.duty")
    assert "List-Unsubscribe" not in message.message()
    assert "unsubscribe" not in message.body + str(message.alternatives[0][0])


@pytest.mark.parametrize(
    "title",
    [
        "Lampor\r\nBcc: boss@example.test",
        "Lampor\nBcc: x",
        "Lampor\u2028Bcc: x",
        "Lampor\x0bBcc: x",
        "Lampor\u202eBcc: x",
        "Lampor\x85Bcc: x",
    ],
)
def test_a_title_cannot_write_headers(sink: Sink, saying: Saying, monkeypatch: pytest.MonkeyPatch, title: str) -> None:
    person = PersonFactory.create()
    outbox.tell([person], "test.note", {"n": 1})
    monkeypatch.setattr(saying, "_fact", lambda _n: fact(title=title))
    assert delivery.deliver() == {"sent": 1}
    (mail,) = sink.mails
    assert mail["Bcc"] is None
    assert re.fullmatch(r"Svar på din idé: Lampor ?Bcc: (x|boss@example.test)", subject_of(mail))


def test_a_person_whose_address_is_no_address_stops_nobody(sink: Sink, saying: Saying) -> None:
    people = PersonFactory.create_batch(2)
    Person.objects.filter(pk=people[0].pk).update(email="a@example.test\nBcc: b@example.test")
    outbox.tell(people, "test.note", {"n": 1})
    assert delivery.deliver() == {"resting": 1, "sent": 1}


def test_what_people_wrote_is_text_and_nothing_else(saying: Saying) -> None:
    evil = "<script>x()</script><img src=http://evil.test/x.png>{{ 1 }}"
    message = direct(PersonFactory.create(given_name=evil), fact(title=evil, quote=evil, text=evil, by=evil, status=evil, act=evil))
    html = str(message.alternatives[0][0])
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") >= 6
    assert evil in message.body


def test_every_element_carries_its_style_and_dark_mode_stands_alone_in_the_head(saying: Saying) -> None:
    html = str(
        direct(PersonFactory.create(), fact(quote="En rad", act="Svara", status="Din tur", status_tone="warning")).alternatives[0][0]
    )
    (sheet,) = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    outside = re.sub(r"@media[^{]*\{(?:[^{}]*\{[^}]*\})*\s*\}", "", sheet)
    assert outside.strip() == ""
    assert "prefers-color-scheme: dark" in sheet
    bare = [element for element in Elements.of(html) if element["class"] and not element["style"]]
    assert bare == []


class Elements(HTMLParser):
    """Every start tag's attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[dict[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append({"tag": tag, "class": "", "style": "", **{name: value or "" for name, value in attrs}})

    @classmethod
    def of(cls, html: str) -> list[dict[str, str]]:
        parser = cls()
        parser.feed(html)
        return parser.found


def test_writing_the_styles_onto_the_elements_leaves_every_template_tag_where_it_was() -> None:
    source = mails._source("notifications/mail.html")
    inlined = mails._templates()[0].source
    assert TAG.findall(str(inlined)) == TAG.findall(source)
    element = re.compile(r"</?(?:table|tr|td|div|p|h1|h2|span|a|main)\b")
    assert element.findall(str(inlined)) == element.findall(source)
    assert not re.search(r'class="[^"]*\{', source), "a class that a tag makes up gets no style"


def test_it_speaks_the_readers_language_whatever_the_process_speaks(saying: Saying) -> None:
    swedish, english = PersonFactory.create(language="sv"), PersonFactory.create(language="en")
    with translation.override("en"):
        said = [direct(person, fact()) for person in (swedish, english)]
    assert ["Du får detta för att du skrev idén." in mail.body for mail in said] == [True, False]
    assert ["You get this because" in mail.body for mail in said] == [False, True]
    assert ['<html lang="sv"' in str(mail.alternatives[0][0]) for mail in said] == [True, False]


def test_links_are_absolute_and_nothing_is_fetched(saying: Saying) -> None:
    with override_settings(SITE_URL="https://innovation.kiruna.example"):
        html = str(direct(PersonFactory.create(), fact(act="Svara")).alternatives[0][0])
    links = [element["href"] for element in Elements.of(html) if "href" in element]
    assert links
    assert all(link.startswith("https://innovation.kiruna.example/") for link in links)
    assert not {"img", "link", "script", "iframe"} & {element["tag"] for element in Elements.of(html)}


def test_a_digest_of_a_thousand_stays_under_a_hundred_kilobytes_and_says_how_many_are_left_out(saying: Saying) -> None:
    person = PersonFactory.create()
    rendered = [
        (Notice(pk=n, recipient=person, kind="test.request" if n % 2 else "test.news", thread=f"t{n}"),
         fact(title="å" * 120, quote="ö" * 1000, text=f"Text {n}", act="Svara", by="Karin Ek"))
        for n in range(1000)
    ]  # fmt: skip
    message = mails.digest_mail(person, Digest(pk=1, person=person, day=date(2026, 11, 23)), rendered)
    assert message.subject == "500 saker väntar på dig, och 500 saker har hänt"
    assert len(message.message().as_bytes()) < 100_000
    assert message.body.count("480 till finns bland dina aviseringar") == 2


def test_a_digest_of_one_thing_is_named_after_it(saying: Saying) -> None:
    person = PersonFactory.create()
    rendered = [(Notice(pk=1, recipient=person, kind="test.news"), fact())]
    assert mails.digest_mail(person, Digest(pk=1, person=person, day=timezone.localdate()), rendered).subject == "Svar på din idé: Lampor"


@pytest.mark.parametrize(
    ("step", "values", "subject", "words"),
    [
        ("ask", {"body": "Vilka tider **på dygnet**?"}, "En fråga om din idé", "Vilka tider på dygnet?"),
        ("explore", {"reason": "Vi provar."}, "Svar på din idé", "Vi provar."),
        (
            "decline", {"reason_code": "money", "reason": "Inte i år.", "change": "Fler lampor."}, "Svar på din idé",
            "Det här skulle ändra vårt svar: Fler lampor.",
        ),
        ("decide", {"reason": "Köp in.", "decided_by": "Nämnden", "decided_on": date(2026, 1, 1)}, "Ett beslut om din idé", "Köp in."),
    ],
)  # fmt: skip
def test_the_author_hears_the_answer_in_the_mail_itself(
    sink: Sink, world: World, step: str, values: dict[str, Any], subject: str, words: str
) -> None:
    world.take(step, **values)
    delivery.deliver()
    (mail,) = sink.to("sanna@example.test")
    assert subject_of(mail) == f"{subject}: Lampor som räcker hela passet"
    assert words in text_of(mail)
    assert words in text_of(mail, "html")
    assert "Karin Ek" in text_of(mail)
