"""What the clock asks of challenges."""

from celery import shared_task

from challenges import actions


@shared_task(name="challenges.close_windows")
def close_windows() -> None:
    actions.close_windows()
