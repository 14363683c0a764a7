"""What the clock asks of triage."""

from celery import shared_task

from triage import actions


@shared_task(name="triage.remind")
def remind() -> None:
    actions.remind()
