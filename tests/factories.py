"""Rows for tests, true to every constraint. Departments are planted with their path; contributions are sent unless asked otherwise."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from factory.declarations import LazyAttribute, Sequence, SubFactory
from factory.django import DjangoModelFactory

from challenges.models import Challenge
from contributions.enums import Audience, Kind, Status
from contributions.models import Contribution
from contributions.promise import promise_day, record_of
from contributions.statuses import CLOSED
from ideas.models import Idea
from lib.sort_keys import swedish_sort_key
from organisation.enums import OrganisationKind, Role
from organisation.models import Department, Organisation, Person, RoleAssignment


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation
        skip_postgeneration_save = True

    mark = Sequence(lambda n: n + 1)
    code = LazyAttribute(lambda o: f"organisation-{o.mark}")
    name = LazyAttribute(lambda o: f"Organisation {o.mark} AB")
    short_name = LazyAttribute(lambda o: f"Org {o.mark}")
    kind = OrganisationKind.COMPANY
    sort_key = LazyAttribute(lambda o: swedish_sort_key(o.name))


class DepartmentFactory(DjangoModelFactory[Department]):
    class Meta:
        model = Department
        skip_postgeneration_save = True

    organisation = SubFactory(OrganisationFactory)
    code = Sequence(lambda n: f"D{n}")
    name = LazyAttribute(lambda o: f"Enhet {o.code}")
    sort_key = LazyAttribute(lambda o: swedish_sort_key(o.name))

    @classmethod
    def _create(cls, model_class: type[Department], *args: Any, **kwargs: Any) -> Department:
        """The path holds the row's own id, so it is known only once the row is there."""
        parent = kwargs.get("parent")
        if parent is not None:
            kwargs["organisation"] = parent.organisation
        highest = Department.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        department = model_class(*args, **kwargs)
        department.path = f"/{10**9 + highest}/"
        department.save()
        department.path = f"{parent.path if parent else '/'}{department.pk}/"
        department.save(update_fields=["path"])
        return department


class PersonFactory(DjangoModelFactory[Person]):
    class Meta:
        model = Person
        skip_postgeneration_save = True

    email = Sequence(lambda n: f"person{n}@example.test")
    given_name = Sequence(lambda n: f"Given{n}")
    family_name = "Family"
    department = SubFactory(DepartmentFactory)
    password = "!"


class RoleAssignmentFactory(DjangoModelFactory[RoleAssignment]):
    """For the whole group unless a department or an organisation is given."""

    class Meta:
        model = RoleAssignment

    person = SubFactory(PersonFactory)
    role = Role.COORDINATOR


class ContributionFactory(DjangoModelFactory[Contribution]):
    """Not used by itself: an idea or a challenge, as it is once sent. `status="draft"` gives a draft of the author's own."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[Contribution], *args: Any, **kwargs: Any) -> Contribution:
        """With the record of its promise, as sending it would have written."""
        contribution = model_class(*args, **kwargs)
        contribution.save(force_insert=True)
        if contribution.promised_on is not None and contribution.submitted_at is not None:
            record_of(contribution).save(force_insert=True)
        return contribution

    author = SubFactory(PersonFactory)
    department = LazyAttribute(lambda o: o.author.department)
    owner_organisation = LazyAttribute(lambda o: o.department.organisation)
    home_organisation = LazyAttribute(lambda o: None if o.status == Status.DRAFT else o.department.organisation)
    title = Sequence(lambda n: f"Bidrag {n}")
    problem = "Trappan är hal varje morgon. Ingen sandar före klockan sju."
    audience = LazyAttribute(lambda o: Audience.AUTHOR if o.status == Status.DRAFT else Audience.GROUP)
    submitted_at = LazyAttribute(lambda o: None if o.status == Status.DRAFT else timezone.now())
    promised_on = LazyAttribute(lambda o: None if o.status == Status.DRAFT else promise_day(o.owner_organisation))
    answered_at = LazyAttribute(lambda o: timezone.now() if o.status in CLOSED else None)
    parked_until = LazyAttribute(lambda o: promise_day(o.owner_organisation) if o.status == Status.PARKED else None)


class IdeaFactory(ContributionFactory):
    class Meta:
        model = Idea

    kind = Kind.IDEA
    status = Status.SUBMITTED
    resumes_as = LazyAttribute(lambda o: Status.EXPLORING if o.status in (Status.PARKED, Status.NEEDS_AUTHOR) else "")
    proposal = "Sanda trappan klockan sex."


class ChallengeFactory(ContributionFactory):
    class Meta:
        model = Challenge

    kind = Kind.CHALLENGE
    status = Status.REPORTED
    resumes_as = LazyAttribute(lambda o: Status.UNDERSTANDING if o.status in (Status.PARKED, Status.NEEDS_AUTHOR) else "")
