"""Who is there, what they have brought that the reader may see, and whom to turn to."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import BooleanField, Q
from django.db.models.expressions import RawSQL

from contributions.enums import ParticipantRole
from contributions.models import Contribution, ContributionQuerySet
from contributions.queries.mine import brought_by as brought
from contributions.statuses import OPEN
from lib.sort_keys import swedish_sort_key
from network.models import Competence
from organisation.enums import Role
from organisation.models import Department, Organisation, Person, PersonQuerySet, RoleAssignment
from organisation.queries import LONGEST_SEARCH, Node, found_by, people_per_department, trees

SHOWN = 10
SEEKING_SHOWN = 3
SEEKING_AMONG = 1_000
SHORTEST_BEGINNING = 4

# The words wanted and the words known are written alike (lowercase, å ä ö after z as in lib.sort_keys) and compared word by word: the same
# word, or one that begins with the other, so that "svets" finds "svetsning". A short one has to be the same.
_KNOWN = f"""
EXISTS (
    SELECT 1
    FROM network_competence AS known,
         unnest(contributions_contribution.help_wanted) AS wanted,
         LATERAL (SELECT btrim(regexp_replace(
             translate(lower(wanted), 'åäöéèêáàüæøč''’', '{{|}}eeeaay|}}c'), '[^[:alnum:]{{|}}]+', ' ', 'g'
         )) AS key) AS written
    WHERE known.person_id = %s AND written.key <> '' AND (
        position(' ' || known.key || ' ' in ' ' || written.key || ' ') > 0
        OR length(known.key) >= {SHORTEST_BEGINNING} AND position(' ' || known.key in ' ' || written.key) > 0
        OR length(written.key) >= {SHORTEST_BEGINNING} AND position(' ' || written.key in ' ' || known.key) > 0
    )
)
"""  # noqa: S608 - numbers of our own


@dataclass(frozen=True)
class Branch:
    """An organisation with its open departments, and how many work there."""

    organisation: Organisation
    roots: list[Node]

    @property
    def people(self) -> int:
        return sum(node.people for node in self.roots)


def directory(text: str, organisation: Organisation | None, department: Department | None) -> PersonQuerySet:
    """Active people, with their place, in Swedish order of family names."""
    people = Person.objects.active().with_place().filter(_found_or_good_at(text))
    if organisation:
        people = people.filter(department__organisation=organisation)
    if department:
        people = people.filter(department__path__startswith=department.path)
    return people.order_by("sort_key", "id")


def _found_or_good_at(text: str) -> Q:
    """As `found_by`, where each word may also stand in what the person is good at."""
    condition = Q()
    for word in text[:LONGEST_SEARCH].split():
        found, key = found_by(word), swedish_sort_key(word)
        condition &= found | Q(pk__in=Competence.objects.filter(key__contains=key).values("person_id")) if key else found
    return condition


def seeking(person: Person) -> list[Contribution]:
    """What is open, not the person's own, and looks for something they are good at; one query, among the latest thousand."""
    latest = Contribution.objects.filter(status__in=OPEN).order_by("-last_activity_at", "-pk").values("pk")[:SEEKING_AMONG]
    own = Q(author=person) | Q(pk__in=person.participations.exclude(role=ParticipantRole.READER).values("contribution_id"))
    rows = Contribution.objects.visible_to(person).filter(pk__in=latest).exclude(own).exclude(help_wanted=[])
    known = RawSQL(_KNOWN, (person.pk,), output_field=BooleanField())  # noqa: S611 - the one value is a parameter
    found = rows.filter(known).select_related("department__organisation")
    return list(found.order_by("-last_activity_at", "-pk")[:SEEKING_SHOWN])


def branches() -> list[Branch]:
    """Every organisation, with two queries and one for the counts."""
    departments: dict[int, list[Department]] = {}
    for department in Department.objects.open():
        departments.setdefault(department.organisation_id, []).append(department)
    people = people_per_department()
    return [Branch(each, trees(departments.get(each.pk, []), people)) for each in Organisation.objects.all()]


def brought_by(person: Person, *, viewer: Person) -> ContributionQuerySet:
    """What the person has sent, alone or with others, that the viewer may see, latest first."""
    return _shown(Contribution.objects.visible_to(viewer).filter(brought(person)))


def brought_from(department: Department, *, viewer: Person) -> ContributionQuerySet:
    """What has been sent from the department or beneath that the viewer may see, latest first."""
    return _shown(Contribution.objects.visible_to(viewer).filter(department__path__startswith=department.path))


def _shown(contributions: ContributionQuerySet) -> ContributionQuerySet:
    return contributions.sent().with_place().order_by("-last_activity_at", "-id")


def roles_of(person: Person) -> list[RoleAssignment]:
    return list(RoleAssignment.objects.in_force().filter(person=person).select_related("department", "organisation"))


def ambassadors_of(department: Department) -> list[RoleAssignment]:
    """Those who cover the department now, the nearest first."""
    covering = RoleAssignment.objects.in_force().covering(department=department, organisation_id=department.organisation_id)
    held = covering.filter(role=Role.AMBASSADOR, person__is_active=True)
    found = held.select_related("person__department__organisation", "department", "organisation")
    return sorted(found, key=lambda each: (-len(each.department.path) if each.department else 0, each.person.sort_key))


def surroundings(department: Department) -> tuple[list[Department], Node]:
    """The departments above from the root down, and the department with what lies beneath it and how many work in each."""
    here = Q(pk__in=department.ancestor_ids) | Q(path__startswith=department.path, closed_at__isnull=True)
    found = {each.pk: each for each in Department.objects.filter(here)}
    above = [found.pop(pk) for pk in department.ancestor_ids[:-1]]
    roots = trees(found.values(), people_per_department(department.organisation))
    return above, next(node for node in roots if node.department == department)
