"""Steps: data that lifecycle carries out. Each kind's own are in ideas.steps and challenges.steps."""

from contributions.steps.merging import hold
from contributions.steps.shared import LEARNING, back, onward, shared_steps
from contributions.steps.step import Changes, Clock, Step, Told, Values

__all__ = ["LEARNING", "Changes", "Clock", "Step", "Told", "Values", "back", "hold", "onward", "shared_steps"]
