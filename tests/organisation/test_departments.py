"""Organisations and their trees: what may be done, what is refused, and that the path is always true."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from organisation.actions import (
    change_organisation,
    close_department,
    create_department,
    create_organisation,
    lock_trees,
    move_department,
    rename_department,
    reopen_department,
)
from organisation.enums import AuditVerb
from organisation.models import AuditEntry, Department, Organisation, Person
from tests.factories import DepartmentFactory, OrganisationFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Person:
    return PersonFactory.create(given_name="Petra", family_name="Kauppinen")


def logged() -> list[tuple[str, str, str, object]]:
    return [(entry.by_name, entry.verb, entry.subject, entry.details) for entry in AuditEntry.objects.order_by("id")]


def sentence(refusal: pytest.ExceptionInfo[ValidationError]) -> dict[str, list[str]] | list[str]:
    return refusal.value.message_dict if hasattr(refusal.value, "error_dict") else refusal.value.messages


def test_a_new_organisation_gets_the_next_mark_a_code_and_a_short_name(admin: Person) -> None:
    OrganisationFactory.create(mark=4)
    made = create_organisation(by=admin, name="Tekniska Verken i Kiruna AB", kind="company")
    assert (made.mark, made.code, made.short_name, made.answer_within) == (
        Organisation.objects.exclude(pk=made.pk).order_by("-mark")[0].mark + 1,
        "tekniska-verken-i-kiruna-ab",
        "Tekniska Verken",
        10,
    )
    assert logged() == [("Petra Kauppinen", AuditVerb.ORGANISATION_CREATED, "Tekniska Verken i Kiruna AB", {})]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Kirunabostäder AB", "Kirunabostäder"),
        ("Kiruna kommun", "Kiruna kommun"),
        ("Hem i Kiruna", "Hem"),
        ("I AB", "I"),
        ("AB", "AB"),
        ("x" * 120, "x" * 40),
    ],
)
def test_short_names(name: str, short: str) -> None:
    assert create_organisation(by=None, name=name, kind="company").short_name == short


def test_two_names_with_one_slug_get_two_codes() -> None:
    codes = [create_organisation(by=None, name=name, kind="company").code for name in ("Åre!", "Åre?", "Åre.", "!!")]
    assert codes == ["are", "are-2", "are-3", "organisation"]


def test_an_organisations_name_is_its_own(admin: Person) -> None:
    first = create_organisation(by=admin, name="Kiruna kommun", kind="municipality")
    other = create_organisation(by=admin, name="Kirunabostäder AB", kind="company")
    with pytest.raises(ValidationError) as refusal:
        create_organisation(by=admin, name="KIRUNA KOMMUN", kind="company")
    assert sentence(refusal) == {"name": ["Det finns redan en organisation med det namnet."]}
    with pytest.raises(ValidationError):
        change_organisation(by=admin, organisation=other, name="kiruna kommun", short_name="K", answer_within=5)
    change_organisation(by=admin, organisation=first, name="Kiruna kommun", short_name="Kommunen", answer_within=5)
    assert logged()[-1] == (
        "Petra Kauppinen",
        AuditVerb.ORGANISATION_CHANGED,
        "Kiruna kommun",
        {"short_name": ["Kiruna kommun", "Kommunen"], "answer_within": ["10", "5"]},
    )


def test_create_rename_move(admin: Person) -> None:
    organisation = OrganisationFactory.create()
    top = create_department(by=admin, organisation=organisation, name="Socialförvaltningen", code="SOC")
    unit = create_department(by=admin, organisation=organisation, name="Hemtjänst", code="SOC-HTJ", parent=top)
    assert (top.path, unit.path) == (f"/{top.pk}/", f"/{top.pk}/{unit.pk}/")
    rename_department(by=admin, department=unit, name="Åldrande hemma")
    move_department(by=admin, department=unit, parent=None)
    unit.refresh_from_db()
    assert (unit.name, unit.sort_key, unit.parent, unit.path) == ("Åldrande hemma", "{ldrande hemma", None, f"/{unit.pk}/")
    assert logged() == [
        ("Petra Kauppinen", AuditVerb.DEPARTMENT_CREATED, "Socialförvaltningen", {"parent": ""}),
        ("Petra Kauppinen", AuditVerb.DEPARTMENT_CREATED, "Hemtjänst", {"parent": "Socialförvaltningen"}),
        ("Petra Kauppinen", AuditVerb.DEPARTMENT_RENAMED, "Åldrande hemma", {"name": ["Hemtjänst", "Åldrande hemma"]}),
        ("Petra Kauppinen", AuditVerb.DEPARTMENT_MOVED, "Åldrande hemma", {"parent": ["Socialförvaltningen", ""]}),
    ]


def test_what_changes_nothing_is_not_logged(admin: Person) -> None:
    unit = DepartmentFactory.create(name="Hemtjänst")
    rename_department(by=admin, department=unit, name="Hemtjänst")
    move_department(by=admin, department=unit, parent=None)
    reopen_department(by=admin, department=unit)
    assert logged() == []


def test_names_and_codes_are_taken_whatever_the_case(admin: Person) -> None:
    unit = DepartmentFactory.create(name="İstanbul", code="SOC")
    for name, code, field in (("i̇stanbul"[0] + "stanbul", "B", "name"), ("Annat", "soc", "code")):
        with pytest.raises(ValidationError) as refusal:
            create_department(by=admin, organisation=unit.organisation, name=name, code=code)
        assert list(refusal.value.message_dict) == [field]


def test_a_move_into_itself_is_refused(admin: Person) -> None:
    top = DepartmentFactory.create()
    unit = DepartmentFactory.create(parent=DepartmentFactory.create(parent=top))
    for goal in (unit, top):
        with pytest.raises(ValidationError) as refusal:
            move_department(by=admin, department=top, parent=goal)
        assert sentence(refusal) == {"parent": ["En enhet kan inte flyttas in under sig själv."]}
    assert unit.path == Department.objects.get(pk=unit.pk).path


def test_a_move_to_another_organisation_or_a_closed_department_is_refused(admin: Person) -> None:
    unit, elsewhere = DepartmentFactory.create(), DepartmentFactory.create()
    closed = DepartmentFactory.create(organisation=unit.organisation)
    close_department(by=admin, department=closed)
    for goal in (elsewhere, closed):
        with pytest.raises(ValidationError) as refusal:
            move_department(by=admin, department=unit, parent=goal)
        assert sentence(refusal) == {"parent": ["Välj en öppen enhet i samma organisation."]}


def test_a_tree_too_deep_for_its_path_is_refused(admin: Person) -> None:
    deep = DepartmentFactory.create()
    Department.objects.filter(pk=deep.pk).update(path=f"/{'1/' * 120}{deep.pk}/")
    deep.refresh_from_db()

    def dig(deep: Department) -> Department:
        return create_department(by=admin, organisation=deep.organisation, name="Under", code=f"U{deep.pk}", parent=deep)

    while len(deep.path) + len(f"{deep.pk}/") <= 250:
        deep = dig(deep)
    with pytest.raises(ValidationError) as refusal:
        dig(dig(deep))
    assert sentence(refusal) == {"parent": ["Trädet skulle bli för djupt. Välj en enhet närmare toppen."]}
    other = DepartmentFactory.create(organisation=deep.organisation, name="En till")
    DepartmentFactory.create(parent=other)
    with pytest.raises(ValidationError):
        move_department(by=admin, department=other, parent=deep)


class TestClosing:
    def test_departments_beneath_go_first(self, admin: Person) -> None:
        top = DepartmentFactory.create()
        unit = DepartmentFactory.create(parent=top)
        with pytest.raises(ValidationError) as refusal:
            close_department(by=admin, department=top)
        assert sentence(refusal) == ["Det finns öppna enheter under den här. Flytta eller avsluta dem först."]
        close_department(by=admin, department=unit)
        close_department(by=admin, department=top)
        assert Department.objects.open().filter(organisation=top.organisation).count() == 0

    def test_people_need_a_place(self, admin: Person) -> None:
        unit = DepartmentFactory.create(name="Hemtjänst")
        goal = DepartmentFactory.create(organisation=unit.organisation, name="Särskilt boende")
        here = PersonFactory.create(department=unit, given_name="Sara", family_name="Niemi")
        gone = PersonFactory.create(department=unit, is_active=False, deactivated_at="2026-01-01T00:00Z")
        with pytest.raises(ValidationError) as refusal:
            close_department(by=admin, department=unit)
        assert sentence(refusal) == {"people_to": ["1 person arbetar här. Välj vart hen ska flyttas."]}
        with pytest.raises(ValidationError):
            close_department(by=admin, department=unit, people_to=unit)
        close_department(by=admin, department=unit, people_to=goal)
        here.refresh_from_db()
        gone.refresh_from_db()
        assert (here.department, gone.department) == (goal, unit)
        assert logged() == [
            ("Petra Kauppinen", AuditVerb.PERSON_MOVED, "Sara Niemi", {"department": ["Hemtjänst", "Särskilt boende"]}),
            ("Petra Kauppinen", AuditVerb.DEPARTMENT_CLOSED, "Hemtjänst", {"people_to": "Särskilt boende", "people": "1"}),
        ]

    def test_twice_is_refused(self, admin: Person) -> None:
        unit = DepartmentFactory.create()
        close_department(by=admin, department=unit)
        with pytest.raises(ValidationError) as refusal:
            close_department(by=admin, department=unit)
        assert sentence(refusal) == ["Enheten är redan avslutad."]

    def test_opening_again(self, admin: Person) -> None:
        top = DepartmentFactory.create(name="Uppe")
        unit = DepartmentFactory.create(parent=top, name="Nere")
        close_department(by=admin, department=unit)
        close_department(by=admin, department=top)
        with pytest.raises(ValidationError) as refusal:
            reopen_department(by=admin, department=unit)
        assert sentence(refusal) == ["Enheten ovanför är avslutad. Öppna den först, eller flytta den här."]
        reopen_department(by=admin, department=top)
        create_department(by=admin, organisation=top.organisation, name="Nere", code="N2", parent=top)
        with pytest.raises(ValidationError) as taken:
            reopen_department(by=admin, department=unit)
        assert sentence(taken) == {"name": ["Det finns redan en enhet med det namnet på samma plats."]}


def test_the_lock_is_one_per_organisation(admin: Person) -> None:
    organisation = OrganisationFactory.create()
    with transaction.atomic():
        lock_trees(organisation.pk)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            [one] = cursor.fetchone()
        create_department(by=admin, organisation=organisation, name="Ny", code="NY")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()")
            assert cursor.fetchone() == (one,)


def test_a_move_rewrites_the_subtree_in_one_update(admin: Person) -> None:
    top, goal = DepartmentFactory.create(), None
    goal = DepartmentFactory.create(organisation=top.organisation)
    for _ in range(5):
        DepartmentFactory.create(parent=top)
    with connection.execute_wrapper(counted := Counted()):
        move_department(by=admin, department=top, parent=goal)
    assert counted.updates == 1


class Counted:
    def __init__(self) -> None:
        self.updates = 0

    def __call__(self, execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        self.updates += sql.startswith('UPDATE "organisation_department"')
        return execute(sql, params, many, context)


SIZE = 8
MOVES = st.lists(st.tuples(st.integers(0, SIZE - 1), st.one_of(st.none(), st.integers(0, SIZE - 1))), max_size=30)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_random_moves_equal_the_naive_way(moves: list[tuple[int, int | None]]) -> None:
    """The reference: a dictionary of parents, and every path walked up anew."""
    with transaction.atomic():
        organisation = OrganisationFactory.create()
        nodes = [DepartmentFactory.create(organisation=organisation) for _ in range(SIZE)]
        parents: dict[int, int | None] = dict.fromkeys(range(SIZE))
        for moved, goal in moves:
            walk, at = [], goal
            while at is not None:
                walk.append(at)
                at = parents[at]
            goal_node = None if goal is None else Department.objects.get(pk=nodes[goal].pk)
            if moved in walk:
                with pytest.raises(ValidationError):
                    move_department(by=None, department=nodes[moved], parent=goal_node)
            else:
                parents[moved] = goal
                move_department(by=None, department=nodes[moved], parent=goal_node)
        paths = {}
        for index in range(SIZE):
            ids, at = [], index
            while at is not None:
                ids.append(nodes[at].pk)
                at = parents[at]
            paths[nodes[index].pk] = "/" + "".join(f"{pk}/" for pk in reversed(ids))
        stored = Department.objects.filter(organisation=organisation)
        assert dict(stored.values_list("pk", "path")) == paths
        assert {d.pk: d.parent_id for d in stored} == {nodes[i].pk: None if p is None else nodes[p].pk for i, p in parents.items()}
        transaction.set_rollback(True)
