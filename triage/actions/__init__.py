"""What is done in triage: the promise's reminders here, labels, many at once and introductions in their own modules."""

from triage.actions.reminders import remind

__all__ = ["remind"]
