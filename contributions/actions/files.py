"""Attaching files to a contribution, and taking them away."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import File
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Count, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from contributions.lifecycle import lock
from contributions.models import Attachment, Contribution
from contributions.models.attachment import FOLDER
from lib.uploads.examine import Kept, examine
from organisation.models import Person

MOST_FILES = 5
FILES_A_DAY = 50
MEGABYTE = 1024 * 1024
BYTES_A_DAY = 200 * MEGABYTE
UNCLAIMED_FOR = datetime.timedelta(days=1)
"""Longer than any upload takes, whose files lie in the store before its row does."""


def attach(*, by: Person, contribution: Contribution, file: IO[bytes], name: str) -> Attachment:
    """Keep what may be kept of the file. The same file on the same contribution is one row.

    Raises PermissionDenied, or ValidationError with what to tell whoever chose it. The file is judged and a picture redrawn before anything is locked.
    """
    if not by.has_perm("contributions.edit", contribution):
        raise PermissionDenied
    _check_quota(by, 0)
    kept = examine(file, name)
    row = Attachment(
        contribution=contribution,
        by=by,
        name=kept.name,
        media_type=kept.media_type,
        size=kept.size,
        sha256=kept.sha256,
        width=kept.width,
        height=kept.height,
    )
    with kept, _stored(row, kept), transaction.atomic():
        locked = lock(contribution.pk)
        if not by.has_perm("contributions.edit", locked):
            raise PermissionDenied
        if same := Attachment.objects.filter(contribution=locked, sha256=kept.sha256).first():
            return same
        _check_room(locked)
        Person.objects.select_for_update(no_key=True).get(pk=by.pk)  # one day's count at a time
        _check_quota(by, kept.size)
        row.save()
        _touch(locked)
    return row


@contextmanager
def _stored(row: Attachment, kept: Kept) -> Iterator[None]:
    """The files lie in the store before their row does, and are taken away again when no row comes to point at them."""
    try:
        _store(row, kept)
        yield
    except BaseException:
        discard(row)
        raise
    if not row.pk:
        discard(row)


def _store(row: Attachment, kept: Kept) -> None:
    try:
        row.file.save(kept.name, File(kept.file), save=False)
        if kept.thumbnail is not None:
            row.thumbnail.save(kept.name, File(kept.thumbnail), save=False)
    except OSError as error:  # a full disk, say
        raise ValidationError(_("The file could not be saved just now. Try again in a while."), code="not_stored") from error


@transaction.atomic
def detach(*, by: Person, contribution: Contribution, file: int) -> None:
    """Take the file with this id away, its row now and what lies in the store once that is certain. One that is gone already is no error."""
    locked = lock(contribution.pk)
    if not by.has_perm("contributions.edit", locked):
        raise PermissionDenied
    row = Attachment.objects.filter(contribution=locked, pk=file).first()
    if row is None:
        return
    Attachment.objects.filter(pk=row.pk).delete()
    _touch(locked)
    transaction.on_commit(lambda: discard(row))


def sweep() -> int:
    """Delete what lies in the store without a row, as after a crash between the two, once it is a day old. Returns how many files went."""
    store: Storage = Attachment._meta.get_field("file").storage
    if not store.exists(FOLDER):
        return 0
    before, swept = timezone.now() - UNCLAIMED_FOR, 0
    for folder in store.listdir(FOLDER)[0]:
        names = {f"{FOLDER}/{folder}/{name}" for name in store.listdir(f"{FOLDER}/{folder}")[1]}
        old = {name for name in names if store.get_modified_time(name) < before}
        claimed = Attachment.objects.filter(Q(file__in=old) | Q(thumbnail__in=old)).values_list("file", "thumbnail") if old else ()
        for name in old.difference(*claimed):
            store.delete(name)
            swept += 1
    return swept


def discard(row: Attachment) -> None:
    store: Storage = row.file.storage
    for name in (row.file.name, row.thumbnail.name):
        if name:
            store.delete(name)


def _check_room(contribution: Contribution) -> None:
    if Attachment.objects.filter(contribution=contribution).count() >= MOST_FILES:
        said = _("At most %(number)s files fit. Take one away first.")
        raise ValidationError(said % {"number": MOST_FILES}, code="full")


def _check_quota(by: Person, more: int) -> None:
    """What the person has attached since midnight and still stands."""
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today = Attachment.objects.filter(by=by, created_at__gte=midnight).aggregate(number=Count("pk"), length=Sum("size", default=0))
    if today["number"] >= FILES_A_DAY or today["length"] + more > BYTES_A_DAY:
        said = _("You have reached today's limit: %(number)d files or %(size)d MB. Go on tomorrow.")
        raise ValidationError(said % {"number": FILES_A_DAY, "size": BYTES_A_DAY // MEGABYTE}, code="quota")


def _touch(contribution: Contribution) -> None:
    """A change like one of the texts, but no new version: a form that is open meanwhile can still be saved."""
    now: datetime.datetime = timezone.now()
    contribution.edited_at = now
    columns = ["edited_at"]
    if contribution.is_draft:
        contribution.last_activity_at = now
        columns.append("last_activity_at")
    contribution.save(update_fields=columns)
