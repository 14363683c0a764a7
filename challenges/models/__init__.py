"""A challenge, and what its stages hold. Everything beside the challenge itself hangs on the contribution and outlives a change of kind."""

from challenges.models.challenge import Challenge
from challenges.models.plan import PlanItem, Resource
from challenges.models.spread import Adoption, Result
from challenges.models.trials import Trial, Way
from challenges.models.understanding import Why

__all__ = ["Adoption", "Challenge", "PlanItem", "Resource", "Result", "Trial", "Way", "Why"]
