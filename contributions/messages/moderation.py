"""What is said of reports, and of what was done about them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from contributions.messages.telling import Telling, fact, seen, whole, word
from notifications.outbox import Fact


def _reported(telling: Telling) -> Fact | None:
    """What the report says is for those who answer for the contribution now."""
    report, contribution = telling.report, seen(telling)
    if report is None or not telling.reader.has_perm("contributions.answer_for", contribution):
        return None
    text = word(contribution, _("An idea has been reported"), _("A challenge has been reported"))
    text = _("A comment has been reported") if report.comment_id else text
    reason, quote = _("you answer for it as a coordinator"), whole(report.reason)
    if report.handled_at:
        return fact(telling, text, quote=quote, reason=reason)
    return fact(telling, text, quote=quote, reason=reason, act=_("See what it is about"), status=_("Your turn"), status_tone="warning")


def _reported_yours(telling: Telling) -> Fact | None:
    """That it was reported and what happens; never by whom, nor why."""
    report, contribution = telling.report, seen(telling)
    if report is None:
        return None
    if report.comment_id is None:
        waits = word(
            contribution,
            _("A coordinator looks at your idea, which was reported"),
            _("A coordinator looks at your challenge, which was reported"),
        )
        done = word(
            contribution,
            _("A coordinator has looked at your idea, which was reported"),
            _("A coordinator has looked at your challenge, which was reported"),
        )
        return fact(telling, done if report.handled_at else waits)
    if telling.comment is None or telling.comment.deleted_at is not None:
        return None
    text = (
        _("A coordinator has looked at your comment, which was reported")
        if report.handled_at
        else _("A coordinator looks at your comment, which was reported")
    )
    url = f"{contribution.get_absolute_url()}#comment-{telling.comment.pk}"
    return fact(telling, text, url=url, reason=_("you wrote the comment"))


def _hidden(telling: Telling) -> Fact:
    idea, challenge = _("A coordinator has hidden your idea"), _("A coordinator has hidden your challenge")
    return _moderated(telling, word(seen(telling), idea, challenge), _("A coordinator has hidden your comment"))


def _masked(telling: Telling) -> Fact:
    idea, challenge = _("A coordinator has masked words in your idea"), _("A coordinator has masked words in your challenge")
    return _moderated(telling, word(seen(telling), idea, challenge), _("A coordinator has masked words in your comment"))


def _file_taken_away(telling: Telling) -> Fact:
    idea, challenge = _("A coordinator has taken away a file from your idea"), _("A coordinator has taken away a file from your challenge")
    return fact(telling, word(seen(telling), idea, challenge))


def _moderated(telling: Telling, text: str, comment_text: str) -> Fact:
    quote = whole(telling.entry.text) if telling.entry else ""
    if telling.comment is None:
        return fact(telling, text, quote=quote)
    return fact(telling, comment_text, quote=quote, reason=_("you wrote the comment"))


SAYINGS = {
    "contributions.reported": _reported,
    "contributions.reported_yours": _reported_yours,
    "contributions.hidden": _hidden,
    "contributions.masked": _masked,
    "contributions.file_taken_away": _file_taken_away,
}
