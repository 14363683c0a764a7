"""The promise against a written table, by real steps at the times it gives; and what is counted of it."""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from contributions.enums import Audience, Ending, ReasonCode, Status
from contributions.lifecycle import advance
from contributions.models import Contribution, PromiseRecord
from contributions.queries.promises import kept_promises, quarters, records, settled
from organisation.models import Organisation, Person
from tests.factories import DepartmentFactory, IdeaFactory, OrganisationFactory, PersonFactory, RoleAssignmentFactory

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("promise_cases.txt")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
LEARNT = dict.fromkeys(("learning_believed", "learning_tried", "learning_happened"), "Halka.")


@dataclass(frozen=True)
class Case:
    name: str
    events: list[tuple[datetime.datetime, str, str]]
    by: str
    went: list[str]


def cases() -> list[Case]:
    blocks = TABLE.read_text(encoding="utf-8").split("\n\n")
    return [case_of(lines) for block in blocks if (lines := [line for line in block.splitlines() if line and not line.startswith("#")])]


def case_of(lines: list[str]) -> Case:
    name, *rest = lines
    events = [event_of(line) for line in rest if line[0].isdigit()]
    (by,) = [line.removeprefix("by ") for line in rest if line.startswith("by ")]
    return Case(name, events, by, [line for line in rest if not line[0].isdigit() and not line.startswith("by ")])


def event_of(line: str) -> tuple[datetime.datetime, str, str]:
    date, time, act, *what = line.split()
    return datetime.datetime.fromisoformat(f"{date} {time}").replace(tzinfo=STOCKHOLM), act, " ".join(what)


class Town:
    """Three organisations with a coordinator each, and an idea that somebody at the first has written."""

    def __init__(self) -> None:
        closed = [datetime.date(2026, 12, day) for day in (28, 29, 30)] + [datetime.date(2027, 1, day) for day in (4, 5)]
        self.organisations: dict[str, Organisation] = {
            "Kommunen": OrganisationFactory.create(answer_within=10),
            "Verken": OrganisationFactory.create(answer_within=5, days_off=closed),
            "Bostäder": OrganisationFactory.create(answer_within=1),
        }
        self.coordinators = {
            name: RoleAssignmentFactory.create(
                organisation=organisation, person__department=DepartmentFactory.create(organisation=organisation), start_on="2020-01-01"
            ).person
            for name, organisation in self.organisations.items()
        }
        self.author: Person = PersonFactory.create(department=self.coordinators["Kommunen"].department)
        idea = IdeaFactory.create(author=self.author, status=Status.DRAFT)
        self.target = Contribution.objects.get(pk=IdeaFactory.create(author=self.author).pk)
        PromiseRecord.objects.all().delete()
        self.pk: int = idea.pk

    @property
    def contribution(self) -> Contribution:
        return Contribution.objects.with_place().get(pk=self.pk)

    def happen(self, at: datetime.datetime, act: str, what: str) -> None:
        if act == "look":
            return
        name = {"send": "submit", "hand_back": "hand_over"}.get(act, act.removesuffix("_there").removesuffix("_author"))
        values = {**self.values(at, what), "audience": Audience.ORGANISATION}
        advance(by=self.actor(act), contribution=self.contribution, step=name, values=None if name == "undo" else values)

    def actor(self, act: str) -> Person | None:
        if act == "return":
            return None
        if act in ("send", "reply", "withdraw", "undo_author"):
            pk = self.author.pk
        else:
            away = act.endswith("_there") or act == "hand_back"
            pk = self.coordinators["Verken" if away else "Kommunen"].pk
        return Person.objects.with_place().get(pk=pk)

    def values(self, at: datetime.datetime, what: str) -> dict[str, Any]:
        return {
            "reason": "Därför.", "body": "Hur?", "reason_code": ReasonCode.MONEY, "change": "Pengar.", "target": self.target,
            "assignee": self.coordinators["Kommunen"], "decided_by": "Nämnden", "decided_on": at.date(), **LEARNT,
            "owner": self.organisations.get(what), "until": datetime.date.fromisoformat(what) if what[:1].isdigit() else None,
        }  # fmt: skip

    def went(self, today: datetime.date) -> list[str]:
        names = {organisation.pk: name for name, organisation in self.organisations.items()}
        late = set(settled(today).exclude(is_kept=True).values_list("pk", flat=True))
        return [f"{names[one.organisation_id]} {told(one, one.pk in late)}" for one in PromiseRecord.objects.order_by("started_at", "pk")]


def told(one: PromiseRecord, is_late: bool) -> str:
    if one.ending == Ending.ANSWERED:
        return f"{'broken' if is_late else 'kept'} {one.took}"
    word = "left" if one.ending else "rests" if one.paused_at else "runs"
    return f"{word} late" if is_late else word


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_the_promise_as_the_table_says(case: Case, time_machine: Any) -> None:
    time_machine.move_to(case.events[0][0], tick=False)
    town, now = Town(), timezone.now()
    for at, act, what in case.events:
        assert at >= now, "the table runs backwards"
        time_machine.move_to(now := at, tick=False)
        town.happen(at, act, what)
    row = town.contribution
    assert (str(row.promised_on or "nothing"), town.went(timezone.localdate(now))) == (case.by, case.went)
    running = PromiseRecord.objects.filter(ended_at__isnull=True).values_list("organisation_id", "promised_on", "paused_at")
    stands = [(row.owner_organisation_id, row.promised_on, row.promise_paused_at)]
    assert list(running) == (stands if row.promised_on and row.answered_at is None else [])


def test_the_table_is_long_enough() -> None:
    names = [case.name for case in cases()]
    assert len(names) == len(set(names)) >= 60


# What is counted

TODAY = datetime.date(2026, 11, 23)


def promised(organisation: Organisation, day: datetime.date, **more: Any) -> PromiseRecord:
    """A record of something sent ten days before the day promised."""
    idea = IdeaFactory.create(status=Status.DRAFT)
    at = datetime.datetime.combine(day - datetime.timedelta(days=14), datetime.time(9), STOCKHOLM)
    return PromiseRecord.objects.create(
        contribution_id=idea.pk, organisation=organisation, started_at=at, first_promised_on=day, promised_on=day, **more
    )


def answered_on(day: datetime.date, *, kept: bool, took: int = 3) -> dict[str, Any]:
    at = datetime.datetime.combine(day, datetime.time(15), STOCKHOLM)
    return {"ending": Ending.ANSWERED, "ended_at": at, "is_kept": kept, "took": took}


def test_quarters_are_this_one_and_the_three_before() -> None:
    assert [day.isoformat() for day in quarters(datetime.date(2027, 2, 28))] == ["2026-04-01", "2026-07-01", "2026-10-01", "2027-01-01"]
    assert [day.isoformat() for day in quarters(datetime.date(2026, 12, 31))] == ["2026-01-01", "2026-04-01", "2026-07-01", "2026-10-01"]


def test_a_promise_counts_in_the_quarter_in_which_it_was_kept_or_broken() -> None:
    one, other = OrganisationFactory.create(), OrganisationFactory.create()
    early = datetime.date(2026, 9, 30)
    promised(one, datetime.date(2026, 10, 6), **answered_on(early, kept=True, took=2))
    promised(one, early, **answered_on(datetime.date(2026, 10, 6), kept=False, took=14))
    promised(one, TODAY - datetime.timedelta(days=1))
    promised(one, TODAY)
    promised(one, datetime.date(2025, 12, 31))
    promised(other, early, ending=Ending.HANDED_OVER, ended_at=timezone.now(), is_kept=None)
    promised(other, early, ending=Ending.WITHDRAWN, ended_at=timezone.now(), is_kept=False)
    first, second = (each for each in records(TODAY) if each.organisation in (one, other))
    assert [(each.kept, each.given) for each in first.quarters] == [(0, 0), (0, 0), (1, 2), (0, 1)]
    assert (first.organisation, first.kept, first.given, first.percent, first.median) == (one, 1, 3, None, 8.0)
    assert [(each.kept, each.given) for each in second.quarters] == [(0, 0), (0, 0), (0, 1), (0, 0)]
    assert (second.given, second.median) == (1, None)


def test_a_share_is_told_from_five_on() -> None:
    organisation = OrganisationFactory.create()
    for number in range(5):
        assert [each.percent for each in kept_promises(TODAY)] in ([], [None])
        promised(organisation, TODAY, **answered_on(TODAY, kept=number != 0))
    assert [(each.kept, each.given, each.percent) for each in kept_promises(TODAY)] == [(4, 5, 80)]


@pytest.mark.parametrize(
    "wrong",
    [
        {"ending": Ending.ANSWERED},
        {"is_kept": True},
        {"ended_at": timezone.now(), "ending": Ending.ANSWERED, "is_kept": True},
        {"ended_at": timezone.now(), "ending": Ending.HANDED_OVER, "is_kept": True},
        {"ended_at": timezone.now(), "ending": Ending.WITHDRAWN, "took": 3},
        {"ended_at": timezone.now(), "ending": ""},
    ],
    ids=["no time", "kept and running", "nothing taken", "kept though handed over", "took though taken back", "no ending"],
)
def test_a_record_that_contradicts_itself_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        promised(OrganisationFactory.create(), TODAY, **wrong)


def test_one_promise_runs_at_a_time() -> None:
    first = promised(OrganisationFactory.create(), TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        PromiseRecord.objects.create(
            contribution=first.contribution,
            organisation=first.organisation,
            started_at=timezone.now(),
            first_promised_on=TODAY,
            promised_on=TODAY,
        )


def test_a_promise_does_not_move_backwards() -> None:
    record = promised(OrganisationFactory.create(), TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        PromiseRecord.objects.filter(pk=record.pk).update(promised_on=TODAY - datetime.timedelta(days=1))


def test_the_page_is_open_to_everybody_and_costs_the_same_however_much_there_is(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    person = PersonFactory.create()
    client.force_login(person, backend="organisation.backends.PersonBackend")
    organisation = person.department.organisation
    today = timezone.localdate()
    for kept in (True, True, True, False):
        promised(organisation, today, **answered_on(today, kept=kept, took=4))
    with django_assert_num_queries(7):
        page = words(client.get("/promises/").content.decode())
    assert "3 av 4 besvarades i tid. För få för att räkna i procent." in page
    promised(organisation, today, **answered_on(today, kept=True, took=4))
    with django_assert_num_queries(7):
        page = words(client.get("/promises/").content.decode())
    assert "80 % besvarades i tid: 4 av 5." in page
    assert "Hälften av svaren kom inom 4 arbetsdagar." in page


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html[html.index("<main") : html.index("</main>")]).split())
