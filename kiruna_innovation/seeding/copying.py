"""Writing model instances with COPY."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, models


def copy_in(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Write rows (with their primary keys) into the model's own table, and move its sequence past them."""
    fields = model._meta.local_concrete_fields
    quoted = ", ".join(f'"{field.column}"' for field in fields)
    connection.ensure_connection()
    with connection.connection.cursor() as cursor, cursor.copy(f'COPY "{model._meta.db_table}" ({quoted}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row([field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields])
    if isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
        table, pk = model._meta.db_table, model._meta.pk.column
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{pk}'), (SELECT coalesce(max(\"{pk}\"), 1) FROM \"{table}\"))"  # noqa: S608
            )


def next_pk(model: type[models.Model]) -> int:
    highest: int | None = model._default_manager.aggregate(highest=models.Max("pk"))["highest"]
    return (highest or 0) + 1
