from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class ChallengesConfig(AppConfig):
    name = "challenges"

    def ready(self) -> None:
        from challenges import rules  # noqa: F401 - names the permissions
        from challenges.actions.assessing import BEGAN, ENDED, ENDED_EARLY
        from challenges.actions.leading import LEADS, LEADS_NO_MORE
        from challenges.actions.windows import WINDOW_CLOSED
        from challenges.messages import KINDS
        from challenges.models import Challenge, Why
        from challenges.steps import CHALLENGE_STEPS
        from contributions import lifecycle
        from contributions.enums import Kind
        from notifications import outbox

        outbox.register(*KINDS)
        lifecycle.register(
            lifecycle.KindSpec(
                kind=Kind.CHALLENGE,
                child=Challenge,
                steps=CHALLENGE_STEPS,
                columns=("root_problem", "ideas_close_at"),
                searched=("root_problem",),
                notes={
                    WINDOW_CLOSED: pgettext_lazy("trail", "The time for ideas ended"),
                    BEGAN: pgettext_lazy("trail", "The ideas are being assessed"),
                    ENDED: pgettext_lazy("trail", "All assessments are in"),
                    ENDED_EARLY: pgettext_lazy("trail", "The assessment was ended before all were in"),
                    LEADS: pgettext_lazy("trail", "Leads it from now on"),
                    LEADS_NO_MORE: pgettext_lazy("trail", "Leads it no longer"),
                },
                beside=((Why, ("question", "answer")),),
            )
        )
