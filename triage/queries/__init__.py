"""What triage reads: the queue, the rota, and what helps answering one item."""

from triage.queries.queue import SOON_WORKING_DAYS, Counts, Wish, awaiting, counts, next_promise, open_reports, queue
from triage.queries.rota import Rota

__all__ = ["SOON_WORKING_DAYS", "Counts", "Rota", "Wish", "awaiting", "counts", "next_promise", "open_reports", "queue"]
