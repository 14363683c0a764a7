"""What the clock asks of contributions."""

from celery import shared_task

from contributions.actions import parking


@shared_task(name="contributions.return_parked")
def return_parked() -> None:
    parking.return_parked()
