"""How a session or a password becomes a Person."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser

from organisation.models import Person


class PersonBackend(AuthenticationBackend):
    """Reads the person with department and organisation in one query; deactivated people are nobody at once."""

    def get_user(self, user_id: Any) -> Person | None:
        person = Person.objects.with_place().filter(pk=user_id).first()
        return person if person and self.user_can_authenticate(person) else None

    def user_can_authenticate(self, user: AbstractBaseUser | None) -> bool:
        return isinstance(user, Person) and user.is_active and user.email.rpartition("@")[2] not in settings.CLOSED_DOMAINS

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """What a person may do is answered by the rules of each app, never by rows."""
        return False
