"""The lists of contributions: their filters as they stand in the address, the rows of a page, and how many there are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from django.db.models import Count as CountOf
from django.db.models import OuterRef, Subquery, TextChoices
from django.db.models.functions import Left
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from contributions.enums import Kind, Status
from contributions.models import Contribution, ContributionQuerySet, SearchRow
from contributions.queries.places import Place
from contributions.search import NOTHING, RANKED_ROWS, Asked, Question, alike, ask, best, found_by, hit, question, search
from contributions.statuses import FINISHED, OPEN, STATUSES
from lib.keyset import Count, Page, bounded_count, page
from lib.text import number
from organisation.models import Department, Organisation, Person

PAGE_SIZE = 20
OPENING_LENGTH = 1_500
CHALLENGES_OFFERED = 30
COUNTED_FIRST = 2_000
FEW = 5
"""Where fewer are found, the nearest others are shown beneath."""


class Sort(TextChoices):
    BEST = "best", _("Best match")
    LATEST = "latest", _("Latest event")
    SUPPORTED = "supported", _("Most support")
    NEWEST = "newest", _("Newest")
    PROMISE = "promise", _("Nearest answer")


ORDERS: Mapping[Sort, tuple[str, str]] = {
    Sort.BEST: ("-rank", "-id"),
    Sort.LATEST: ("-last_activity_at", "-id"),
    Sort.SUPPORTED: ("-support_count", "-id"),
    Sort.NEWEST: ("-submitted_at", "-id"),
    Sort.PROMISE: ("promised_on", "id"),
}
ONGOING, FINISHED_ONES = "ongoing", "finished"
GROUPS: Mapping[str, tuple[str | Promise, Iterable[Status]]] = {
    ONGOING: (_("All ongoing"), OPEN),
    FINISHED_ONES: (_("All adopted and solved"), FINISHED),
}
"""Statuses that are asked for together."""


@dataclass(frozen=True)
class Filters:
    """What the address asks for. What it names and is not there is left out, and `unknown` says so."""

    kind: Kind | None = None
    q: Question = NOTHING
    status: str = ""
    department: Department | None = None
    organisation: Organisation | None = None
    answers: Contribution | None = None
    sort: Sort = Sort.LATEST
    unknown: bool = False

    @property
    def narrows(self) -> bool:
        return bool(self.q or self.status or self.department or self.organisation or self.answers)

    @property
    def place(self) -> str:
        """The place as the address writes it: a department's id, or `o` and an organisation's."""
        return str(self.department.pk) if self.department else f"o{self.organisation.pk}" if self.organisation else ""

    @property
    def usual_sort(self) -> Sort:
        """The order of an address that names none."""
        return Sort.BEST if self.q else Sort.LATEST

    @property
    def sorts(self) -> list[Sort]:
        return [sort for sort in Sort if sort != Sort.BEST or self.q]


def read_filters(kind: Kind | None, wanted: Mapping[str, str], places: Iterable[Place], challenges: Iterable[Contribution] = ()) -> Filters:
    """The filters of an address, among the places and challenges given."""
    q = question(wanted.get("q", ""))
    named = {name: wanted.get(name, "").strip() for name in ("status", "department", "answers", "sort")}
    statuses = {choice for choice, _label in status_choices(kind)}
    organisations = {f"o{place.organisation.pk}": place.organisation for place in places}
    departments = {str(node.department.pk): node.department for place in places for node in place.departments}
    filters = Filters(
        kind=kind,
        q=q,
        status=named["status"] if named["status"] in statuses else "",
        department=departments.get(named["department"]),
        organisation=organisations.get(named["department"]),
        answers={str(row.pk): row for row in challenges}.get(named["answers"]),
    )
    sort = Sort(named["sort"]) if named["sort"] in filters.sorts else filters.usual_sort
    found = (filters.status, filters.place, filters.answers, named["sort"] in Sort.values)
    return replace(filters, sort=sort, unknown=any(name and not there for name, there in zip(named.values(), found, strict=True)))


def status_choices(kind: Kind | None) -> list[tuple[str, str | Promise]]:
    """What can be asked for: the groups, then every status the kind may have."""
    kinds = [kind] if kind else list(Kind)
    statuses = dict.fromkeys(status for one in kinds for status in STATUSES[one] if status != Status.DRAFT)
    return [*((name, label) for name, (label, _statuses) in GROUPS.items()), *((status.value, status.label) for status in statuses)]


@dataclass(frozen=True)
class Listing:
    """A page of contributions, how many there are in all, what was asked and what was made of it, and what is nearest where nothing fits."""

    filters: Filters
    page: Page[Contribution]
    count: Count
    asked: Asked
    nearest: list[Contribution]


def listing(person: Person, filters: Filters, after: str | None, among: ContributionQuerySet[Any] | None = None) -> Listing:
    """Two queries, one where all fits on the page; with a question two more, and another where little fits. Drafts are in no list but their author's own.

    `among` brings what a kind adds to its rows.
    """
    every: ContributionQuerySet[Any] = Contribution.objects.all() if among is None else among
    rows = narrowed(every.visible_to(person).sent(), filters)
    asked = ask(filters.q.text)
    having = found_by(asked)
    found = search(rows, having) if filters.q else rows
    shown = best(rows, asked, having) if filters.sort == Sort.BEST else found
    shown_page = page_of(shown, ORDERS[filters.sort], after)
    nearest = _nearest(rows, asked, shown_page) if filters.q and after is None else []
    if filters.q:
        for row in (*shown_page.rows, *nearest):
            row.hit = hit(asked, row.title, row.opening)  # type: ignore[attr-defined]
    is_cut = filters.sort == Sort.BEST and len(having) > RANKED_ROWS
    whole = None if is_cut else shown_page.count
    count = whole or (_count(rows, having) if filters.q else bounded_count(rows.values("pk")))
    return Listing(filters, shown_page, count, asked, nearest)


def _count(rows: ContributionQuerySet[Any], having: list[int]) -> Count:
    """How many of these one may see; mostly the newest are enough to know that there are many."""
    count = bounded_count(search(rows, having[:COUNTED_FIRST]).values("pk"))
    return count if count.more or len(having) <= COUNTED_FIRST else bounded_count(search(rows, having).values("pk"))


def _nearest(rows: ContributionQuerySet[Any], asked: Asked, found: Page[Contribution]) -> list[Contribution]:
    """What is alike, where little or nothing has every word."""
    if len(found.rows) >= FEW:
        return []
    others = rows.exclude(pk__in=[row.pk for row in found.rows])
    return alike(with_opening(others), asked)


def page_of(rows: ContributionQuerySet[Any], order: tuple[str, str], after: str | None) -> Page[Contribution]:
    """The rows with author, department and organisation, and `opening`, the first words of the text."""
    return page(with_opening(rows), order=order, after=after, size=PAGE_SIZE)


def with_opening(rows: ContributionQuerySet[Any]) -> ContributionQuerySet[Any]:
    # A subquery, so that it is read for the rows of the page and not for all that are sorted.
    opening = SearchRow.objects.filter(contribution=OuterRef("pk")).values(start=Left("body", OPENING_LENGTH))
    rows = rows.select_related("author", "department__organisation").defer("problem", "set_aside")
    return cast("ContributionQuerySet[Any]", rows.annotate(opening=Subquery(opening)))


def narrowed(rows: ContributionQuerySet, filters: Filters) -> ContributionQuerySet:
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.status:
        rows = rows.filter(status__in=GROUPS[filters.status][1]) if filters.status in GROUPS else rows.filter(status=filters.status)
    if filters.department:
        rows = rows.filter(department_id__in=Department.objects.beneath(filters.department).values("pk"))
    if filters.organisation:
        rows = rows.filter(home_organisation=filters.organisation)
    if filters.answers:
        rows = rows.filter(answers=filters.answers)
    if filters.sort == Sort.PROMISE:
        rows = rows.awaiting_answer()
    return rows


def challenges_offered(person: Person, asked: str = "") -> list[Contribution]:
    """Challenges one may see that take or have taken ideas, the latest ones, and the one asked for."""
    visible = Contribution.objects.visible_to(person).filter(kind=Kind.CHALLENGE)
    latest = visible.filter(status__in=(Status.OPEN_FOR_IDEAS, Status.ACTION_PLAN, Status.TESTING, Status.SOLVED))
    offered = list(latest.order_by("-last_activity_at", "-pk")[:CHALLENGES_OFFERED])
    if (wanted := number(asked)) and wanted not in {row.pk for row in offered}:
        offered += visible.sent().filter(pk=wanted)
    return offered


def with_answer_count(rows: ContributionQuerySet[Any], person: Person) -> ContributionQuerySet:
    """`answers_seen`: how many ideas one may see answer each of them (None for none)."""
    answers = Contribution.objects.visible_to(person).sent().filter(answers=OuterRef("pk")).order_by()
    number = answers.values("answers").annotate(number=CountOf("pk")).values("number")
    return cast("ContributionQuerySet", rows.annotate(answers_seen=Subquery(number)))
