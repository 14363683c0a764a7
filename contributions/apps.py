from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "contributions"

    def ready(self) -> None:
        from contributions.messages import KINDS
        from notifications import outbox

        outbox.register(*KINDS)
