"""The coordinator's queue over both kinds, and the promise's reminders."""
