"""The import of organisations and their trees: `organisation, organisation_kind, department, parent_department, code`.

A department is known again by its code within its organisation; another name or parent is a change. A parent is given by name or
code. What the file does not name stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from organisation.actions import create_organisation, lock_trees, plant
from organisation.actions.audit import entry
from organisation.actions.locks import lock
from organisation.enums import AuditVerb, OrganisationKind
from organisation.imports.table import Change, ChangeSort, Column, Report, Row, did_you_mean, fold, nearest, read, shown
from organisation.models import AuditEntry, Department, Organisation, Person

COLUMNS = (
    Column("organisation", 120),
    Column("organisation_kind", 20),
    Column("department", 120),
    Column("parent_department", 120, filled=False),
    Column("code", 40),
)
LIKE_ANOTHER = 0.9
"""How alike two names of organisations are before the new one is taken for a slip."""


@dataclass
class Node:
    """A department as it will stand after the import."""

    department: Department
    row: Row | None = None
    parent: Node | None = None

    @property
    def name(self) -> str:
        return self.row["department"] if self.row else self.department.name

    @property
    def is_new(self) -> bool:
        return self.department.pk is None

    def above(self) -> list[Node]:
        """Itself and its ancestors, until the top or until the circle closes."""
        nodes: list[Node] = [self]
        while (parent := nodes[-1].parent) is not None:
            nodes.append(parent)
            if any(parent is node for node in nodes[:-1]):
                break
        return nodes


@dataclass
class Tree:
    """An organisation and its departments by folded code, as they will stand."""

    name: str
    kind: str
    organisation: Organisation | None
    nodes: dict[str, Node] = field(default_factory=dict)

    @property
    def named(self) -> list[Node]:
        """The departments that the file names, in its order."""
        return sorted((node for node in self.nodes.values() if node.row), key=lambda node: node.row.number if node.row else 0)

    @property
    def deepest(self) -> Row | None:
        """The row that the department furthest from the top stands on, or the nearest one above it that has a row."""
        way = max((node.above() for node in self.nodes.values()), key=len)
        return next((node.row for node in way if node.row), None)

    @property
    def open(self) -> list[Node]:
        return [node for node in self.nodes.values() if not node.department.is_closed]


@transaction.atomic
def import_organisations(*, by: Person | None, content: bytes, dry_run: bool = False) -> Report:
    report = Report()
    rows = read(content, COLUMNS, report)
    lock("organisations")
    trees = _trees(rows, report)
    for tree in trees:
        _find_parents(tree, report)
        _refuse_circles(tree, report)
        _refuse_twins(tree, report)
    if report.problems:
        return report.in_order()
    for tree in trees:
        _compare(tree, report)
    with transaction.atomic():
        for tree in trees:
            try:
                _write(tree, by=by)
            except ValidationError as refusal:
                report.refuse(tree.deepest, " ".join(refusal.messages))
                break
        if dry_run or report.problems:  # what would be refused is found by trying
            transaction.set_rollback(True)
    return report.in_order()


def _trees(rows: Iterable[Row], report: Report) -> list[Tree]:
    organisations = list(Organisation.objects.order_by("pk"))
    lock_trees(*(organisation.pk for organisation in organisations))
    known = {fold(name): organisation for organisation in organisations for name in (organisation.code, organisation.name)}
    trees: dict[str, Tree] = {}
    for row in rows:
        if not (row["organisation"] and row["department"] and row["code"]):
            continue
        tree = _tree_of(row, known, trees, report)
        code = fold(row["code"])
        node = tree.nodes.get(code)
        if node and node.row:
            values = {"code": shown(row["code"]), "row": node.row.number}
            report.refuse(row, _("The code %(code)s is already used on row %(row)d.") % values)
        elif node and node.department.is_closed:
            report.refuse(row, _("The department %s is closed. Open it again first.") % node.department.name)
        else:
            node = tree.nodes.setdefault(code, Node(Department(code=row["code"])))
            node.row = row
    return list(trees.values())


def _tree_of(row: Row, known: dict[str, Organisation], trees: dict[str, Tree], report: Report) -> Tree:
    organisation = known.get(fold(row["organisation"]))
    key = fold(organisation.name if organisation else row["organisation"])
    kind = row["organisation_kind"].casefold()
    if kind and kind not in OrganisationKind.values:
        values = {"kind": shown(row["organisation_kind"]), "kinds": ", ".join(OrganisationKind.values)}
        report.refuse(row, _("“%(kind)s” is not a kind of organisation. Write one of: %(kinds)s.") % values)
    if key not in trees:
        others = {organisation.name for organisation in known.values()} | {tree.name for tree in trees.values()}
        if organisation is None and (near := nearest(row["organisation"], others, cutoff=LIKE_ANOTHER)):
            sentence = _("There is no organisation called “%(name)s”. Did you mean %(near)s? If it is new, create it on its page first.")
            report.refuse(row, sentence % {"name": shown(row["organisation"]), "near": near})
        if organisation:
            trees[key] = Tree(organisation.name, organisation.kind, organisation, _standing_nodes(organisation))
        else:
            trees[key] = Tree(row["organisation"], kind, None)
    tree = trees[key]
    if kind in OrganisationKind.values and kind != tree.kind:
        values = {"name": shown(tree.name), "kind": tree.kind}
        report.refuse(row, _("%(name)s is already of the kind %(kind)s.") % values)
    return tree


def _standing_nodes(organisation: Organisation) -> dict[str, Node]:
    by_id = {department.pk: Node(department) for department in Department.objects.filter(organisation=organisation)}
    for node in by_id.values():
        if node.department.parent_id:
            node.parent = by_id[node.department.parent_id]
            node.department.parent = node.parent.department
    return {fold(node.department.code): node for node in by_id.values()}


def _find_parents(tree: Tree, report: Report) -> None:
    by_name: dict[str, list[Node]] = {}
    for node in tree.open:
        by_name.setdefault(fold(node.name), []).append(node)
    for node in tree.named:
        assert node.row
        wanted = node.row["parent_department"]
        node.parent = None
        if not wanted:
            continue
        coded = tree.nodes.get(fold(wanted))
        found = [coded] if coded and not coded.department.is_closed else by_name.get(fold(wanted), [])
        others = [candidate for candidate in found if candidate is not node] or found
        if not others:
            sentence = _("There is no department called “%s” in the organisation.") % shown(wanted)
            report.refuse(node.row, sentence + did_you_mean(wanted, (candidate.name for candidate in tree.open)))
        elif len(others) > 1:
            report.refuse(node.row, _("Several departments are called “%s”. Write the code of the one you mean.") % shown(wanted))
        else:
            node.parent = others[0]


def _refuse_circles(tree: Tree, report: Report) -> None:
    seen: set[int] = set()
    for node in tree.named:
        way = node.above()
        if len(way) > 1 and way[-1] is node and id(node) not in seen and node.row:
            seen |= {id(step) for step in way}
            circle = " → ".join(shown(step.name) for step in reversed(way))
            report.refuse(node.row, _("The department would stand beneath itself: %s.") % circle)


def _refuse_twins(tree: Tree, report: Report) -> None:
    """Two open departments in the same place cannot have the same name."""
    places: dict[tuple[int, str], Node] = {}
    for node in sorted(tree.open, key=lambda node: node.row.number if node.row else 0):
        twin = places.setdefault((id(node.parent), fold(node.name)), node)
        if twin is not node and node.row:
            report.refuse(node.row, _("There is already a department called “%s” in the same place.") % shown(node.name))


def _compare(tree: Tree, report: Report) -> None:
    for node in tree.named:
        row, department = node.row, node.department
        assert row
        after = node.parent.name if node.parent else _("at the top")
        if node.is_new:
            report.changes.append(Change(row.number, ChangeSort.NEW, node.name, "", f"{tree.name}, {after}"))
            continue
        if department.name != node.name:
            report.changes.append(Change(row.number, ChangeSort.RENAMED, node.name, department.name, node.name))
        if department.parent != (node.parent.department if node.parent else None):
            before = department.parent.name if department.parent else _("at the top")
            report.changes.append(Change(row.number, ChangeSort.MOVED, node.name, before, after))


def _write(tree: Tree, *, by: Person | None) -> None:
    organisation = tree.organisation or create_organisation(by=by, name=tree.name, kind=tree.kind)
    entries: list[tuple[AuditVerb, Department, dict[str, list[str]]]] = []
    new = [node.department for node in tree.named if node.is_new]
    for node in tree.named:
        department, parent = node.department, node.parent.department if node.parent else None
        if node.is_new:
            department.organisation = organisation
            entries.append((AuditVerb.DEPARTMENT_CREATED, department, {}))
        else:
            if department.name != node.name:
                entries.append((AuditVerb.DEPARTMENT_RENAMED, department, {"name": [department.name, node.name]}))
            if department.parent != parent:
                names = [department.parent.name if department.parent else "", node.parent.name if node.parent else ""]
                entries.append((AuditVerb.DEPARTMENT_MOVED, department, {"parent": names}))
        department.name, department.parent = node.name, parent
    if entries:
        plant([node.department for node in tree.nodes.values() if node.department not in new], new=new)
    AuditEntry.objects.bulk_create([entry(by=by, verb=verb, subject=department, details=changes) for verb, department, changes in entries])
