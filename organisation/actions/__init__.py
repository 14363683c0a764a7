"""Every write to organisations, departments, people and roles. Each leaves a line in the audit log.

A refusal is a ValidationError with a sentence for the reader, under the name of the form field it belongs to where there is one.
`by` is the person who acts, or None for the machine itself (a command).
"""

from organisation.actions.departments import (
    change_organisation,
    close_department,
    create_department,
    create_organisation,
    lock_trees,
    move_department,
    plant,
    rename_department,
    reopen_department,
)
from organisation.actions.people import (
    change_department,
    choose_settings,
    deactivate_person,
    edit_person,
    enrol,
    invite_person,
    reactivate_person,
    set_away,
)
from organisation.actions.roles import choose_deputy, end_role, give_role, set_deputy

__all__ = [
    "change_department",
    "change_organisation",
    "choose_deputy",
    "choose_settings",
    "close_department",
    "create_department",
    "create_organisation",
    "deactivate_person",
    "edit_person",
    "end_role",
    "enrol",
    "give_role",
    "invite_person",
    "lock_trees",
    "move_department",
    "plant",
    "reactivate_person",
    "rename_department",
    "reopen_department",
    "set_away",
    "set_deputy",
]
