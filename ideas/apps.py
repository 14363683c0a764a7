from django.apps import AppConfig


class IdeasConfig(AppConfig):
    name = "ideas"

    def ready(self) -> None:
        from contributions import lifecycle
        from contributions.enums import Kind
        from ideas.models import Idea
        from ideas.steps import IDEA_STEPS

        columns = ("proposal", "benefit")
        lifecycle.register(
            lifecycle.KindSpec(kind=Kind.IDEA, child=Idea, steps=IDEA_STEPS, columns=columns, searched=columns, edited=columns)
        )
