"""Steps: data that lifecycle carries out. Each kind's own are in ideas.steps and challenges.steps."""

from contributions.steps.merging import hold
from contributions.steps.shared import LEARNING, MOVED, back, onward, shared_steps
from contributions.steps.step import Changes, Clock, Step, Told, Values, unchanged

__all__ = ["LEARNING", "MOVED", "Changes", "Clock", "Step", "Told", "Values", "back", "hold", "onward", "shared_steps", "unchanged"]
