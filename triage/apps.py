from django.apps import AppConfig


class TriageConfig(AppConfig):
    name = "triage"

    def ready(self) -> None:
        from notifications import outbox
        from triage.messages import INTRODUCED, PROMISE_KINDS

        outbox.register(*PROMISE_KINDS, INTRODUCED)
