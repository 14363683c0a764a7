"""The seed keeps every invariant that the lifecycle and the actions keep."""

import pytest
from django.core.management import call_command
from django.db.models import Count, F

from contributions.models import Contribution, SearchRow, TrailEntry
from organisation.models import Person


@pytest.mark.django_db
def test_seed_is_whole_and_deterministic() -> None:
    call_command("seed", "--people", "60", "--ideas", "120", "--comments", "400", "--seed", "3")
    assert Person.objects.count() == 60
    assert Contribution.objects.count() == SearchRow.objects.count() == 120
    counted = Contribution.objects.annotate(rows=Count("comments", distinct=True), people=Count("supports__person", distinct=True))
    assert not counted.exclude(comment_count=F("rows")).exists()
    assert not counted.exclude(support_count=F("people")).exists()
    assert not Contribution.objects.filter(trail__isnull=True).exists()
    first = Contribution.objects.order_by("pk").values_list("title", flat=True)[0]
    call_command("seed", "--people", "60", "--ideas", "120", "--comments", "0", "--seed", "3")
    assert Contribution.objects.order_by("pk").values_list("title", flat=True)[120] == first


@pytest.mark.django_db
def test_every_last_trail_entry_says_where_it_stands() -> None:
    call_command("seed", "--people", "60", "--ideas", "80", "--comments", "0")
    for contribution in Contribution.objects.all():
        last = TrailEntry.objects.filter(contribution=contribution).order_by("-pk").first()
        assert last is not None
        assert last.to_status == contribution.status
