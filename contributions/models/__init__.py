"""The contribution and everything that hangs on it, whichever its kind."""

from contributions.models.answer_draft import AnswerDraft
from contributions.models.attachment import FILE_NAME_LENGTH, Attachment
from contributions.models.contribution import (
    MOST_WANTED,
    TEXT_LENGTH,
    TITLE_LENGTH,
    WANTED_LENGTH,
    Contribution,
    ContributionManager,
    ContributionQuerySet,
)
from contributions.models.history import MergeAnswer, MergeProposal, Revision, TrailEntry
from contributions.models.people import Follow, Participant
from contributions.models.promise_record import PromiseRecord
from contributions.models.search_row import SearchRow, SearchWord
from contributions.models.talk import COMMENT_LENGTH, Comment, Mention, Report, Support

__all__ = [
    "COMMENT_LENGTH", "FILE_NAME_LENGTH", "MOST_WANTED", "TEXT_LENGTH", "TITLE_LENGTH", "WANTED_LENGTH",
    "AnswerDraft", "Attachment", "Comment", "Contribution", "ContributionManager", "ContributionQuerySet", "Follow", "Mention", "MergeAnswer",
    "MergeProposal", "Participant", "PromiseRecord", "Report", "Revision", "SearchRow", "SearchWord", "Support", "TrailEntry",
]  # fmt: skip
