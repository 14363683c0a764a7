"""How notices look as a mail: one message, HTML and plain text, for one reader."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine, Template
from django.template.loader import get_template
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib.dates import day
from notifications import unsubscribing
from notifications.messages import Rendered, waits
from notifications.models import Digest
from notifications.outbox import Fact, kind_of

MOST_ITEMS = 20
"""At most so many in one section, and of one thing; the rest are counted and stand in the bell."""
QUOTE_LENGTH = 200
"""How much of somebody's words a digest repeats."""


class Reader(Protocol):
    """What a mail needs to know of whom it is for."""

    pk: Any
    email: Any
    given_name: Any
    language: Any


@dataclass(frozen=True)
class Topic:
    """One thing: its latest news, and what is said of it, oldest first, as pairs of a line and a quote."""

    latest: Fact
    lines: Sequence[tuple[str, str]]
    hidden_count: int = 0


@dataclass(frozen=True)
class Section:
    heading: str
    topics: Sequence[Topic]

    @property
    def shown(self) -> Sequence[Topic]:
        return self.topics[:MOST_ITEMS]

    @property
    def hidden_count(self) -> int:
        return len(self.topics) - len(self.shown)


def direct_mail(reader: Reader, rendered: Sequence[Rendered]) -> EmailMultiAlternatives:
    """One mail for notices of one thread. The first notice gives the Message-ID, so that a repeat is the same mail."""
    notices, facts = zip(*rendered, strict=True)
    with translation.override(reader.language):
        alone = len(facts) == 1
        heading = facts[0].text if alone else _happened(len(facts))
        codes = [kind.code for code in dict.fromkeys(notice.kind for notice in notices) if (kind := kind_of(code)) and kind.choosable]
        context = {
            "heading": heading,
            "sections": [Section("", [_whole_topic(facts)])],
            "reason": facts[0].reason,
            "preheader": facts[0].quote,
            "moment": day(notices[0].due_at),
        }
        subject = _titled(heading, facts[0].title)
        message = _message(reader, subject, context, name=f"notice-{notices[0].pk}", list_name="notices", codes=codes)
    if notices[0].thread:
        message.extra_headers["References"] = f"<{_plain_id(notices[0].thread)}@{host()}>"
    return message


def digest_mail(reader: Reader, digest: Digest, rendered: Sequence[Rendered]) -> EmailMultiAlternatives:
    """The notices gathered for a day: first what waits for the reader, then what has happened."""
    waiting = _topics(pair for pair in rendered if waits(*pair))
    happened = _topics(pair for pair in rendered if not waits(*pair))
    with translation.override(reader.language):
        subject = _digest_subject(waiting, happened)
        morning = timezone.localtime().hour < 10
        greeting = _("Good morning, %(name)s") if morning else _("Hello, %(name)s")
        sections = (Section(_("Waiting for you"), waiting), Section(_("What has happened"), happened))
        context = {
            "heading": greeting % {"name": reader.given_name},
            "sections": [section for section in sections if section.topics],
            "is_digest": True,
            "preheader": subject,
            "moment": day(digest.day),
        }
        return _message(reader, subject, context, name=f"digest-{digest.pk}", list_name="digest", codes=[unsubscribing.DIGEST])


def _whole_topic(facts: Sequence[Fact]) -> Topic:
    """For a mail of its own: the words whole; what a single fact is called stands in the heading."""
    shown = facts[-MOST_ITEMS:]
    lines = [(fact.by, fact.quote) for fact in facts] if len(facts) == 1 else [(_line(fact), fact.quote) for fact in shown]
    return Topic(facts[-1], lines, hidden_count=len(facts) - len(shown))


def _line(fact: Fact) -> str:
    return f"{fact.text}, {fact.by}" if fact.by else fact.text


@lru_cache(maxsize=500)
def _brief(quote: str) -> str:
    return Truncator(quote).chars(QUOTE_LENGTH)


def _topics(rendered: Iterable[Rendered]) -> list[Topic]:
    """Bundled by thread, the thread with the latest news first; what would be said twice in the same words is said once, as it was last."""
    threads: dict[str, dict[str, Fact]] = {}
    for notice, fact in rendered:
        said = threads.pop(notice.thread or f"notice {notice.pk}", {})
        said.pop(fact.text, None)
        threads[notice.thread or f"notice {notice.pk}"] = {**said, fact.text: fact}
    return [_brief_topic(list(said.values())) for said in reversed(threads.values())]


def _brief_topic(facts: Sequence[Fact]) -> Topic:
    shown = facts[-MOST_ITEMS:]
    return Topic(facts[-1], [(_line(fact), _brief(fact.quote)) for fact in shown], hidden_count=len(facts) - len(shown))


def _digest_subject(waiting: Sequence[Topic], happened: Sequence[Topic]) -> str:
    if len(waiting) + len(happened) == 1:
        latest = [*waiting, *happened][0].latest
        return _titled(latest.text, latest.title)
    waits = ngettext("%(n)s thing waits for you", "%(n)s things wait for you", len(waiting)) % {"n": len(waiting)}
    has = _happened(len(happened))
    if not waiting or not happened:
        return waits if waiting else has
    return _("%(waiting)s, and %(happened)s") % {"waiting": waits, "happened": has[:1].lower() + has[1:]}


def _happened(number: int) -> str:
    return ngettext("%(n)s thing has happened", "%(n)s things have happened", number) % {"n": number}


def _message(
    reader: Reader, subject: str, context: dict[str, Any], *, name: str, list_name: str, codes: Sequence[str]
) -> EmailMultiAlternatives:
    stop = unsubscribing.address(reader.pk, codes) if codes else ""
    preferences = settings.SITE_URL + reverse("notifications:preferences")
    bell = settings.SITE_URL + reverse("notifications:index")
    context |= {
        "subject": subject, "site": settings.SITE_URL, "language": reader.language,
        "stop": stop, "preferences": preferences, "bell": bell,
    }  # fmt: skip
    html, text = _templates()
    message = EmailMultiAlternatives(
        one_line(subject),
        re.sub(r"\n{3,}", "\n\n", text.render(Context(context, autoescape=False)).strip()) + "\n",
        to=[reader.email],
        reply_to=[settings.DEFAULT_FROM_EMAIL],
        headers=_headers(name, list_name, stop),
    )
    message.attach_alternative(html.render(Context(context)), "text/html")
    return message


def _headers(name: str, list_name: str, stop: str) -> dict[str, str]:
    """What tells machines that a machine wrote this, which list it is of, and how to leave it."""
    headers = {
        "Message-ID": f"<{name}@{host()}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Precedence": "bulk",
        "List-Id": f"Kiruna Innovation <{list_name}.{host()}>",
    }
    if stop:
        headers |= {"List-Unsubscribe": f"<{stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return headers


@cache
def host() -> str:
    """Right of the @ in every Message-ID."""
    return urlsplit(settings.SITE_URL).hostname or "localhost"


@cache
def _templates() -> tuple[Template, Template]:
    """The HTML template with its styles written onto the elements, once per process (docs/adr/0008), and the plain one."""
    source = _source("notifications/mail.html")
    inliner = css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
    engine = Engine.get_default()
    return engine.from_string(inliner.inline(source)), engine.from_string(_source("notifications/mail.txt"))


def _source(name: str) -> str:
    return str(get_template(name).template.source)  # type: ignore[attr-defined]


def one_line(text: str) -> str:
    """Fit for a header: no line break of any alphabet, no control or direction character."""
    words = " ".join(text.split())
    return "".join(character for character in words if unicodedata.category(character) not in ("Cc", "Cf", "Cs"))


def _titled(text: str, title: str) -> str:
    return f"{text}: {title}" if title else text


def _plain_id(key: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", key)
