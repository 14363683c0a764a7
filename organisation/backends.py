"""How a session or a password becomes a Person."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from organisation.models import Person


class PersonBackend(AuthenticationBackend):
    """Reads the person with department and organisation in one query; deactivated people are nobody at once."""

    def get_user(self, user_id: Any) -> Person | None:
        person = Person.objects.with_place().filter(pk=user_id).first()
        return person if person and person.is_active else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """What a person may do is answered by the rules of each app, never by rows."""
        return False
