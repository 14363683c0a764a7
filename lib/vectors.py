"""A column of pgvector's: a direction of so many numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    AnyField = models.Field[Any, Any]
else:
    AnyField = models.Field


def as_vector(numbers: Sequence[float]) -> str:
    """As pgvector reads it."""
    return f"[{','.join(f'{number:.4f}' for number in numbers)}]"


class VectorField(AnyField):
    """Numbers, `dimensions` of them; NULL where there is no direction. https://github.com/pgvector/pgvector"""

    def __init__(self, *args: Any, dimensions: int, **kwargs: Any) -> None:
        self.dimensions = dimensions
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "dimensions": self.dimensions}

    def db_type(self, connection: Any) -> str:
        return f"vector({self.dimensions})"

    def get_prep_value(self, value: Sequence[float] | None) -> str | None:
        return None if value is None else as_vector(value)

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> list[float] | None:
        return None if value is None else [float(number) for number in value[1:-1].split(",")]
