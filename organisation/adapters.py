"""How django-allauth is fitted to this house."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ClosedDoorAdapter(DefaultAccountAdapter):
    """People are invited by an admin or imported; nobody signs up by themselves."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Also of what cannot be read as an address at all."""
        try:
            return bool(super().is_safe_url(url))
        except ValueError:
            return False
