"""The signed part of an unsubscribe address: whose mail, and which. It carries its own proof, so that no sign-in is needed (RFC 8058)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

DIGEST = "digest"
"""Stands among the kinds' codes for the digest itself."""

_signer = Signer(salt="notifications.unsubscribe")


class Wish(NamedTuple):
    """Whose mail is to stop, and which: codes of kinds, or DIGEST."""

    person_id: int
    codes: tuple[str, ...]


def token_of(wish: Wish) -> str:
    return _signer.sign_object([wish.person_id, *sorted(wish.codes)])


def wish_in(token: str) -> Wish | None:
    """None for a token that is not ours."""
    try:
        person_id, *codes = _signer.unsign_object(token)
    except (BadSignature, ValueError, UnicodeError):
        return None
    return Wish(person_id, tuple(codes))


def address(person_id: int, codes: Iterable[str]) -> str:
    return settings.SITE_URL + reverse("notifications:unsubscribe", args=(token_of(Wish(person_id, tuple(codes))),))
