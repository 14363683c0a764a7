"""A challenge, and what its stages hold. Everything beside the challenge itself hangs on the contribution and outlives a change of kind."""

from challenges.models.assessment import Assessment, AssessmentNote, Assessor, Criterion, NoteReply, Score
from challenges.models.challenge import Challenge
from challenges.models.leading import StepProposal
from challenges.models.understanding import Recognition, Why

__all__ = [
    "Assessment", "AssessmentNote", "Assessor", "Challenge", "Criterion", "NoteReply", "Recognition", "Score", "StepProposal", "Why",
]  # fmt: skip
