from collections.abc import Mapping

from django.apps import AppConfig
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


class ChallengesConfig(AppConfig):
    name = "challenges"

    def ready(self) -> None:
        from challenges import rules  # noqa: F401 - names the permissions
        from challenges.messages import KINDS
        from challenges.models import Adoption, Challenge, PlanItem, Recognition, Resource, Result, StepProposal, Trial, Way, Why
        from challenges.models.assessment import AssessmentNote, Criterion, NoteReply
        from challenges.queries.trials import last_learnt
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
                notes=self.notes(),
                beside=((Why, ("question", "answer")),),
                around=(
                    (Recognition, ("sentence", "words")),
                    (StepProposal, ("text",)),
                    (PlanItem, ("what",)),
                    (Resource, ("what", "note")),
                    (Way, ("manager", "body", "ground", "registration_number", "reason")),
                    (Trial, ("believed", "tried", "place", "happened", "next")),
                    (Result, ("text", "effect", "unit")),
                    (Adoption, ("changed", "learnt")),
                    (Criterion, ("name",)),
                    (AssessmentNote, ("text",)),
                    (NoteReply, ("text",)),
                ),
                learnt=last_learnt,
            )
        )

    def notes(self) -> Mapping[str, str | Promise]:
        """Labels of the lines on the trail that no step makes."""
        from challenges.actions.assessing import BEGAN, CRITERIA_CHANGED, ENDED, ENDED_EARLY
        from challenges.actions.leading import LEADS, LEADS_NO_MORE
        from challenges.actions.spread import ADOPTED_BY, ADOPTED_NO_MORE
        from challenges.actions.trials import WAY_CHOSEN, WAY_MOVED
        from challenges.actions.windows import WINDOW_CLOSED

        return {
            WINDOW_CLOSED: pgettext_lazy("trail", "The time for ideas ended"),
            BEGAN: pgettext_lazy("trail", "The ideas are being assessed"),
            CRITERIA_CHANGED: pgettext_lazy("trail", "The criteria of the assessment were changed"),
            ENDED: pgettext_lazy("trail", "All assessments are in"),
            ENDED_EARLY: pgettext_lazy("trail", "The assessment was ended by those who lead it"),
            LEADS: pgettext_lazy("trail", "Leads it from now on"),
            LEADS_NO_MORE: pgettext_lazy("trail", "Leads it no longer"),
            WAY_CHOSEN: pgettext_lazy("trail", "The way on was chosen"),
            WAY_MOVED: pgettext_lazy("trail", "Another way on was chosen"),
            ADOPTED_BY: pgettext_lazy("trail", "Taken up by"),
            ADOPTED_NO_MORE: pgettext_lazy("trail", "No longer done by"),
        }
