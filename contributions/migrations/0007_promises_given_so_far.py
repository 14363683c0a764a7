"""Everything that has been sent gets the record of its promise. What was withdrawn or handed over before is not known, and is not guessed."""

from django.db import migrations
from django.utils import timezone

from lib.working_days import working_days_between


def record(apps, _schema_editor):
    Contribution, PromiseRecord = (apps.get_model("contributions", name) for name in ("Contribution", "PromiseRecord"))
    sent = Contribution.objects.filter(submitted_at__isnull=False, promised_on__isnull=False, promises__isnull=True)
    rows = sent.values_list("pk", "owner_organisation_id", "submitted_at", "promised_on", "promise_paused_at", "answered_at")
    batch = []
    for row in rows.iterator(chunk_size=2000):
        batch.append(PromiseRecord(**_columns(*row)))
        if len(batch) == 2000:
            PromiseRecord.objects.bulk_create(batch)
            batch = []
    PromiseRecord.objects.bulk_create(batch)


def _columns(pk, owner, submitted_at, promised_on, paused_at, answered_at):
    columns = {
        "contribution_id": pk, "organisation_id": owner, "started_at": submitted_at,
        "first_promised_on": promised_on, "promised_on": promised_on, "paused_at": paused_at,
    }
    if answered_at is None:
        return columns
    started, day = timezone.localdate(submitted_at), timezone.localdate(answered_at)
    return columns | {
        "started_at": min(submitted_at, answered_at), "paused_at": None, "ended_at": answered_at, "ending": "answered",
        "is_kept": day <= promised_on, "took": max(0, working_days_between(started, day)),
    }


class Migration(migrations.Migration):
    dependencies = [("contributions", "0006_promise_records")]

    operations = [migrations.RunPython(record, migrations.RunPython.noop, elidable=True)]
