"""What is said of comments and those they name, of support and of drafts entrusted."""

from __future__ import annotations

from django.utils.translation import gettext as _

from contributions.enums import HelpKind, SupportKind
from contributions.messages.telling import Telling, beginning, fact, is_author, seen, whole, word
from contributions.models import Support
from notifications.outbox import Fact


def _commented(telling: Telling) -> Fact | None:
    contribution = seen(telling)
    if is_author(telling):
        text = word(contribution, _("%(name)s has commented on your idea"), _("%(name)s has commented on your challenge"))
    else:
        text = word(
            contribution,
            _("%(name)s has commented on an idea you take part in"),
            _("%(name)s has commented on a challenge you take part in"),
        )
    return _comment_fact(telling, text)


def _followed_commented(telling: Telling) -> Fact | None:
    idea, challenge = _("%(name)s has commented on an idea you follow"), _("%(name)s has commented on a challenge you follow")
    return _comment_fact(telling, word(seen(telling), idea, challenge))


def _answered_comment(telling: Telling) -> Fact | None:
    return _comment_fact(telling, _("%(name)s has answered your comment"), reason=_("you wrote the comment"))


def _mentioned(telling: Telling) -> Fact | None:
    idea, challenge = _("%(name)s names you in a comment on an idea"), _("%(name)s names you in a comment on a challenge")
    return _comment_fact(telling, word(seen(telling), idea, challenge), reason=_("a comment names you")) if telling.is_named else None


def _noted(telling: Telling) -> Fact | None:
    return _comment_fact(telling, _("%(name)s has written an internal note"), reason=_("you answer for it as a coordinator"))


def _comment_fact(telling: Telling, text: str, reason: str = "") -> Fact | None:
    """Nothing once the comment is hidden or gone, and of an internal note nothing to whoever does not answer for it now."""
    comment = telling.comment
    if comment is None or comment.hidden_at is not None or comment.deleted_at is not None:
        return None
    if comment.is_internal and not telling.reader.has_perm("contributions.note", seen(telling)):
        return None
    if comment.in_confidence and not seen(telling).is_draft and not is_author(telling):
        return None
    url = f"{seen(telling).get_absolute_url()}#comment-{comment.pk}"
    return fact(telling, text % {"name": comment.author.full_name}, quote=beginning(comment.body), url=url, reason=reason)


def _supported(telling: Telling) -> Fact | None:
    support, contribution = telling.support, seen(telling)
    if support is None:
        return None
    match support.kind:
        case SupportKind.HELP:
            text = word(
                contribution,
                _("%(name)s, %(place)s, wants to help with your idea"),
                _("%(name)s, %(place)s, wants to help with your challenge"),
            )
        case SupportKind.NEED:
            text = _("%(name)s, %(place)s, has the same need")
        case _:
            text = word(contribution, _("%(name)s, %(place)s, supports your idea"), _("%(name)s, %(place)s, supports your challenge"))
    place = support.department or support.person.department
    return fact(telling, text % {"name": support.person.full_name, "place": place.name}, quote=_what_it_is(support))


def _what_it_is(support: Support) -> str:
    """What somebody can help with, and in which words."""
    with_what = ", ".join(str(HelpKind(value).label) for value in support.help_with)
    return ". ".join(filter(None, (with_what, whole(support.note))))


def _entrusted(telling: Telling) -> Fact:
    """The title alone: what the draft says is read where the author can still take it back."""
    contribution = seen(telling)
    text = _("%(name)s asks you to read a draft") % {"name": contribution.author.full_name}
    act = _("Read the draft") if contribution.is_draft else ""
    return fact(telling, text, reason=_("the author chose you, as innovation ambassador, to read it in confidence"), act=act)


SAYINGS = {
    "contributions.commented": _commented,
    "contributions.followed_commented": _followed_commented,
    "contributions.answered_comment": _answered_comment,
    "contributions.mentioned": _mentioned,
    "contributions.noted": _noted,
    "contributions.help_offered": _supported,
    "contributions.supported": _supported,
    "contributions.entrusted": _entrusted,
}
