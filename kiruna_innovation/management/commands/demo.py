"""`manage.py demo`: fills an empty database with the demo."""

from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kiruna_innovation.demo.load import DemoIsOff, load
from organisation.models import Person


class Command(BaseCommand):
    help = "Fill an empty database with the demo's group, people and contributions. Does nothing where people already are."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEMO and Person.objects.get_queryset().exists():
            return
        start = monotonic()
        try:
            made = load()
        except DemoIsOff as refusal:
            sentence = "The demo's accounts have a password that everybody knows. Set DEMO=1 to allow them; nothing was changed."
            raise CommandError(sentence) from refusal
        self.stdout.write(
            f"The demo is there: {made.people} people, {made.contributions} contributions, {made.comments} comments, "
            f"{made.supports} times support, after {monotonic() - start:.1f} s."
        )
