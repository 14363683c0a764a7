from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404

from lib.access import find

pytestmark = pytest.mark.django_db


class Somebody:
    """Has the permissions it is given, over the object of that label only."""

    def __init__(self, app_label: str, *perms: str) -> None:
        self.app_label = app_label
        self.perms = perms

    def has_perm(self, perm: str, obj: Any = None, /) -> bool:
        return perm in self.perms and obj is not None and obj.app_label == self.app_label


@pytest.fixture
def kind() -> ContentType:
    return ContentType.objects.create(app_label="here", model="thing")


def test_finds_what_may_be_seen(kind: ContentType) -> None:
    assert find(Somebody("here", "see"), ContentType.objects.all(), see="see", pk=kind.pk) == kind


def test_finds_what_may_be_seen_and_done(kind: ContentType) -> None:
    assert find(Somebody("here", "see", "do"), ContentType.objects.all(), see="see", do="do", model="thing", app_label="here") == kind


def test_what_may_be_seen_but_not_done_is_forbidden(kind: ContentType) -> None:
    with pytest.raises(PermissionDenied):
        find(Somebody("here", "see"), ContentType.objects.all(), see="see", do="do", pk=kind.pk)


@pytest.mark.parametrize("perms", [(), ("do",)])
def test_what_may_not_be_seen_is_not_there(kind: ContentType, perms: tuple[str, ...]) -> None:
    with pytest.raises(Http404):
        find(Somebody("here", *perms), ContentType.objects.all(), see="see", do="do", pk=kind.pk)


def test_the_object_is_asked_about_not_only_its_kind(kind: ContentType) -> None:
    with pytest.raises(Http404):
        find(Somebody("elsewhere", "see"), ContentType.objects.all(), see="see", pk=kind.pk)


def test_what_the_queryset_leaves_out_is_not_there(kind: ContentType) -> None:
    with pytest.raises(Http404):
        find(Somebody("here", "see"), ContentType.objects.exclude(pk=kind.pk), see="see", pk=kind.pk)


@pytest.mark.parametrize(
    "lookup",
    [
        {"pk": 0},
        {"pk": -1},
        {"pk": 10**30},
        {"pk": "x"},
        {"pk": ""},
        {"pk": [1]},
        {"pk": None},
        {"pk": "1\0"},
        {"model": "a\0"},
        {"model": "\ud800"},
    ],
)
def test_a_value_nothing_can_have_is_not_there(lookup: dict[str, Any]) -> None:
    with pytest.raises(Http404):
        find(Somebody("here", "see"), ContentType.objects.all(), see="see", **lookup)
    assert ContentType.objects.exists()  # and the transaction still works
