"""What is written once when the whole history is there: a challenge's understanding, the counters, and a bell that is not too full."""

from __future__ import annotations

import datetime
from collections import defaultdict
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from challenges.actions.spread import ADOPTED_BY
from challenges.models import Adoption, Challenge, PlanItem, Recognition, Result, Trial, Why
from contributions.enums import SupportKind
from contributions.lifecycle import note_on_trail, reindex_texts
from contributions.models import Contribution
from contributions.queries.merged import trees
from kiruna_innovation.demo.history import History
from kiruna_innovation.demo.texts import PlanText, Story, TrialText
from notifications.enums import Channel, MailState
from notifications.models import Notice
from organisation.enums import Role
from organisation.models import Person, RoleAssignment
from triage.actions.labels import label
from triage.queries.queue import queue


def understand(stories: list[Story], contributions: dict[str, Contribution], people: dict[str, Person]) -> None:
    """The root problems, who recognises them, and the chains of whys, whose links those who lead it have written in turn."""
    whys, said = [], []
    sent = dict(Contribution.objects.values_list("pk", "submitted_at"))
    for story in stories:
        contribution = contributions[story.key]
        if story.root_problem:
            Challenge.objects.filter(pk=contribution.pk).update(root_problem=story.root_problem)
            reindex_texts(Contribution.objects.get(pk=contribution.pk))
        for position, (question, answer) in enumerate(story.whys, 1):
            by = people[(story.leads or (story.by,))[position % len(story.leads or (1,))]]
            row = {"question": question, "answer": answer, "by": by, "at": sent[contribution.pk]}
            whys.append(Why(contribution=contribution, position=position, **row))
        for key, words in (*((key, "") for key in story.recognise), *((one.by, one.text) for one in story.differ)):
            row = {"sentence": story.root_problem, "person": people[key], "department": people[key].department}
            said.append(Recognition(contribution=contribution, agrees=not words, words=words, **row))
    Why.objects.bulk_create(whys)
    Recognition.objects.bulk_create(said)


def work(stories: list[Story], history: History) -> None:
    """Plans, small tests, what came of them and who has taken it up."""
    for story in stories:
        contribution = Contribution.objects.get(pk=history.contributions[story.key].pk)
        for row in story.plan:
            _plan(contribution, row, history)
        for trial in story.trials:
            _try(contribution, trial, history)
        if story.effect:
            before, after, unit = story.number
            number = {"before": Decimal(before), "after": Decimal(after), "unit": unit}
            Result.objects.filter(contribution=contribution).update(effect=story.effect, **number)
        for one in story.adopted:
            person, since = history.people[one.by], history.calendar.day(one.since)
            told_at = _morning(since)
            Adoption.objects.create(
                contribution=contribution, department=person.department, since=since, changed=one.changed, told_by=person, told_at=told_at
            )
            place = f"{person.department.name}, {person.department.organisation.short_name}"
            note_on_trail(by=person, contribution=contribution, step=ADOPTED_BY, text=f"{place}. {one.changed}", at=told_at)


def _plan(contribution: Contribution, row: PlanText, history: History) -> None:
    who, due_on = history.people[row.who], history.calendar.day(row.due)
    done = {"done_at": _morning(due_on), "done_by": who} if row.state == "done" else {}
    PlanItem.objects.create(contribution=contribution, what=row.what, who=who, due_on=due_on, created_by=who, **done)


def _try(contribution: Contribution, trial: TrialText, history: History) -> None:
    by, stops_on = history.people[trial.by], history.calendar.day(trial.stops)
    words = {"believed": trial.believed, "tried": trial.tried, "place": trial.place, "happened": trial.happened, "next": trial.next}
    ended = {"verdict": trial.verdict, "ended_at": _morning(stops_on), "ended_by": by} if trial.verdict else {}
    days = {"starts_on": history.calendar.day(trial.starts), "stops_on": stops_on}
    Trial.objects.create(contribution=contribution, created_by=by, **days, **words, **ended)


def _morning(day: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(9, 20)))


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
