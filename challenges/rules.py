"""Who may work on a challenge's stages: those who lead it, whatever their organisation, and its coordinators; while the status leaves it open."""

import rules

from contributions.enums import Opening
from contributions.rules import answers_for, is_lead, leaves_open, may_see

drives = may_see & (is_lead | answers_for)

rules.add_perm("challenges.understand", drives & leaves_open(Opening.UNDERSTAND))
rules.add_perm("challenges.plan", drives & leaves_open(Opening.PLAN))
rules.add_perm("challenges.try", drives & leaves_open(Opening.TRY))
rules.add_perm("challenges.spread", drives & leaves_open(Opening.SPREAD))
