"""Addresses of the queue, and keys on what can be pressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from challenges.queries.leading import Proposed, proposed
from contributions.models import Contribution
from triage.queries.background import Drafted, drafted
from triage.queries.queue import Wish

register = template.Library()


@register.simple_tag
def queue_address(wish: Wish, **more: Any) -> str:
    """The queue as wanted, with this changed."""
    return wish.address(**more)


@register.filter
def proposed_step(row: Contribution) -> Proposed | None:
    """What somebody who leads a row of the queue proposes."""
    return proposed(row)


@register.filter
def answers_drafted(row: Contribution) -> list[Drafted]:
    """The answers to a row of the queue that are being written."""
    return drafted(row)


@register.simple_tag(takes_context=True)
def key(context: Mapping[str, Any], letter: str, *, anywhere: bool = False, focus: bool = False) -> SafeString | str:
    """The attribute that gives a link or a button its key; nothing for whoever has switched single keys off.

    `anywhere`: also while it is folded away. `focus`: the key leads to it and does not press it, for what cannot be taken back.
    """
    if not letter or not getattr(context.get("user"), "single_keys", False):
        return ""
    return format_html(' aria-keyshortcuts="{}"{}{}', letter, " data-key-anywhere" if anywhere else "", " data-key-focus" if focus else "")
