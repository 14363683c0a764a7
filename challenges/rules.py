"""Who may work on a challenge's understanding: those who lead it, whatever their organisation, and its coordinators."""

import rules

from contributions.rules import answers_for, is_lead, leaves_open_edit, may_see

rules.add_perm("challenges.understand", may_see & (is_lead | answers_for) & leaves_open_edit)
