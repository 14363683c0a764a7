"""The accounts of the demo, one for each thing to try."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PASSWORD = "kiruna-demo"  # noqa: S105  # said aloud on the sign-in page of the demo


@dataclass(frozen=True)
class DemoAccount:
    """A person to try the product as. `mark` is the organisation's colour and shape."""

    email: str
    label: str | Promise
    initials: str
    mark: int


ACCOUNTS = (
    DemoAccount("medarbetare@kiruna.example", _("Employee"), "M", 1),
    DemoAccount("ambassador@kiruna.example", _("Innovation ambassador"), "I", 1),
    DemoAccount("koordinator@kiruna.example", _("Coordinator"), "K", 1),
    DemoAccount("admin@kiruna.example", _("Administrator"), "A", 1),
    DemoAccount("medarbetare@tvk.example", _("Employee at Tekniska Verken"), "M", 2),
    DemoAccount("koordinator@tvk.example", _("Coordinator at Tekniska Verken"), "K", 2),
)
ADDRESSES = tuple(account.email for account in ACCOUNTS)
