"""How often one person may ask for something, counted in the cache."""

from __future__ import annotations

import time

from django.core.cache import cache


def is_too_fast(what: str, who: int, *, most: int, seconds: int = 60) -> bool:
    """Whether this is more than `most` times within the present stretch of time. A cache out of reach counts nothing and stops nobody."""
    key = f"pace:{what}:{who}:{int(time.time() // seconds)}"
    if cache.add(key, 1, 2 * seconds):
        return most < 1
    try:
        return cache.incr(key) > most
    except ValueError:  # it has just run out
        return False
