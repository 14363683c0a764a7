"""Many at the same moment: the limits hold."""

from __future__ import annotations

import io
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from contributions.actions import files
from contributions.actions.files import attach
from contributions.enums import Kind
from contributions.models import Attachment, Contribution
from organisation.models import Person
from tests.contributions.threads import at_once
from tests.contributions.world import World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    return tmp_path / "files"


def one(person: int, about: int, words: str) -> str:
    by, contribution = Person.objects.with_place().get(pk=person), Contribution.objects.with_place().get(pk=about)
    try:
        return attach(by=by, contribution=contribution, file=io.BytesIO(words.encode()), name="a.txt").name
    except ValidationError as refusal:
        return str(refusal.code)


def on_the_disk(store: Path) -> int:
    return len([path for path in store.rglob("*") if path.is_file()])


def test_a_days_limit_holds_when_all_comes_at_once(world: World, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FILES_A_DAY", 6)
    author = world.people["author"].pk
    abouts = [world.contribution(Kind.IDEA).pk for _ in range(10)]
    came = at_once(*(partial(one, author, about, f"Rad {place}") for place, about in enumerate(abouts)))
    assert Counter(came) == {"a.txt": 6, "quota": 4}
    assert (Attachment.objects.count(), on_the_disk(store)) == (6, 6)


def test_five_fit_when_ten_come_at_once(world: World, store: Path) -> None:
    author, about = world.people["author"].pk, world.contribution(Kind.IDEA).pk
    came = at_once(*(partial(one, author, about, f"Rad {place}") for place in range(10)))
    assert Counter(came) == {"a.txt": 5, "full": 5}
    assert (Attachment.objects.count(), on_the_disk(store)) == (5, 5)


def test_the_same_file_ten_times_at_once_is_one_row(world: World, store: Path) -> None:
    author, about = world.people["author"].pk, world.contribution(Kind.IDEA).pk
    assert at_once(*(partial(one, author, about, "Samma") for _ in range(10))) == ["a.txt"] * 10
    assert (Attachment.objects.count(), on_the_disk(store)) == (1, 1)
