"""What the clock asks of contributions."""

from celery import shared_task

from contributions import search
from contributions.actions import files, parking


@shared_task(name="contributions.return_parked")
def return_parked() -> None:
    parking.return_parked()


@shared_task(name="contributions.refresh_words")
def refresh_words() -> None:
    search.refresh()


@shared_task(name="contributions.sweep_files")
def sweep_files() -> None:
    files.sweep()
