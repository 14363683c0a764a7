"""A challenge, and what its stages hold. Everything beside the challenge itself hangs on the contribution and outlives a change of kind."""

from challenges.models.challenge import Challenge
from challenges.models.leading import StepProposal
from challenges.models.understanding import Recognition, Why

__all__ = ["Challenge", "Recognition", "StepProposal", "Why"]
