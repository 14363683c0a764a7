"""How often one person may ask for something."""

from __future__ import annotations

import pytest
import time_machine
from django.core.cache import cache

from lib.pace import is_too_fast


@pytest.fixture(autouse=True)
def _empty() -> None:
    cache.clear()


def test_each_person_has_a_count_of_their_own_that_begins_anew() -> None:
    with time_machine.travel("2026-03-02 10:00:00+00:00", tick=False) as clock:
        assert [is_too_fast("names", 1, most=2) for _ in range(4)] == [False, False, True, True]
        assert not is_too_fast("names", 2, most=2)
        assert not is_too_fast("other", 1, most=2)
        clock.shift(60)
        assert not is_too_fast("names", 1, most=2)
