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

OPENS: Mapping[Status, frozenset[Opening]] = {
    Status.DRAFT: frozenset({Opening.EDIT, Opening.COMMENT}),
    Status.SUBMITTED: _EARLY,
    Status.EXPLORING: _EARLY,
    Status.PLANNED: _TALK,
    Status.REPORTED: _EARLY,
    Status.UNDERSTANDING: _EARLY,
    Status.OPEN_FOR_IDEAS: _EARLY | {Opening.ANSWER},
    Status.ACTION_PLAN: _EARLY,
    Status.TESTING: _TALK,
    Status.ADOPTED: _TALK,
    Status.SOLVED: _TALK,
    Status.NEEDS_AUTHOR: _EARLY,
    Status.PARKED: _TALK,
    Status.DECLINED: frozenset({Opening.COMMENT}),
    Status.MERGED: frozenset(),
}
