"""What people are told of challenges."""

from challenges.messages.stages import STAGE_KINDS
from challenges.messages.windows import WINDOW_KINDS

KINDS = (*WINDOW_KINDS, *STAGE_KINDS)

__all__ = ["KINDS"]
