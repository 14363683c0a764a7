"""What the clock asks of challenges."""

from celery import shared_task

from challenges.actions import assessing, reminders, windows


@shared_task(name="challenges.close_windows")
def close_windows() -> None:
    windows.close_windows()
    assessing.settle_all()


@shared_task(name="challenges.remind")
def remind() -> None:
    reminders.remind()
