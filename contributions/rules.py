"""Who may see and do what with a contribution. Seeing has three forms of one rule: `may_see`, `visible_to`, `readers_of`."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import rules
from django.db.models import F, Q
from django.utils import timezone

from contributions.enums import Audience, Opening, ParticipantRole, Status
from contributions.statuses import OPENS
from organisation.enums import Role
from organisation.models import RoleAssignment, RoleAssignmentQuerySet
from organisation.rules import is_away
from organisation.rules import is_coordinator as is_any_coordinator

if TYPE_CHECKING:
    from contributions.models import AnswerDraft, Attachment, Comment, Contribution, MergeProposal, Participant, Report
    from organisation.models import Department, Person

UNDO_WITHIN = datetime.timedelta(seconds=10)


def opens(contribution: Contribution, opening: Opening) -> bool:
    """Whether the status leaves this open."""
    return opening in OPENS[Status(contribution.status)]


@rules.predicate
def is_author(person: Person, contribution: Contribution | None) -> bool:
    return contribution is not None and contribution.author_id == person.pk


@rules.predicate
def is_named_ambassador(person: Person, contribution: Contribution | None) -> bool:
    """The one ambassador the author chose for a draft, for as long as they hold the role over the department."""
    return (
        contribution is not None
        and contribution.audience == Audience.AMBASSADOR
        and contribution.ambassador_id == person.pk
        and person.coverage(Role.AMBASSADOR).covers_department(contribution.department)
    )


@rules.predicate
def may_read_as_coordinator(person: Person, contribution: Contribution | None) -> bool:
    """Coordinators who cover the department, its organisation or the organisation that answers; never for a draft."""
    if contribution is None or contribution.status == Status.DRAFT:
        return False
    coverage = person.coverage(Role.COORDINATOR)
    return coverage.covers_organisation(contribution.owner_organisation_id) or coverage.covers_department(contribution.department)


@rules.predicate
def answers_for(person: Person, contribution: Contribution | None) -> bool:
    """Coordinators who may act: over the organisation that owns it, or over the department within that organisation."""
    if contribution is None or contribution.status == Status.DRAFT:
        return False
    coverage = person.coverage(Role.COORDINATOR)
    if coverage.covers_organisation(contribution.owner_organisation_id):
        return True
    owned_at_home = contribution.owner_organisation_id == contribution.department.organisation_id
    return owned_at_home and contribution.department_id in coverage.departments


@rules.predicate
def is_in_audience(person: Person, contribution: Contribution | None) -> bool:
    if contribution is None or contribution.status == Status.DRAFT or contribution.hidden_at is not None:
        return False
    match contribution.audience:
        case Audience.GROUP:
            return True
        case Audience.ORGANISATION:
            return contribution.home_organisation_id == person.department.organisation_id
        case Audience.DEPARTMENT:
            return person.department.path.startswith(contribution.department.path)
    return False


@rules.predicate
def is_participant(person: Person, contribution: Contribution | None) -> bool:
    """Whoever takes part in what is sent; of a draft, whoever its author chose."""
    if contribution is None or contribution.hidden_at is not None:
        return False
    own = [p for p in contribution.participants.all() if p.person_id == person.pk]
    return any(is_chosen(p) for p in own) if contribution.status == Status.DRAFT else bool(own)


def is_chosen(participant: Participant) -> bool:
    """Whether the author's own choice lets them read a draft; of somebody it was brought in for, once they have been asked."""
    if participant.role == ParticipantRole.ON_BEHALF:
        return participant.invited_by_id is not None
    return participant.role in (ParticipantRole.COAUTHOR, ParticipantRole.INVITED)


def chosen() -> Q:
    """`is_chosen` as a condition on participants."""
    asked = Q(role=ParticipantRole.ON_BEHALF, invited_by__isnull=False)
    return Q(role__in=(ParticipantRole.COAUTHOR, ParticipantRole.INVITED)) | asked


def has_role(person: Person, contribution: Contribution | None, *roles: ParticipantRole) -> bool:
    return contribution is not None and any(p.person_id == person.pk and p.role in roles for p in contribution.participants.all())


@rules.predicate
def is_coauthor(person: Person, contribution: Contribution | None) -> bool:
    return has_role(person, contribution, ParticipantRole.COAUTHOR)


@rules.predicate
def is_lead(person: Person, contribution: Contribution | None) -> bool:
    return has_role(person, contribution, ParticipantRole.LEAD)


@rules.predicate
def is_working_on_it(person: Person, contribution: Contribution | None) -> bool:
    """A participant who has said yes to being one."""
    return has_role(person, contribution, ParticipantRole.COAUTHOR, ParticipantRole.LEAD, ParticipantRole.READER)


@rules.predicate
def is_invited(person: Person, contribution: Contribution | None) -> bool:
    """Asked to write with the author, and has not answered."""
    return has_role(person, contribution, ParticipantRole.INVITED)


@rules.predicate
def is_brought_in_for(person: Person, contribution: Contribution | None) -> bool:
    """Asked whether a draft that an ambassador wrote is to be theirs, and has not answered."""
    return contribution is not None and any(
        p.person_id == person.pk and p.role == ParticipantRole.ON_BEHALF and is_chosen(p) for p in contribution.participants.all()
    )


may_see = rules.is_active & (is_author | is_in_audience | may_read_as_coordinator | is_named_ambassador | is_participant)


def visible_to(person: Person) -> Q:
    """`may_see` as a condition on contributions."""
    if not person.is_active:
        return Q(pk__in=[])
    sent = ~Q(status=Status.DRAFT)
    department = person.department
    audience = (
        Q(audience=Audience.GROUP)
        | Q(audience=Audience.ORGANISATION, home_organisation_id=department.organisation_id)
        | Q(audience=Audience.DEPARTMENT, department_id__in=department.ancestor_ids)
    )
    taking_part = Q(pk__in=person.participations.values("contribution_id"))
    chosen_to_read = Q(status=Status.DRAFT, pk__in=person.participations.filter(chosen()).values("contribution_id"))
    condition = Q(author=person) | Q(hidden_at__isnull=True) & (sent & (audience | taking_part) | chosen_to_read)
    return condition | _entrusted_to(person) | sent & coordinated_by(person)


def _entrusted_to(person: Person) -> Q:
    coverage = person.coverage(Role.AMBASSADOR)
    named = Q(audience=Audience.AMBASSADOR, ambassador=person)
    if coverage.group:
        return named
    return named & (Q(department_id__in=coverage.departments) | Q(department__organisation_id__in=coverage.organisations))


def coordinated_by(person: Person) -> Q:
    """Contributions (drafts not excluded here) that the person may read as a coordinator."""
    coverage = person.coverage(Role.COORDINATOR)
    if coverage.group:
        return Q()
    if not coverage:
        return Q(pk__in=[])
    return (
        Q(department_id__in=coverage.departments)
        | Q(owner_organisation_id__in=coverage.organisations)
        | Q(home_organisation_id__in=coverage.organisations)
    )


def answered_by(person: Person) -> Q:
    """`answers_for` as a condition on contributions."""
    coverage = person.coverage(Role.COORDINATOR)
    sent = ~Q(status=Status.DRAFT)
    if coverage.group:
        return sent
    if not coverage:
        return Q(pk__in=[])
    by_department = Q(department_id__in=coverage.departments, owner_organisation_id=F("home_organisation_id"))
    return sent & (Q(owner_organisation_id__in=coverage.organisations) | by_department)


def readers_of(contribution: Contribution) -> Q:
    """`may_see` as a condition on people."""
    people = Q(pk=contribution.author_id)
    if contribution.status == Status.DRAFT:
        if contribution.audience == Audience.AMBASSADOR:
            people |= Q(pk=contribution.ambassador_id) & ambassadors_of(contribution)
        if contribution.hidden_at is None:
            people |= Q(pk__in=contribution.participants.filter(chosen()).values("person_id"))
        return people & Q(is_active=True)
    if contribution.hidden_at is None:
        match contribution.audience:
            case Audience.GROUP:
                return Q(is_active=True)
            case Audience.ORGANISATION:
                people |= Q(department__organisation_id=contribution.home_organisation_id)
            case Audience.DEPARTMENT:
                people |= Q(department__path__startswith=contribution.department.path)
        people |= Q(pk__in=contribution.participants.values("person_id"))
    return (people | coordinators_of(contribution)) & Q(is_active=True)


def coordinators_of(contribution: Contribution) -> Q:
    """People who may read as coordinators, deputies of absent ones included."""
    return _carrying(_assignments(Role.COORDINATOR, contribution, contribution.owner_organisation_id))


def ambassadors_of(contribution: Contribution) -> Q:
    """People who may be named to read a draft, deputies of absent ones included."""
    return _carrying(_assignments(Role.AMBASSADOR, contribution, contribution.department.organisation_id)) & Q(is_active=True)


def _assignments(role: Role, contribution: Contribution, organisation_id: int) -> RoleAssignmentQuerySet:
    """Assignments of the role in force over the contribution's department, its organisation or the one given."""
    in_force = RoleAssignment.objects.in_force().filter(role=role)
    return in_force.covering(department=contribution.department, organisation_id=organisation_id)


def answerers_of(contribution: Contribution) -> Q:
    """`answers_for` as a condition on people."""
    scope = Q(organisation_id=contribution.owner_organisation_id) | Q(department__isnull=True, organisation__isnull=True)
    if contribution.owner_organisation_id == contribution.department.organisation_id:
        scope |= Q(department_id__in=contribution.department.ancestor_ids)
    return _carrying(RoleAssignment.objects.in_force().filter(scope, role=Role.COORDINATOR)) & Q(is_active=True)


def coordinators_over(department: Department) -> Q:
    """People who coordinate it, deputies of absent ones included."""
    over = RoleAssignment.objects.in_force().covering(department=department, organisation_id=department.organisation_id)
    return _carrying(over.filter(role=Role.COORDINATOR)) & Q(is_active=True)


def _carrying(assignments: RoleAssignmentQuerySet) -> Q:
    """People who hold one of the assignments, or stand in for a holder who is away or gone."""
    absent = is_away(timezone.localdate()) | Q(person__is_active=False)
    return Q(pk__in=assignments.values("person_id")) | Q(pk__in=assignments.filter(absent, deputy__isnull=False).values("deputy_id"))


def leaves_open(opening: Opening) -> rules.Predicate:
    """Whether the status leaves this open, as a predicate."""

    @rules.predicate(f"leaves_open_{opening}")
    def leaves(_person: Person, contribution: Contribution | None) -> bool:
        return contribution is not None and opens(contribution, opening)

    return leaves


leaves_open_edit = leaves_open(Opening.EDIT)
leaves_open_comment = leaves_open(Opening.COMMENT)
leaves_open_support = leaves_open(Opening.SUPPORT)


@rules.predicate
def is_sent(_person: Person, contribution: Contribution | None) -> bool:
    return contribution is not None and contribution.status != Status.DRAFT


@rules.predicate
def is_open_to_all(_person: Person, contribution: Contribution | None) -> bool:
    return contribution is not None and contribution.audience == Audience.GROUP


@rules.predicate
def may_bring_in_for(person: Person, colleague: Person | None) -> bool:
    """An ambassador, for somebody else who works where they hold the role; without a colleague: for anybody at all."""
    coverage = person.coverage(Role.AMBASSADOR)
    if colleague is None:
        return bool(coverage)
    return colleague.is_active and colleague.pk != person.pk and coverage.covers_department(colleague.department)


@rules.predicate
def has_just_taken_a_step(person: Person, contribution: Contribution | None) -> bool:
    """Even one that took the contribution out of the person's sight, for as long as it can be undone."""
    if contribution is None:
        return False
    last = contribution.trail.order_by("-at", "-pk").values_list("by_id", "at").first()
    return last is not None and last[0] == person.pk and timezone.now() - last[1] <= UNDO_WITHIN


@rules.predicate
def wrote_comment(person: Person, comment: Comment | None) -> bool:
    return comment is not None and comment.author_id == person.pk


def hears_confidences(person: Person, contribution: Contribution) -> bool:
    """Whoever sees the draft, and once it is sent those who wrote it: what was said of the draft is theirs."""
    return contribution.is_draft or is_author(person, contribution) or is_coauthor(person, contribution)


@rules.predicate
def may_see_comment(person: Person, comment: Comment | None) -> bool:
    """Whoever sees the contribution, unless the comment is hidden or internal; those who answer for it even then. Nobody once it is gone."""
    if comment is None or comment.deleted_at is not None or not may_see(person, comment.contribution):
        return False
    if comment.in_confidence and comment.author_id != person.pk and not hears_confidences(person, comment.contribution):
        return False
    return (comment.hidden_at is None and not comment.is_internal) or answers_for(person, comment.contribution)


@rules.predicate
def may_know_comment(person: Person, comment: Comment | None) -> bool:
    """Whoever sees it, and its author where it is hidden or gone."""
    if may_see_comment(person, comment):
        return True
    return comment is not None and wrote_comment(person, comment) and not comment.is_internal and may_see(person, comment.contribution)


@rules.predicate
def is_readable(_person: Person, comment: Comment | None) -> bool:
    return comment is not None and comment.hidden_at is None and comment.deleted_at is None


@rules.predicate
def is_open_to_comments(_person: Person, comment: Comment | None) -> bool:
    return comment is not None and opens(comment.contribution, Opening.COMMENT)


@rules.predicate
def may_see_report(person: Person, report: Report | None) -> bool:
    return report is not None and answers_for(person, report.contribution)


@rules.predicate
def is_asked_to_merge(person: Person, proposal: MergeProposal | None) -> bool:
    return proposal is not None and any(answer.person_id == person.pk for answer in proposal.answers.all())


@rules.predicate
def answers_for_proposal(person: Person, proposal: MergeProposal | None) -> bool:
    return proposal is not None and answers_for(person, proposal.contribution)


@rules.predicate
def may_read_draft(person: Person, draft: AnswerDraft | None) -> bool:
    return draft is not None and answers_for(person, draft.contribution)


@rules.predicate
def may_see_file(person: Person, file: Attachment | None) -> bool:
    """Whoever sees the contribution now."""
    return file is not None and may_see(person, file.contribution)


rules.add_perm("contributions.share", rules.is_authenticated)
rules.add_perm("contributions.see", may_see)
rules.add_perm("contributions.edit", may_see & (is_author | is_coauthor | is_lead & is_sent) & leaves_open_edit)
rules.add_perm("contributions.undo", may_see | rules.is_active & has_just_taken_a_step)
rules.add_perm("contributions.comment", may_see & leaves_open_comment)
rules.add_perm("contributions.support", may_see & leaves_open_support & ~is_author & ~is_coauthor)
rules.add_perm("contributions.follow", may_see)
rules.add_perm("contributions.report", may_see & is_sent & ~is_author)
rules.add_perm("contributions.see_comment", may_see_comment)
rules.add_perm("contributions.know_comment", may_know_comment)
rules.add_perm("contributions.own_comment", may_know_comment & wrote_comment)
rules.add_perm("contributions.delete_comment", may_see_comment & wrote_comment & is_readable)
rules.add_perm("contributions.edit_comment", may_see_comment & wrote_comment & is_readable & is_open_to_comments)
rules.add_perm("contributions.note", rules.is_active & answers_for)
rules.add_perm("contributions.report_comment", may_see_comment & ~wrote_comment)
rules.add_perm("contributions.see_report", rules.is_active & may_see_report)
rules.add_perm("contributions.see_merge", rules.is_active & (is_asked_to_merge | answers_for_proposal))
rules.add_perm("contributions.answer_merge", is_asked_to_merge)
rules.add_perm("contributions.withdraw_merge", answers_for_proposal)
rules.add_perm("contributions.see_file", rules.is_active & may_see_file)
rules.add_perm("contributions.read_draft", rules.is_active & may_read_draft)
rules.add_perm("contributions.own", is_author)
rules.add_perm("contributions.write_with", may_see & (is_author | is_coauthor))
rules.add_perm("contributions.answer_invitation", may_see & is_invited)
rules.add_perm("contributions.confirm", may_see & is_brought_in_for)
rules.add_perm("contributions.bring_in", may_bring_in_for)
rules.add_perm("contributions.widen", is_author & is_sent & ~is_open_to_all)
rules.add_perm("contributions.answer_for", answers_for)
rules.add_perm("contributions.learn", (is_author | answers_for | is_participant & is_working_on_it) & is_sent)
rules.add_perm("contributions.coordinate", is_any_coordinator)
