"""What a field should not hold, and what a page must do about it: a message beside the field and the words kept, never a 500."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode
from zlib import crc32

from django.db import transaction
from django.test import Client
from django.utils.html import escape

T = TypeVar("T")

THOROUGH = bool(os.environ.get("THOROUGH"))
MEGABYTE = "ab cd " * 170_000
HALF = "a\ud800b".encode("utf-8", "surrogatepass")
BROKEN = b"\xff\xfe\x00"
HUGE, LONGER_THAN_A_NUMBER = "9" * 30, "9" * 5_000

BLANK = ["", "   ", "\t\r\n", "\0", "\u200b"]
ODD_TEXT = [HALF, BROKEN, "a\0b", "\u202eabc", "<b>{{ x }}</b>", "'; --", "é" * 30]
NO_CHOICE = ["no-such", "0", "-1", "²", "1e400", "[]", "x\0", HALF, HUGE, LONGER_THAN_A_NUMBER]
NO_NUMBER = ["abc", "1e400", "NaN", "²", "0", "-1", "1.5", HALF, HUGE, LONGER_THAN_A_NUMBER]
NO_DAY = ["abc", "2026-02-30", "0000-00-00", "12026-01-01", "2026-01-01T00:00", HALF, HUGE, LONGER_THAN_A_NUMBER]
ODD_DAY = ["0001-01-01", "9999-12-31", "1899-12-31", "\u0662\u0660\u0662\u0666-\u0660\u0661-\u0660\u0661", "2026-1-1", "2026-01-01\0"]
ODD = ["", "\0", "-1", "1e400", "²", "[]", "' OR 1=1 --", "%", "http://[", HALF, BROKEN, HUGE, LONGER_THAN_A_NUMBER, "é" * 10_240]


@dataclass(frozen=True)
class Form:
    """An address that takes a form: how somebody fills it in, and what its fields are.

    `texts` gives the longest that fits; `free` are fields that take anything; `secret` is not given back; `refused` is the status of a
    refusal; `in_parts` says that some fields may come alone. `told_at` is for a field whose message may stand elsewhere: at
    the field that is filled in instead of it, or (empty) above the form because nothing is seen of the field.
    """

    url: str
    role: str
    valid: Mapping[str, Any]
    texts: Mapping[str, int] = field(default_factory=dict)
    needed: frozenset[str] | set[str] = frozenset()
    choices: frozenset[str] | set[str] = frozenset()
    numbers: frozenset[str] | set[str] = frozenset()
    days: frozenset[str] | set[str] = frozenset()
    free: frozenset[str] | set[str] = frozenset()
    secret: frozenset[str] | set[str] = frozenset()
    refused: int = 422
    in_parts: bool = False
    told_at: Mapping[str, str] = field(default_factory=dict)

    def wrong(self) -> Iterator[tuple[str, Any, bool]]:
        """Field, what stands in it, and whether it has to be refused. A value of None: the field is not sent."""
        for name, longest in self.texts.items():
            yield name, "å" * (longest + 1), True
            yield from ((name, value, False) for value in self.some(ODD_TEXT, name))
        for name in list(self.texts)[: None if THOROUGH else 1]:
            yield name, MEGABYTE, True
        for name in sorted(self.needed):
            blank: list[str | None] = [*(BLANK if name in self.texts else BLANK[:1])]
            yield from ((name, value, True) for value in self.some(blank if self.in_parts else [*blank, None], name))
        for values, names in ((NO_CHOICE, self.choices), (NO_NUMBER, self.numbers), (NO_DAY, self.days)):
            yield from ((name, value, True) for name in sorted(names) for value in self.some(values, name))
        yield from ((name, value, False) for name in sorted(self.days) for value in self.some(ODD_DAY, name))
        yield from ((name, value, False) for name in sorted(self.free) for value in self.some(ODD, name))
        yield from ((name, [value, value], False) for name, value in self.some(list(self.valid.items()), "twice"))

    def some(self, values: Sequence[T], name: str) -> Sequence[T]:
        """Of what a field should not hold; the ids of this run's rows say nothing about which."""
        return some(values, re.sub(r"\d+", "", self.url), name)


def some(values: Sequence[T], *what: str, of: int = 4) -> Sequence[T]:
    """All of them with THOROUGH, otherwise one of so many, where `what` is tested says which: the same each time, other ones elsewhere."""
    return values if THOROUGH else values[crc32(" ".join(what).encode()) % of :: of]


def problems(form: Form, client: Client) -> list[str]:
    """What is amiss with how the form is received, a line each; one taken well to begin with."""
    client.raise_request_exception = False
    answer = posted(client, form, {})
    found = [] if answer.status_code < 400 and answer.status_code != form.refused else [f"filled in well: {answer.status_code}"]
    for name, value, must_refuse in form.wrong():
        if wrong := amiss(posted(client, form, {name: value}), form, name, value, must_refuse):
            shown = value if value is None or len(value) < 40 else f"{value[:20]!r}… of {len(value)}"
            found.append(f"{name}={shown!r}: {wrong}")
    return found


def posted(client: Client, form: Form, typed: Mapping[str, Any]) -> Any:
    """The answer; whatever was written is taken back."""
    before, cookies = transaction.savepoint(), deepcopy(client.cookies)
    fields = {name: value for name, value in {**form.valid, **typed}.items() if value is not None}
    answer = client.post(form.url, urlencode(fields, doseq=True), content_type="application/x-www-form-urlencoded")
    transaction.savepoint_rollback(before)
    client.cookies = cookies
    return answer


def amiss(answer: Any, form: Form, name: str, value: Any, must_refuse: bool) -> str:
    if answer.status_code >= 500:
        return f"{answer.status_code} {answer.exc_info[1]!r}" if answer.exc_info else str(answer.status_code)
    if name in form.free and not must_refuse:
        return ""
    if answer.status_code != form.refused:
        return f"{answer.status_code}, not refused" if must_refuse else ""
    page = answer.content.decode()
    if must_refuse and (wrong := unsaid(page, name)) and (name not in form.told_at or unsaid(page, form.told_at[name])):
        return wrong
    lost = [one for one, text in {**form.valid, name: value}.items() if one in form.texts and not is_kept(form, one, text, page)]
    return f"lost {', '.join(lost)}" if lost else ""


def unsaid(page: str, name: str) -> str:
    """What is missing of a message in an element of the field's own, which the field points at; without a name, of one above the form."""
    if not name:
        return "" if re.search(r'role="alert"[^>]*>(?:\s|<[^>]*>)*[^\s<]', page) else "no message"
    said = re.search(rf'id="(id_{re.escape(name)}[_-]error)"[^>]*>(?:\s|<[^>]*>)*[^\s<]', page)
    if not said:
        return "no message beside the field"
    return "" if re.search(rf'aria-describedby="(?:[^"]* )?{re.escape(said[1])}[" ]', page) else "the field does not point at its message"


def is_kept(form: Form, name: str, text: Any, page: str) -> bool:
    """Whether the page has what was typed; what nobody would miss is passed over."""
    if name in form.secret or not isinstance(text, str) or text in BLANK or "\0" in text or "\u202e" in text:
        return True
    return escape(text) in page
