"""A challenge, and what its stages hold. Everything beside the challenge itself hangs on the contribution and outlives a change of kind."""

from challenges.models.challenge import Challenge
from challenges.models.understanding import Why

__all__ = ["Challenge", "Why"]
