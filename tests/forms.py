"""Every form of the house: its address, how somebody fills it in, and what its fields take."""

from __future__ import annotations

import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from challenges.actions import assessing
from challenges.models import AssessmentNote, Criterion, Way
from contributions.actions.comments import version_of
from contributions.enums import Audience, Kind, Status
from contributions.forms.merging import NOTE_LENGTH as MERGE_NOTE_LENGTH
from contributions.forms.steps import LONGEST_ANSWER
from contributions.forms.talk import NOTE_LENGTH, REASON_LENGTH, WORDS_LENGTH
from contributions.lifecycle import spec_of
from contributions.models import COMMENT_LENGTH, TEXT_LENGTH, TITLE_LENGTH, Participant
from contributions.statuses import STATUSES
from contributions.steps import Step
from notifications.messages import choosable_kinds
from organisation.models import Person
from tests.addresses import addresses, arguments, footing, worked_on
from tests.bad_input import THOROUGH, Form
from tests.factories import ChallengeFactory, DepartmentFactory, IdeaFactory
from triage.models import LABEL_LENGTH

PASSWORD = "Vinterljus i Kiruna"
PROBLEM = "Trappan är hal varje morgon. Ingen sandar före sju."


def reverse_in(world: dict[str, Any], name: str) -> str:
    return reverse(name, kwargs=arguments(name, addresses()[name], world))


def organisation_forms(world: dict[str, Any]) -> dict[str, Form]:
    home = world["idea"].department
    beside = DepartmentFactory.create(organisation=home.organisation)
    person = {"given_name": "Sara", "family_name": "Niemi", "email": "sara@example.test", "department": home.pk, "language": "sv"}
    names = {"given_name": 60, "family_name": 60, "email": 254, "job_title": 80}
    company = {"name": "Nya bolaget AB", "short_name": "Nya bolaget", "answer_within": 10, "days_off": "2026-12-28"}
    days = {"away_from": "2026-12-01", "away_until": "2026-12-07"}
    described: dict[str, dict[str, Any]] = {
        "new_organisation": {
            "valid": {**company, "kind": "company"}, "texts": {"name": 120, "short_name": 40},
            "needed": {"name", "short_name", "kind", "answer_within"}, "choices": {"kind"}, "numbers": {"answer_within"},
        },
        "edit_organisation": {
            "valid": company, "texts": {"name": 120, "short_name": 40},
            "needed": {"name", "short_name", "answer_within"}, "numbers": {"answer_within"},
        },
        "new_department": {
            "valid": {"name": "Natten", "code": "NATT", "parent": beside.pk}, "texts": {"name": 120, "code": 40},
            "needed": {"name", "code"}, "choices": {"parent"},
        },
        "department": {"valid": {"name": "Natten", "parent": ""}, "texts": {"name": 120}, "needed": {"name"}, "choices": {"parent"}},
        "close_department": {"valid": {"people_to": beside.pk}, "needed": {"people_to"}, "choices": {"people_to"}},
        "invite": {
            "valid": {**person, "job_title": "Städare"}, "texts": names,
            "needed": {"given_name", "family_name", "email", "department", "language"}, "choices": {"department", "language"},
        },
        "edit_person": {
            "valid": {**person, "job_title": "Städare"}, "texts": names,
            "needed": {"given_name", "family_name", "email", "department", "language"}, "choices": {"department", "language"},
        },
        "away": {"valid": days, "days": set(days)},
        "give_role": {
            "valid": {"role": "coordinator", "scope": "group", "start_on": "2026-12-01", "end_on": "2027-12-01", "deputy": "author@example.test"},
            "texts": {"deputy": 254}, "needed": {"role", "scope", "start_on"}, "choices": {"role", "scope"}, "days": {"start_on", "end_on"},
        },
        "deputy": {"valid": {"deputy": "author@example.test"}, "texts": {"deputy": 254}},
        "end_role": {"valid": {"end_on": "2027-12-01"}, "days": {"end_on"}},
    }  # fmt: skip
    return {f"organisation:{name}": Form(reverse_in(world, f"organisation:{name}"), "admin", **more) for name, more in described.items()}


def talk_forms(world: dict[str, Any]) -> dict[str, Form]:
    reason = {"valid": {"reason": "Där står ett namn.", "comment": ""}, "texts": {"reason": REASON_LENGTH}, "needed": {"reason"}}
    return {
        "comments": Form(
            reverse_in(world, "comments"), "colleague", {"body": "Hos oss också.", "parent": world["comment"].pk, "token": ""},
            texts={"body": COMMENT_LENGTH}, needed={"body"}, free={"token"}, numbers={"parent"}, told_at={"parent": ""},
        ),
        "support": Form(
            reverse_in(world, "support"), "colleague", {"kind": "help", "on": "1", "note": "Jag kan sanda."},
            texts={"note": NOTE_LENGTH}, needed={"kind"}, choices={"kind"}, told_at={"kind": ""},
        ),
        "report": Form(reverse_in(world, "report"), "colleague", **reason, free={"comment"}),  # type: ignore[arg-type]
        "hide": Form(reverse_in(world, "hide"), "coordinator", **reason, free={"comment"}),  # type: ignore[arg-type]
        "comment_edit": Form(
            reverse_in(world, "comment_edit"), "author", {"body": "Hos oss med.", "version": version_of(world["comment"])},
            texts={"body": COMMENT_LENGTH}, needed={"body"}, free={"version"},
        ),
        "merge": Form(
            reverse_in(world, "merge"), "author", {"agrees": "no", "note": "De är olika."},
            texts={"note": MERGE_NOTE_LENGTH}, needed={"agrees", "note"}, choices={"agrees"},
        ),
        "invite_coauthor": Form(
            f"{reverse_in(world, 'invite_coauthor')}?q={world['people']['colleague'].given_name}", "author",
            {"person": world["people"]["colleague"].pk}, choices={"person"}, needed={"person"},
        ),
        "mask": Form(reverse_in(world, "mask"), "coordinator", {"words": "Trappan"}, texts={"words": WORDS_LENGTH}, needed={"words"}),
    }  # fmt: skip


def text_forms(world: dict[str, Any]) -> dict[str, Form]:
    """The screens of a draft only in the long profile: tests/ideas/test_bad_input.py has them field by field."""
    idea, challenge = world["idea"], world["challenge"]
    draft = IdeaFactory.create(author=idea.author, status=Status.DRAFT)
    Participant.objects.create(contribution=challenge, person=idea.author, role="lead")
    seen, proposed = {"title": "Hal trappa", "problem": PROBLEM}, {"proposal": "Sanda.", "benefit": "Ingen faller."}
    texts, more = {"title": TITLE_LENGTH, "problem": TEXT_LENGTH}, dict.fromkeys(proposed, TEXT_LENGTH)
    touched = {"touched": idea.department_id, "touched_groups": "pupils"}
    why = {"whys-TOTAL_FORMS": "1", "whys-INITIAL_FORMS": "0", "whys-0-question": "Varför?", "whys-0-answer": "För att."}
    first = {"texts": texts, "needed": set(seen), "choices": set(touched), "free": {"version", "token"}}
    edit = reverse("idea_edit", args=(draft.pk,))
    drafts = {
        "idea_edit draft": Form(edit, "author", {**seen, **touched, "version": 1}, **first),  # type: ignore[arg-type]
        "idea_edit second": Form(
            f"{edit}?part=proposal", "author", {**proposed, "audience": "group", "version": 1},
            texts=more, needed={"audience"}, choices={"audience"}, free={"version"},
        ),
    }  # fmt: skip
    return (drafts if THOROUGH else {}) | {
        "idea_new": Form(reverse("idea_new"), "author", {**seen, **touched}, **first),  # type: ignore[arg-type]
        "idea_edit": Form(
            reverse("idea_edit", args=(idea.pk,)), "author", {**seen, **touched, **proposed, "version": 2},
            texts={**texts, **more}, needed={*seen, "proposal"}, choices=set(touched), free={"version"}, in_parts=True,
        ),
        "challenge_edit": Form(
            reverse("challenge_edit", args=(challenge.pk,)), "author",
            {**seen, **touched, "root_problem": "Ingen äger sanden.", **why, "version": 1},
            texts={**texts, "root_problem": 300, "whys-0-question": 200, "whys-0-answer": 500}, needed=set(seen), choices=set(touched),
            free={"version", "whys-TOTAL_FORMS", "whys-INITIAL_FORMS"},
        ),
    }  # fmt: skip


def challenge_forms(world: dict[str, Any]) -> dict[str, Form]:
    """On the screens of a challenge that takes ideas, led by its author, with an assessment under way and one that is closed."""
    author, colleague = world["idea"].author, world["people"]["colleague"]
    row = ChallengeFactory.create(
        author=author, status=Status.OPEN_FOR_IDEAS, root_problem="Ingen äger sanden.", audience=Audience.DEPARTMENT
    )
    fresh = ChallengeFactory.create(author=author, status=Status.ACTION_PLAN, audience=Audience.DEPARTMENT)
    for one in (row, fresh):
        Participant.objects.create(contribution_id=one.pk, person=author, role="lead")
    assessing.begin(by=author, challenge=row, criteria=[("Nytta", 2)])
    assessing.invite(by=author, challenge=row, person=colleague)
    idea = IdeaFactory.create(author=author, answers_id=row.pk, audience=Audience.DEPARTMENT)
    number = f"criterion_{Criterion.objects.get(assessment__contribution=row).pk}"
    criteria = {"name_1": "Nytta", "weight_1": "2", "name_2": "Lärande", "weight_2": "1"}
    people = {"valid": {"person": world["people"]["coordinator"].pk}, "choices": {"person"}, "needed": {"person"}}

    def at(name: str, *more: int, of: Any = row) -> str:
        return reverse(name, args=(of.pk, *more))

    return {
        "challenge_experience": Form(
            at("challenge_experience"), "colleague", {"body": "Jag halkade.", "token": ""}, texts={"body": COMMENT_LENGTH}, needed={"body"}, free={"token"},
        ),
        "challenge_why": Form(
            at("challenge_why"), "colleague", {"question": "Varför?", "answer": "Därför."},
            texts={"question": 200, "answer": 500}, needed={"question", "answer"},
        ),
        "challenge_recognise": Form(
            at("challenge_recognise"), "author", {"agrees": "no", "sentence": "Ingen äger sanden.", "words": "Det är taket."},
            texts={"words": 500}, needed={"agrees", "words"}, choices={"agrees"}, free={"sentence"},
        ),
        "challenge_propose": Form(
            at("challenge_propose"), "author", {"step": "plan", "text": "Vi har nog."}, texts={"text": 2_000}, needed={"step", "text"}, choices={"step"},
        ),
        "challenge_leads": Form(f"{at('challenge_leads')}?q={world['people']['coordinator'].given_name}", "author", **people),  # type: ignore[arg-type]
        "challenge_assessors": Form(f"{at('challenge_assessors')}?q={world['people']['coordinator'].given_name}", "author", **people),  # type: ignore[arg-type]
        "challenge_assessment": Form(
            at("challenge_assessment", of=fresh), "author", criteria, texts={"name_1": 60, "name_2": 60}, choices={"weight_1", "weight_2"}, in_parts=True,
        ),
        "challenge_criteria": Form(
            at("challenge_criteria"), "author", {**criteria, "version": 1}, texts={"name_1": 60, "name_2": 60}, choices={"weight_1", "weight_2"},
            free={"version"}, in_parts=True,
        ),
        "challenge_score": Form(
            at("challenge_score", idea.pk), "colleague", {number: "4", "note": "Enkel."}, texts={"note": 1_000}, needed={number}, choices={number},
        ),
        "challenge_assess_close": Form(at("challenge_assess_close"), "author", {"reason": "Vi väljer nu."}, texts={"reason": 1_000}, needed={"reason"}),
        "challenge_note_reply": note_form(world, fresh),
    }  # fmt: skip


def note_form(world: dict[str, Any], about: Any) -> Form:
    """An answer to a note on an idea of the author's."""
    author, colleague = world["idea"].author, world["people"]["colleague"]
    other = ChallengeFactory.create(author=author, status=Status.ACTION_PLAN, audience=about.audience)
    Participant.objects.create(contribution_id=other.pk, person=author, role="lead")
    assessment = assessing.begin(by=author, challenge=other, criteria=[("Nytta", 2)])
    assessing.invite(by=author, challenge=other, person=colleague)
    idea = IdeaFactory.create(author=author, answers_id=other.pk, audience=about.audience)
    given = {assessment.criteria.get().pk: 3}
    assessing.score(by=Person.objects.get(pk=colleague.pk), challenge=other, idea=idea, values=given, note="Enkel.")
    assessing.close(by=author, challenge=other, reason="Vi väljer nu.")
    note = AssessmentNote.objects.get(idea=idea)
    return Form(
        reverse("challenge_note_reply", args=(other.pk, note.pk)), "author", {"text": "Tack."}, texts={"text": 1_000}, needed={"text"}
    )


def stage_forms(world: dict[str, Any]) -> dict[str, Form]:
    """Of the stages of a challenge, each while its stage is open."""
    author, day = world["idea"].author, str(timezone.localdate())
    beside = DepartmentFactory.create(organisation=author.department.organisation)
    begun = {
        "kind": "small",
        "manager": "Chefen",
        "yes_on": timezone.localdate(),
        "stops_on": timezone.localdate() + datetime.timedelta(days=30),
    }
    ahead = str(timezone.localdate() + datetime.timedelta(days=9))
    found = {}
    for status in (Status.ACTION_PLAN, Status.TESTING, Status.SOLVED):
        row = ChallengeFactory.create(author=author, status=status, audience=Audience.DEPARTMENT)
        found[status] = (row.pk, worked_on(row.pk, author))
    (plan, rows), (testing, tried), (solved, spread) = found.values()
    Way.objects.filter(contribution=testing).update(**begun, body="", ground="")
    item = {"what": "Sanda", "who": author.email, "due_on": ahead, "version": 1}
    plan_item = {"valid": item, "texts": {"what": 300, "who": 200}, "needed": {"what", "who", "due_on"}, "days": {"due_on"}}
    described: dict[str, tuple[list[int], dict[str, Any]]] = {
        "challenge_plan": ([plan], {**plan_item, "free": {"version"}}),
        "plan_item": ([plan, rows["item"].pk], plan_item),
        "resource_ask": ([plan], {
            "valid": {"sort": "hours", "amount": 8, "what": "Sand", "giver": author.email}, "texts": {"what": 200, "giver": 200},
            "needed": {"sort", "what", "giver"}, "choices": {"sort"}, "numbers": {"amount"},
            "told_at": {"giver": "giving_department"},
        }),
        "resource_answer": ([plan, rows["resource"].pk], {
            "valid": {"outcome": "partly", "note": "Hälften."}, "texts": {"note": 500}, "needed": {"outcome", "note"}, "choices": {"outcome"},
        }),
        "way": ([plan], {
            "valid": {"kind": "small", "manager": "Chefen", "yes_on": day, "stops_on": ahead, "reason": "Det växte.", "standing": rows["way"].pk},
            "texts": {"manager": 120, "reason": 2_000}, "needed": {"kind", "manager", "yes_on", "stops_on", "reason"}, "choices": {"kind"},
            "days": {"yes_on", "stops_on"},
        }),
        "way_decision": ([plan, rows["way"].pk], {
            "valid": {"outcome": "yes", "decision": "Ja.", "decided_on": day, "registration_number": "KS 2026/1"},
            "texts": {"decision": 2_000, "registration_number": 40}, "needed": {"outcome", "decision", "decided_on", "registration_number"},
            "choices": {"outcome"}, "days": {"decided_on"},
        }),
        "challenge_tests": ([testing], {
            "valid": {"believed": "Sand.", "tried": "Grus.", "place": "Trappan", "starts_on": day, "stops_on": ahead},
            "texts": {"believed": 2_000, "tried": 2_000, "place": 200}, "needed": {"believed", "tried", "place", "starts_on", "stops_on"},
            "days": {"starts_on", "stops_on"},
        }),
        "trial_end": ([testing, tried["trial"].pk], {
            "valid": {"happened": "Det höll.", "next": "Mer.", "verdict": "go_on"}, "texts": {"happened": 2_000, "next": 2_000},
            "needed": {"happened", "verdict"}, "choices": {"verdict"},
        }),
        "result": ([solved], {
            "valid": {"text": "Sand.", "effect": "Ingen faller.", "before": "9", "after": "1", "unit": "fall", "version": 0},
            "texts": {"text": 2_000, "effect": 2_000, "unit": 60}, "needed": {"text"}, "free": {"before", "after"},
        }),
        "adopt": ([solved], {
            "valid": {"department": beside.pk, "since": day, "changed": "Grus."}, "texts": {"changed": 2_000},
            "needed": {"department", "since"}, "choices": {"department"}, "days": {"since"},
        }),
        "adoption_end": ([solved, spread["adoption"].pk], {"valid": {"learnt": "Grus skaver."}, "texts": {"learnt": 2_000}}),
    }  # fmt: skip
    return {name: Form(reverse(name, args=args), "coordinator", **more) for name, (args, more) in described.items()}


def own_forms(world: dict[str, Any]) -> dict[str, Form]:
    author = world["idea"].author
    days = {"away_from": "2026-12-01", "away_until": "2026-12-07"}
    kinds = {kind.code: "bell" for kind in choosable_kinds(author)}
    few = set(kinds if THOROUGH else list(kinds)[:2]) | {"digest"}
    return {
        "settings": Form(
            reverse("settings"), "author", {**days, "language": "sv", "single_keys": "on"},
            needed={"language"}, choices={"language"}, days=set(days), free={"single_keys"},
        ),
        "absence": Form(reverse("absence"), "author", days, days=set(days)),
        "competences": Form(reverse("competences"), "author", {"competences": "skridskor, snickeri"}, texts={"competences": 2_000}),
        "notifications:preferences": Form(reverse("notifications:preferences"), "author", {**kinds, "digest": "weekly"}, needed=few, choices=few),
    }  # fmt: skip


def account_forms(world: dict[str, Any]) -> dict[str, Form]:
    """allauth answers its own forms with 200 and the errors in them."""
    author = world["idea"].author
    author.set_password(PASSWORD)
    author.save(update_fields=["password"])
    new = {"password1": "Norrsken över Kebnekaise", "password2": "Norrsken över Kebnekaise"}
    secret = {"password", "oldpassword", "password1", "password2"}
    return {
        "account_login": Form(
            reverse("account_login"), "anonymous", {"login": author.email, "password": PASSWORD, "next": ""},
            needed={"login", "password"}, free={"login", "password", "next", "remember"}, secret=secret, refused=200,
        ),
        "account_request_login_code": Form(
            reverse("account_request_login_code"), "anonymous", {"email": author.email}, needed={"email"}, free={"email"}, refused=200,
        ),
        "account_reset_password": Form(
            reverse("account_reset_password"), "anonymous", {"email": author.email}, needed={"email"}, free={"email"}, refused=200,
        ),
        "account_change_password": Form(
            reverse("account_change_password"), "author", {"oldpassword": PASSWORD, **new},
            needed={"oldpassword", *new}, free={"oldpassword", *new}, secret=secret, refused=200,
        ),
        "account_reauthenticate": Form(
            reverse("account_reauthenticate"), "author", {"password": PASSWORD}, needed={"password"}, free={"password"}, secret=secret, refused=200,
        ),
        "account_set_password": Form(reverse("account_set_password"), "colleague", new, needed=set(new), free=set(new), secret=secret, refused=200),
    }  # fmt: skip


def step_forms(world: dict[str, Any]) -> dict[str, Form]:
    """Of every step; in the short profile of those that ask for something no other has asked for."""
    author, found, asked = world["idea"].author, {}, set[str]()
    for factory, kind in ((IdeaFactory, Kind.IDEA), (ChallengeFactory, Kind.CHALLENGE)):
        for step in spec_of(kind).steps:
            statuses = sorted(step.sources & set(STATUSES[kind]))
            if not statuses or step.name == "submit" or (asked.issuperset(step.fields) and not THOROUGH):
                continue
            asked.update(step.fields)
            row = factory.create(author=author, status=statuses[-1], audience=Audience.DEPARTMENT)
            if kind == Kind.CHALLENGE and step.name == "test":
                footing(row.pk, author)
            role = "author" if author.has_perm(step.permission, row) else "coordinator"
            found[f"step {kind} {step.name}"] = step_form(step, reverse("step", args=(row.pk, step.name)), role, world)
    return found


def step_form(step: Step, url: str, role: str, world: dict[str, Any]) -> Form:
    day = timezone.localdate() + datetime.timedelta(days=9)
    chosen = {
        "assignee": world["people"]["coordinator"].pk, "owner": world["people"]["elsewhere"].department.organisation_id,
        "target": world["challenge"].pk, "reason_code": "money", "audience": "group",
    }  # fmt: skip
    days = {"until": day, "closes_on": day, "decided_on": timezone.localdate()}
    texts = {
        name: {"decided_by": 120, "registration_number": 40}.get(name, LONGEST_ANSWER)
        for name in step.fields
        if name not in {*chosen, *days}
    }
    written = {"registration_number": "KS 2026/123"}
    valid = {name: {**chosen, **days, **written}.get(name, "Vi prövar i vinter.") for name in step.fields}
    return Form(
        url, role, {**valid, "version": 1, "next": "/triage/"}, texts=texts, needed=set(step.requires), choices={*chosen} & {*valid},
        days={*days} & {*valid}, free={"version", "next"},
    )  # fmt: skip


def drafting_forms(world: dict[str, Any]) -> dict[str, Form]:
    draft, other = world["draft"], world["assignment"].person
    return {
        "drafts": Form(reverse("drafts"), "coordinator", {"draft": f"{draft.pk}:1"}, free={"draft"}),
        "draft_ask": Form(reverse_in(world, "draft_ask"), "coordinator", {"person": other.pk}, needed={"person"}, choices={"person"}),
    }


def triage_forms(world: dict[str, Any]) -> dict[str, Form]:
    back = {"next": "/triage/?tab=answer"}
    return {
        "triage_labels": Form(
            reverse_in(world, "triage_labels"), "coordinator", {"name": "Vinter", "had": "", **back},
            texts={"name": LABEL_LENGTH}, free={"had", "next"},
        ),
        "triage_many": Form(
            reverse_in(world, "triage_many"), "coordinator", {"items": f"{world['idea'].pk}-2", "act": "label", "name": "Vinter", **back},
            texts={"name": LABEL_LENGTH}, needed={"name"}, free={"items", "act", "next"},
        ),
        "triage_many assign": Form(
            reverse_in(world, "triage_many"), "coordinator",
            {"items": f"{world['idea'].pk}-2", "act": "assign", "sent": "1", "assignee": world["people"]["coordinator"].pk, **back},
            needed={"assignee"}, choices={"assignee"}, free={"items", "act", "sent", "next"},
        ),
    }  # fmt: skip


FORMS = (
    organisation_forms, talk_forms, text_forms, challenge_forms, stage_forms, own_forms, account_forms, step_forms, triage_forms, drafting_forms,
)  # fmt: skip
