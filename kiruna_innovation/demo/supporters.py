"""Who supports what in the demo, and when. Those who help or have the same need are named in the texts; the rest are drawn."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from django.utils import timezone

from contributions.enums import Audience, SupportKind
from kiruna_innovation.demo import texts
from kiruna_innovation.demo.calendar import Calendar
from kiruna_innovation.demo.texts import Story
from organisation.enums import Role
from organisation.models import Person

TOUCHED, SAME_DEPARTMENT, SAME_ORGANISATION, ANYBODY = 8, 6, 2, 1
"""How likely somebody is to find it a good idea, by how near they stand."""
CLOSING = ("decline", "merge")
DAYTIME = range(6, 21)
QUIET_SINCE = "1 17.00"


@dataclass(frozen=True)
class Given:
    at: datetime.datetime
    by: str
    kind: SupportKind
    note: str = ""
    help_with: tuple[str, ...] = ()


class Supporters:
    def __init__(self, people: dict[str, Person], calendar: Calendar) -> None:
        self.people = people
        self.calendar = calendar
        self.impartial = {role.person for role in texts.roles() if role.role != Role.AMBASSADOR}

    def of(self, story: Story) -> Iterator[Given]:
        """The same people at the same times whenever the same texts are loaded."""
        random = Random(story.key)  # noqa: S311 - nothing here is secret
        for offer in story.help:
            yield Given(self._when(story, random), offer.by, SupportKind.HELP, offer.text, offer.gives)
        for key in story.need:
            yield Given(self._when(story, random), key, SupportKind.NEED)
        for key in self._draw(story, random):
            yield Given(self._when(story, random), key, SupportKind.GOOD)

    def _draw(self, story: Story, random: Random) -> list[str]:
        named = {story.by, *story.coauthors, *story.need, *(offer.by for offer in story.help)}
        keys = [key for key in self.people if key not in named | self.impartial and self._reads(story, key)]
        luck = {key: random.random() ** (1 / self._nearness(story, key)) for key in keys}
        return sorted(keys, key=luck.__getitem__, reverse=True)[: story.good]

    def _reads(self, story: Story, key: str) -> bool:
        mine, theirs = self.people[story.by].department, self.people[key].department
        match story.audience:
            case Audience.GROUP:
                return True
            case Audience.ORGANISATION:
                return mine.organisation_id == theirs.organisation_id
            case Audience.DEPARTMENT:
                return theirs.path.startswith(mine.path)
        return False

    def _nearness(self, story: Story, key: str) -> int:
        mine, theirs = self.people[story.by].department, self.people[key].department
        if theirs.code in story.touched:
            return TOUCHED
        if theirs == mine:
            return SAME_DEPARTMENT
        return SAME_ORGANISATION if theirs.organisation_id == mine.organisation_id else ANYBODY

    def _when(self, story: Story, random: Random) -> datetime.datetime:
        """Most of it soon after it was sent, all of it before it was closed."""
        moment = self.calendar.moment
        begin = moment(story.at)
        end = min((moment(step.at) for step in story.steps if step.do in CLOSING), default=moment(QUIET_SINCE))
        at = begin + (end - begin) * random.random() ** 3
        by_day = timezone.localtime(at).replace(hour=random.choice(DAYTIME))
        return by_day if begin < by_day < end else at
