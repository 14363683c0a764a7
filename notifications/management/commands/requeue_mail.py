"""`manage.py requeue_mail`: after a wrong mail setting has been mended, send what was given up meanwhile."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import delivery

MOST_DAYS = 3650


class Command(BaseCommand):
    help = "Put mail that was given up in the last days back in the queue. What its reader may no longer see is dropped when it is sent."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--days", type=int, default=7, help="how far back, 7 by default")

    def handle(self, *, days: int, **_options: Any) -> None:
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(_("Give between 1 and %d days.") % MOST_DAYS)
        count = delivery.requeue(days=days)
        self.stdout.write(ngettext("%d mail waits again.", "%d mails wait again.", count) % count)
