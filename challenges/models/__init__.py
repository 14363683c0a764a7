"""A challenge, and what its stages hold. Everything beside the challenge itself hangs on the contribution and outlives a change of kind."""

from challenges.models.assessment import Assessment, AssessmentNote, Assessor, Criterion, NoteReply, Score
from challenges.models.challenge import Challenge
from challenges.models.leading import StepProposal
from challenges.models.plan import PlanItem, Resource
from challenges.models.spread import Adoption, Result
from challenges.models.trials import Trial, Way
from challenges.models.understanding import Recognition, Why

__all__ = [
    "Adoption", "Assessment", "AssessmentNote", "Assessor", "Challenge", "Criterion", "NoteReply", "PlanItem", "Recognition", "Resource",
    "Result", "Score", "StepProposal", "Trial", "Way", "Why",
]  # fmt: skip
