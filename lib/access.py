"""The one door through which views get an object."""

from typing import Any, Protocol, TypeVar

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.db import models
from django.db.models import QuerySet
from django.http import Http404

M = TypeVar("M", bound=models.Model)


class Asker(Protocol):
    """Whoever asks: a person, or somebody not signed in."""

    def has_perm(self, perm: str, obj: Any = None, /) -> bool: ...


def find(person: Asker, queryset: QuerySet[M], *, see: str, do: str | None = None, **lookup: Any) -> M:
    """The object, for a person with the permission `see` over it (and `do`, when given).

    Raises Http404 when there is no such object or the person may not know of it, PermissionDenied when they may see it but
    not do this. A lookup value that no object can have (text as a number, NUL) is no such object.
    """
    try:
        if any("\0" in value for value in lookup.values() if isinstance(value, str)):
            raise Http404
        found = queryset.get(**lookup)
    except (ObjectDoesNotExist, ValueError, TypeError, ValidationError) as error:
        raise Http404 from error
    if not person.has_perm(see, found):
        raise Http404
    if do is not None and not person.has_perm(do, found):
        raise PermissionDenied
    return found
