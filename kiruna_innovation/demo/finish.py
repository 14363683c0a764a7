"""What is written once when the whole history is there: a challenge's understanding, the counters, and a bell that is not too full."""

from __future__ import annotations

import datetime
from collections import defaultdict

from django.db.models import F

from challenges.models import Challenge, Why
from contributions.enums import SupportKind
from contributions.lifecycle import reindex_texts
from contributions.models import Contribution
from contributions.queries.merged import trees
from kiruna_innovation.demo.texts import Story
from notifications.enums import Channel, MailState
from notifications.models import Notice
from organisation.enums import Role
from organisation.models import RoleAssignment
from triage.actions.labels import label
from triage.queries.queue import queue


def understand(stories: list[Story], contributions: dict[str, Contribution]) -> None:
    """The root problems and the chains of whys."""
    whys = []
    for story in stories:
        contribution = contributions[story.key]
        if story.root_problem:
            Challenge.objects.filter(pk=contribution.pk).update(root_problem=story.root_problem)
            reindex_texts(Contribution.objects.get(pk=contribution.pk))
        for position, (question, answer) in enumerate(story.whys, 1):
            whys.append(Why(contribution=contribution, position=position, question=question, answer=answer))
    Why.objects.bulk_create(whys)


LABELS = ("Vinter", "Arbetsmiljö", "Ledningsmötet i januari", "")
"""What coordinators write on what waits; nothing on every fourth."""


def mark() -> None:
    """Some of what waits carries its coordinators' labels."""
    for role in RoleAssignment.objects.in_force().filter(role=Role.COORDINATOR, organisation__isnull=False).select_related("person"):
        for contribution, name in zip(queue(role.person)[:8], LABELS * 2, strict=False):
            label(by=role.person, contribution=contribution, name=name)


def count() -> None:
    """Every counter and the time of the last activity, from the rows."""
    contributions = {row.pk: row for row in Contribution.objects.prefetch_related("comments", "supports", "trail")}
    merged = trees(*contributions)
    for contribution in contributions.values():
        comments = [comment for comment in contribution.comments.all() if not comment.is_internal]
        supports = contribution.supports.all()
        people = defaultdict(set)
        for support in (support for pk in merged[contribution.pk] for support in contributions[pk].supports.all()):
            people[support.kind].add(support.person_id)
        contribution.comment_count = len(comments)
        contribution.support_count = len(set[int]().union(*people.values()))
        contribution.good_count = len(people[SupportKind.GOOD])
        contribution.help_count = len(people[SupportKind.HELP])
        contribution.need_count = len(people[SupportKind.NEED])
        happened = [*(e.at for e in contribution.trail.all()), *(c.created_at for c in comments), *(s.created_at for s in supports)]
        contribution.last_activity_at = max(happened, default=contribution.last_activity_at)
    columns = [f"{name}_count" for name in ("comment", "support", "good", "help", "need")]
    Contribution.objects.bulk_update(contributions.values(), [*columns, "last_activity_at"])


def quieten(unread_since: datetime.datetime) -> None:
    """No mail about what is history, and only what is new is unread."""
    Notice.objects.update(channel=Channel.BELL, mail=MailState.NONE, created_at=F("due_at"))
    Notice.objects.filter(due_at__lt=unread_since).update(read_at=F("due_at") + datetime.timedelta(hours=3))
