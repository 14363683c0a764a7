"""Seeing is one rule in three forms, and it is this rule: every role × every status × every audience."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from contributions.enums import Audience, Kind, Opening, ParticipantRole, Status
from contributions.lifecycle import IllegalStep, advance, steps_for
from contributions.models import Contribution, Participant
from contributions.rules import answerers_of, may_see, readers_of
from contributions.statuses import DRAFT_AUDIENCES, SENT_AUDIENCES, STATUSES
from organisation.models import Person
from tests.contributions.world import ROLES, World
from tests.factories import RoleAssignmentFactory

D, O, G = Audience.DEPARTMENT, Audience.ORGANISATION, Audience.GROUP  # noqa: E741
EVERYTHING, NOTHING = {D, O, G}, set[Audience]()
SEES: dict[str, set[Audience]] = {
    "author": EVERYTHING,
    "same_department": EVERYTHING,
    "unit_beneath": EVERYTHING,
    "department_above": {O, G},
    "other_department": {O, G},
    "other_organisation": {G},
    "participant": EVERYTHING,
    "lead": EVERYTHING,
    "named_ambassador": {G},
    "other_ambassador": {G},
    "department_coordinator": EVERYTHING,
    "other_department_coordinator": {G},
    "organisation_coordinator": EVERYTHING,
    "other_organisation_coordinator": {G},
    "group_coordinator": EVERYTHING,
    "ended_coordinator": {G},
    "deputy_of_absent": EVERYTHING,
    "deputy_of_gone": EVERYTHING,
    "deputy_of_present": {G},
    "admin": {G},
    "inactive": NOTHING,
    "inactive_coordinator": NOTHING,
}
ANSWER = {"department_coordinator", "organisation_coordinator", "group_coordinator", "deputy_of_absent", "deputy_of_gone"}


def sight(world: World, contributions: Iterable[Contribution]) -> dict[int, set[str]]:
    """Who sees each of them, by all forms of the rule, which must agree."""
    rows = Contribution.objects.with_place().prefetch_related("participants").in_bulk([one.pk for one in contributions])
    readers = {pk: set(Person.objects.filter(readers_of(row)).values_list("pk", flat=True)) for pk, row in rows.items()}
    found: dict[int, set[str]] = {pk: set() for pk in rows}
    for role in ROLES:
        person = world.person(role)
        visible = set(Contribution.objects.visible_to(person).values_list("pk", flat=True))
        for pk, row in rows.items():
            forms = {
                "may_see": may_see(person, row),
                "has_perm": person.has_perm("contributions.see", row),
                "visible_to": pk in visible,
                "readers_of": person.pk in readers[pk],
            }
            assert len(set(forms.values())) == 1, (role, row.status, row.audience, forms)
            if forms["may_see"]:
                found[pk].add(role)
    return found


def seers(world: World, contribution: Contribution) -> set[str]:
    return sight(world, [contribution])[contribution.pk]


def test_the_table_names_every_role() -> None:
    assert set(SEES) == set(ROLES)


@pytest.mark.parametrize("kind", Kind)
def test_who_sees_what_is_sent(world: World, kind: Kind) -> None:
    rows = [
        world.contribution(kind, status, audience=audience)
        for status in STATUSES[kind]
        if status != Status.DRAFT
        for audience in SENT_AUDIENCES
    ]
    seen = sight(world, rows)
    for row in rows:
        assert seen[row.pk] == {role for role, audiences in SEES.items() if row.audience in audiences}, (row.status, row.audience)


def test_what_is_hidden_is_seen_by_author_and_coordinators(world: World) -> None:
    hidden = timezone.now()
    rows = [
        world.contribution(kind, status, audience=audience, hidden_at=hidden)
        for kind, status in ((Kind.IDEA, Status.SUBMITTED), (Kind.CHALLENGE, Status.TESTING), (Kind.IDEA, Status.DECLINED))
        for audience in SENT_AUDIENCES
    ]
    assert sight(world, rows) == {row.pk: {"author"} | ANSWER for row in rows}


@pytest.mark.parametrize("audience", DRAFT_AUDIENCES)
def test_a_draft_is_the_authors_and_the_named_ambassadors(world: World, audience: Audience) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT, audience=audience)
    assert seers(world, draft) == ({"author"} if audience == Audience.AUTHOR else {"author", "named_ambassador"})


CHOSEN = {(ParticipantRole.COAUTHOR, True), (ParticipantRole.INVITED, True), (ParticipantRole.ON_BEHALF, True), (ParticipantRole.COAUTHOR, False),
          (ParticipantRole.INVITED, False)}  # fmt: skip
"""Roles that open a draft, and whether somebody has asked the person; whom it was brought in for reads it only then."""


@pytest.mark.parametrize("audience", DRAFT_AUDIENCES)
@pytest.mark.parametrize("is_hidden", [False, True])
def test_a_draft_opens_to_those_its_author_chose_and_to_no_other_participant(world: World, audience: Audience, is_hidden: bool) -> None:
    expected = {}
    for role in ParticipantRole:
        for asked in (True, False):
            draft = world.contribution(Kind.IDEA, Status.DRAFT, audience=audience, hidden_at=timezone.now() if is_hidden else None)
            Participant.objects.create(
                contribution=draft, person=world.people["same_department"], role=role, invited_by=world.people["author"] if asked else None
            )
            Participant.objects.create(contribution=draft, person=world.people["inactive"], role=role, invited_by=world.people["author"])
            seeing = {"author"} | ({"named_ambassador"} if audience == Audience.AMBASSADOR else set())
            expected[draft.pk] = seeing | ({"same_department"} if (role, asked) in CHOSEN and not is_hidden else set())
    assert sight(world, Contribution.objects.in_bulk(list(expected)).values()) == expected


@pytest.mark.parametrize("role", ParticipantRole)
def test_what_is_sent_is_seen_by_every_participant_and_hidden_by_none(world: World, role: ParticipantRole) -> None:
    rows = [world.contribution(audience=D), world.contribution(audience=D, hidden_at=timezone.now())]
    for row in rows:
        Participant.objects.create(
            contribution=row, person=world.people["other_organisation"], role=role, invited_by=world.people["author"]
        )
    seen = sight(world, rows)
    assert ["other_organisation" in seen[row.pk] for row in rows] == [True, False]


@pytest.mark.parametrize("status", STATUSES[Kind.IDEA])
def test_coauthors_and_leads_edit_what_they_see_and_is_open_to_it(world: World, status: Status) -> None:
    audience = Audience.AUTHOR if status == Status.DRAFT else Audience.GROUP
    row = world.contribution(Kind.IDEA, status, audience=audience)
    for role, part in (("same_department", ParticipantRole.COAUTHOR), ("unit_beneath", ParticipantRole.INVITED)):
        Participant.objects.create(contribution=row, person=world.people[role], role=part, invited_by=world.people["author"])
    editors = {role for role in ROLES if world.person(role).has_perm("contributions.edit", Contribution.objects.get(pk=row.pk))}
    writers = {"author", "same_department"} | (set() if status == Status.DRAFT else {"lead"})
    assert editors == (writers if row.opens(Opening.EDIT) else set())
    own = {role for role in ROLES if world.person(role).has_perm("contributions.own", Contribution.objects.get(pk=row.pk))}
    assert own == {"author"}


def test_an_ambassador_who_leaves_the_role_sees_the_draft_no_more(world: World) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT, audience=Audience.AMBASSADOR)
    world.people["named_ambassador"].roles.update(
        end_on=world.today - datetime.timedelta(days=1), start_on=world.today - datetime.timedelta(days=2)
    )
    assert seers(world, draft) == {"author"}


def test_an_ambassador_of_the_owner_is_none_of_the_department(world: World) -> None:
    """Handed over and then taken back: the ambassador named must cover the department, not the organisation that would answer."""
    ambassador = RoleAssignmentFactory.create(role="ambassador", organisation=world.company, person__department=world.abroad).person
    world.people["named_ambassador"] = ambassador
    draft = world.contribution(Kind.IDEA, Status.DRAFT, audience=Audience.AMBASSADOR, owner_organisation=world.company)
    assert seers(world, draft) == {"author"}


@pytest.mark.parametrize("audience", SENT_AUDIENCES)
def test_after_handing_over_both_sides_read_and_the_owner_answers(world: World, audience: Audience) -> None:
    contribution = world.contribution(Kind.IDEA, Status.SUBMITTED, audience=audience, owner_organisation=world.company)
    expected = {role for role, audiences in SEES.items() if audience in audiences} | {"other_organisation_coordinator"}
    assert seers(world, contribution) == expected
    assert answering(world, contribution) == {"other_organisation_coordinator", "group_coordinator"}


def answering(world: World, contribution: Contribution) -> set[str]:
    """Who answers for it, by all three forms of that rule."""
    answerers = set(Person.objects.filter(answerers_of(contribution)).values_list("pk", flat=True))
    found = set()
    for role in ROLES:
        person = world.person(role)
        one = {
            "has_perm": person.has_perm("contributions.answer_for", contribution),
            "answered_by": person.is_active and Contribution.objects.answered_by(person).filter(pk=contribution.pk).exists(),
            "answerers_of": person.pk in answerers,
        }
        assert len(set(one.values())) == 1, (role, one)
        if one["has_perm"]:
            found.add(role)
    return found


def test_who_answers_at_home(world: World) -> None:
    assert answering(world, world.contribution()) == ANSWER


def test_nobody_answers_for_a_draft(world: World) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT)
    assert not any(world.person(role).has_perm("contributions.answer_for", draft) for role in ROLES)
    assert not Contribution.objects.answered_by(world.person("group_coordinator")).exists()


OPEN_IDEA = {Status.SUBMITTED, Status.EXPLORING, Status.PLANNED, Status.TESTING, Status.NEEDS_AUTHOR, Status.PARKED}
OPEN_CHALLENGE = {
    Status.REPORTED, Status.UNDERSTANDING, Status.OPEN_FOR_IDEAS, Status.ACTION_PLAN, Status.TESTING, Status.NEEDS_AUTHOR, Status.PARKED,
}  # fmt: skip
WAITING = {Status.NEEDS_AUTHOR, Status.PARKED}
AUTHOR, COORDINATORS, TEACHERS = {"author"}, ANSWER, {"author", "participant", "lead"} | ANSWER


def shared_table(kind: Kind) -> dict[str, tuple[set[Status], set[str]]]:
    """The design's table: from where, and who."""
    is_open = OPEN_IDEA if kind == Kind.IDEA else OPEN_CHALLENGE
    every = set(STATUSES[kind]) - {Status.DRAFT}
    end = {Status.ADOPTED, Status.SOLVED} & every
    return {
        "submit": ({Status.DRAFT}, AUTHOR),
        "assign": (is_open, COORDINATORS),
        "ask": (is_open - WAITING, COORDINATORS),
        "reply": ({Status.NEEDS_AUTHOR}, AUTHOR),
        "park": (is_open - {Status.PARKED}, COORDINATORS),
        "return": ({Status.PARKED}, COORDINATORS),
        "decline": (is_open, COORDINATORS),
        "merge": (is_open, COORDINATORS),
        "reopen": ({Status.PARKED, Status.DECLINED, Status.MERGED} | end, COORDINATORS),
        "withdraw": (is_open, AUTHOR),
        "widen": (every - {Status.MERGED}, AUTHOR),
        "hand_over": (is_open, COORDINATORS),
        "convert": (is_open - WAITING, COORDINATORS),
        "decide": (every, COORDINATORS),
        "learn": (every, TEACHERS),
    }


WAY_TABLE: dict[Kind, dict[str, tuple[set[Status], set[str]]]] = {
    Kind.IDEA: {
        "explore": ({Status.SUBMITTED}, COORDINATORS),
        "plan": ({Status.EXPLORING}, COORDINATORS),
        "test": ({Status.PLANNED}, COORDINATORS),
        "adopt": ({Status.TESTING}, COORDINATORS),
        "back_to_exploring": ({Status.PLANNED, Status.TESTING}, COORDINATORS),
        "back_to_planned": ({Status.TESTING}, COORDINATORS),
    },
    Kind.CHALLENGE: {
        "understand": ({Status.REPORTED}, COORDINATORS),
        "open": ({Status.UNDERSTANDING}, COORDINATORS),
        "extend": ({Status.OPEN_FOR_IDEAS}, COORDINATORS),
        "close_ideas": ({Status.OPEN_FOR_IDEAS}, COORDINATORS),
        "plan": ({Status.OPEN_FOR_IDEAS}, COORDINATORS),
        "test": ({Status.ACTION_PLAN}, COORDINATORS),
        "solve": ({Status.TESTING}, COORDINATORS),
        "back_to_understanding": ({Status.OPEN_FOR_IDEAS, Status.ACTION_PLAN, Status.TESTING}, COORDINATORS),
        "back_to_ideas": ({Status.ACTION_PLAN, Status.TESTING}, COORDINATORS),
        "back_to_plan": ({Status.TESTING}, COORDINATORS),
    },
}


@pytest.mark.parametrize("kind", Kind)
def test_each_step_from_each_status_by_each_role(world: World, kind: Kind) -> None:
    table = shared_table(kind) | WAY_TABLE[kind]
    rows = {}
    for status in STATUSES[kind]:
        audience = Audience.AUTHOR if status == Status.DRAFT else Audience.DEPARTMENT
        pk = world.contribution(kind, status, audience=audience).pk
        rows[status] = Contribution.objects.with_place().prefetch_related("participants").get(pk=pk)
    for role in ROLES:
        person = world.person(role)
        for status, row in rows.items():
            allowed = {name for name, (sources, who) in table.items() if status in sources and role in who}
            assert {step.name for step in steps_for(person, row)} == allowed, (role, status)


@pytest.mark.parametrize("kind", Kind)
def test_what_the_table_does_not_allow_is_refused_and_changes_nothing(world: World, kind: Kind) -> None:
    table = shared_table(kind) | WAY_TABLE[kind]
    stranger, coordinator = world.person("same_department"), world.person("organisation_coordinator")
    for status in STATUSES[kind]:
        contribution = world.contribution(kind, status)
        before = Contribution.objects.filter(pk=contribution.pk).values().get()
        for name, (sources, who) in table.items():
            person, refusal = (stranger, PermissionDenied) if status in sources else (coordinator, IllegalStep)
            assert "same_department" not in who
            with pytest.raises(refusal):
                advance(by=person, contribution=contribution, step=name)
        with pytest.raises(IllegalStep):
            advance(by=coordinator, contribution=contribution, step="fly")
        assert Contribution.objects.filter(pk=contribution.pk).values().get() == before
        assert contribution.trail.count() == 0


def test_the_clock_takes_only_the_step_that_happens_by_itself(world: World) -> None:
    for name in shared_table(Kind.IDEA):
        parked = world.contribution(Kind.IDEA, Status.PARKED)
        if name == "return":
            advance(by=None, contribution=parked, step=name)
        else:
            with pytest.raises((PermissionDenied, IllegalStep)):
                advance(by=None, contribution=parked, step=name)


def test_who_leads_edits_what_is_sent_and_no_draft(world: World) -> None:
    """Even where the author has let them read it, as an ambassador."""
    sent, draft = world.contribution(Kind.IDEA), world.contribution(Kind.IDEA, Status.DRAFT, audience=Audience.AMBASSADOR)
    lead = world.people["named_ambassador"]
    for row in (sent, draft):
        row.participants.create(person=lead, role="lead")
    assert [world.person("named_ambassador").has_perm("contributions.edit", row) for row in (sent, draft)] == [True, False]
