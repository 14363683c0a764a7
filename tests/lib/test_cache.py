"""The cache with a Redis that is there, and with one that is not."""

from typing import Any

from lib.cache import ForgivingRedisCache


def use(cache: ForgivingRedisCache) -> list[Any]:
    cache.set("a", 1)
    cache.set_many({"b": 2})
    answers = [cache.get("a"), cache.get("a", "none"), cache.get_many(["a", "b"]), "a" in cache, cache.add("a", 3), cache.add("c", 3)]
    answers += [cache.touch("a"), cache.delete("a"), cache.get_or_set("d", 4)]
    cache.delete_many(["b", "d"])
    cache.clear()
    return answers


def test_it_keeps_things(redis_url: str) -> None:
    cache = ForgivingRedisCache(redis_url, {})
    assert use(cache) == [1, 1, {"a": 1, "b": 2}, True, False, True, True, True, 4]
    cache.set("n", 1)
    assert cache.incr("n", 2) == 3


def test_out_of_reach_it_is_empty_and_lets_everybody_through() -> None:
    cache = ForgivingRedisCache("redis://127.0.0.1:1/0", {})
    assert use(cache) == [None, "none", {}, False, True, True, False, False, 4]
    assert cache.incr("n", 2) == 2
