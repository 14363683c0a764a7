"""What people are told of challenges."""

from challenges.messages.stages import STAGE_KINDS
from challenges.messages.working import WORK_KINDS

KINDS = (*WORK_KINDS, *STAGE_KINDS)

__all__ = ["KINDS"]
