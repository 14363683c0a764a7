"""`manage.py demo`, on any day."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import Settings

from contributions.models import Contribution
from organisation.actions.departments import create_department, create_organisation
from organisation.actions.people import invite_person
from organisation.enums import OrganisationKind
from organisation.models import Person

pytestmark = pytest.mark.django_db


def test_it_loads_on_any_day(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    """New Year's Day, a Saturday, five past midnight."""
    settings.DEMO = True
    with time_machine.travel(datetime.datetime(2028, 1, 1, 0, 5, tzinfo=timezone.get_default_timezone())):
        call_command("demo")
        late = Contribution.objects.awaiting_answer().filter(promised_on__lt=timezone.localdate(), promise_paused_at__isnull=True)
        assert late.count() == 2
    assert capsys.readouterr().out.startswith("The demo is there: 123 people, 62 contributions, ")


def test_without_demo_the_accounts_are_never_created(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="Set DEMO=1"):
        call_command("demo")
    assert not Person.objects.get_queryset().exists()


def test_where_people_are_it_changes_nothing(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    settings.DEMO = True
    organisation = create_organisation(by=None, name="Kiruna kommun", kind=OrganisationKind.MUNICIPALITY)
    library = create_department(by=None, organisation=organisation, name="Bibliotek", code="BIB")
    invite_person(by=None, email="karin@kiruna.example", given_name="Karin", family_name="Mukkavaara", department=library)
    call_command("demo")
    assert (Person.objects.get_queryset().count(), Contribution.objects.count(), capsys.readouterr().out) == (1, 0, "")
