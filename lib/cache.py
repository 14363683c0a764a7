"""Redis as a cache that nobody has to be able to reach."""

from __future__ import annotations

from functools import wraps
from typing import Any

import structlog
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
LAST_ARGUMENT = object()


def _forgiving(name: str, otherwise: Any) -> Any:
    """The client's method of this name, which answers `otherwise` where it would raise that Redis is out of reach."""
    ask = getattr(RedisCacheClient, name)

    @wraps(ask)
    def asked(*arguments: Any, **named: Any) -> Any:
        try:
            return ask(*arguments, **named)
        except RedisError as error:
            log.warning("cache out of reach", error=type(error).__name__)
            return arguments[-1] if otherwise is LAST_ARGUMENT else otherwise

    return asked


class _ForgivingClient(RedisCacheClient):
    """Out of reach it answers as if nothing were kept and every key were free."""

    add = _forgiving("add", True)
    get = _forgiving("get", LAST_ARGUMENT)  # the default
    set = _forgiving("set", None)
    touch = _forgiving("touch", False)
    delete = _forgiving("delete", False)
    get_many = _forgiving("get_many", {})
    has_key = _forgiving("has_key", False)
    incr = _forgiving("incr", LAST_ARGUMENT)  # the step, as if counting began now
    set_many = _forgiving("set_many", None)
    delete_many = _forgiving("delete_many", None)
    clear = _forgiving("clear", False)


class ForgivingRedisCache(RedisCache):
    """With Redis stopped the pages answer; what it counted (sign-in attempts) starts from nothing, and so lets people through."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = _ForgivingClient
