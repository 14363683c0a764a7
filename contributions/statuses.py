"""What each status means: which kinds may have it, and what it leaves open. The constraint, the rules and the lifecycle read it here."""

from collections.abc import Mapping

from contributions.enums import Audience, Kind, Opening, Status

_AT_REST = (Status.NEEDS_AUTHOR, Status.PARKED, Status.DECLINED, Status.MERGED)

WAY: Mapping[Kind, tuple[Status, ...]] = {
    Kind.IDEA: (Status.SUBMITTED, Status.EXPLORING, Status.PLANNED, Status.TESTING, Status.ADOPTED),
    Kind.CHALLENGE: (
        Status.REPORTED,
        Status.UNDERSTANDING,
        Status.OPEN_FOR_IDEAS,
        Status.ACTION_PLAN,
        Status.TESTING,
        Status.SOLVED,
    ),
}
"""The ordinary way of each kind, first to last."""

STATUSES: Mapping[Kind, tuple[Status, ...]] = {
    Kind.IDEA: (Status.DRAFT, *WAY[Kind.IDEA], *_AT_REST),
    Kind.CHALLENGE: (*WAY[Kind.CHALLENGE], *_AT_REST),
}
"""A draft is always an idea: whether it is one shows when it is sent."""

FINISHED = frozenset({Status.ADOPTED, Status.SOLVED})
CLOSED = FINISHED | {Status.DECLINED, Status.MERGED}
OPEN = frozenset(Status) - CLOSED - {Status.DRAFT}
WORKED_ON = OPEN - {Status.PARKED, Status.NEEDS_AUTHOR}
DRAFT_AUDIENCES = (Audience.AUTHOR, Audience.AMBASSADOR)
SENT_AUDIENCES = (Audience.DEPARTMENT, Audience.ORGANISATION, Audience.GROUP)

_TALK = frozenset({Opening.COMMENT, Opening.SUPPORT})
_EARLY = _TALK | {Opening.EDIT}
_UNDERSTOOD = _EARLY | {Opening.UNDERSTAND}

OPENS: Mapping[Status, frozenset[Opening]] = {
    Status.DRAFT: frozenset({Opening.EDIT, Opening.COMMENT}),
    Status.SUBMITTED: _EARLY,
    Status.EXPLORING: _EARLY,
    Status.PLANNED: _TALK,
    Status.REPORTED: _UNDERSTOOD,
    Status.UNDERSTANDING: _UNDERSTOOD,
    Status.OPEN_FOR_IDEAS: _UNDERSTOOD | {Opening.ANSWER},
    Status.ACTION_PLAN: _UNDERSTOOD | {Opening.PLAN},
    Status.TESTING: _TALK | {Opening.PLAN, Opening.TRY},
    Status.ADOPTED: _TALK,
    Status.SOLVED: _TALK | {Opening.SPREAD},
    Status.NEEDS_AUTHOR: _UNDERSTOOD,
    Status.PARKED: _TALK,
    Status.DECLINED: frozenset({Opening.COMMENT}),
    Status.MERGED: frozenset(),
}
