from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from organisation.actions import give_role
from organisation.enums import Role
from organisation.models import Person


class Command(BaseCommand):
    help = "Make somebody an administrator of the whole group: the first one, who then gives the other roles."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *, email: str, **options: Any) -> None:
        try:
            person = Person.objects.get_by_natural_key(email)
        except Person.DoesNotExist as error:
            raise CommandError(_("There is no account with the address %s. Import it first.") % email) from error
        try:
            give_role(by=None, person=person, role=Role.ADMIN)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(_("%s now administers the whole group.") % person.full_name)
