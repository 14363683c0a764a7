"""One at a time, where a check and a write belong together."""

from django.db import connection
from django.db.models import Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact


def lock(name: str, key: int = 0) -> None:
    """Wait until nobody else holds the lock of this name and key; hold it until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"organisation.{name}", key])


def same_but_for_case(column: str, text: str) -> Exact:
    """As the unique constraints compare."""
    return Exact(Lower(column), Lower(Value(text)))
