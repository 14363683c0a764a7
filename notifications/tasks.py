"""What beat wakes. Each may run twice at once, late, or not at all for a while: nothing is lost or doubled."""

from celery import shared_task

from notifications import delivery, digests


@shared_task(name="notifications.deliver", soft_time_limit=delivery.TASK_SECONDS - 10, time_limit=delivery.TASK_SECONDS)
def deliver() -> None:
    delivery.deliver()


@shared_task(name="notifications.gather_digests")
def gather_digests() -> None:
    digests.gather()
