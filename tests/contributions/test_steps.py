"""The one address of every step: its form, its refusals, its undo."""

from __future__ import annotations

import datetime
import re
from typing import Any

import pytest
from django.contrib.messages import get_messages

from contributions.actions.parking import return_parked
from contributions.enums import Audience, Kind, Status
from contributions.forms.steps import FIELDS, StepForm, Taken
from contributions.lifecycle import advance, spec_of
from contributions.models import Contribution, TrailEntry
from contributions.rules import UNDO_WITHIN
from contributions.statuses import STATUSES
from contributions.tasks import return_parked as return_parked_task
from notifications.models import Notice
from tests.contributions.test_lifecycle import LEARNT, values_of
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import World


def address(about: Contribution, step: str) -> str:
    return f"/contributions/{about.pk}/steps/{step}/"


def posted(world: World, step: str, about: Contribution) -> dict[str, str]:
    """What a browser would send for the step."""
    values = values_of(world) | {"version": about.version}
    fields = (*spec_of(about.kind).step(step).fields, "version")  # type: ignore[union-attr]
    return {name: str(getattr(values[name], "pk", values[name])) for name in fields if name in values}


@pytest.mark.parametrize("kind", Kind)
def test_every_step_has_a_form_that_takes_it(world: World, kind: Kind) -> None:
    for step in spec_of(kind).steps:
        if step.name == "submit":
            continue
        status = next(status for status in STATUSES[kind] if status in step.sources)
        about = world.contribution(kind, status, audience=Audience.DEPARTMENT)
        world.footing(about)
        role = "author" if step.permission in ("contributions.own", "contributions.widen") else "organisation_coordinator"
        client = client_of(world.person(role))
        page = client.get(address(about, step.name))
        assert page.status_code == 200, step.name
        for name in step.fields:
            assert f'name="{name}"' in page.content.decode(), (step.name, name)
        answer = client.post(address(about, step.name), posted(world, step.name, about))
        assert answer.status_code == 303, (step.name, answer.content.decode()[-3000:])
        entry = about.trail.get()
        row = Contribution.objects.get(pk=about.pk)
        assert (entry.step, answer["Location"]) == (step.name, row.get_absolute_url())


def test_every_field_that_a_step_may_ask_for_is_known() -> None:
    asked = {name for kind in Kind for step in spec_of(kind).steps for name in step.fields}
    assert asked <= set(FIELDS)


def test_labels_say_what_the_step_wants_and_name_the_author(world: World) -> None:
    about = world.contribution()
    step = spec_of("idea").step("decline")
    assert step is not None
    form = StepForm(taken=Taken(step, about, world.person("organisation_coordinator")))
    labels = {name: str(field.label) for name, field in form.fields.items()}
    assert labels == {
        "reason_code": "Skäl",
        "reason": f"Förklara så att {about.author.given_name} förstår",
        "change": "Vad skulle ändra vårt svar?",
    }
    assert (form.heading, form.send_label) == ("Avböj med ett ärligt svar", "Skicka svaret")


BAD: dict[str, list[tuple[str, str]]] = {
    "decline": [
        ("reason", ""), ("reason", " \n\t"), ("reason", "\x00"), ("reason", "x" * 4001), ("reason", "å" * 1_000_000), ("change", ""),
        ("reason_code", ""), ("reason_code", "because"), ("reason_code", "money\x00"),
    ],
    "park": [
        ("until", ""), ("until", "soon"), ("until", "2026-02-30"), ("until", "1999-01-01"), ("until", "9999-12-31"), ("until", "0001-01-01"),
        ("until", "\x00"), ("reason", ""),
    ],
    "merge": [
        ("target", ""), ("target", "x"), ("target", "0"), ("target", "9" * 30), ("target", "SELF"), ("target", "UNSEEN"), ("target", "DRAFT"),
        ("target", "MERGED"), ("target", "https://example.test/"), ("target", "\x00"), ("target", "x" * 401),
    ],
    "hand_over": [("owner", ""), ("owner", "x"), ("owner", "999999"), ("owner", "HOME"), ("owner", "9" * 30), ("owner", "\x00")],
    "assign": [("assignee", ""), ("assignee", "x"), ("assignee", "COLLEAGUE"), ("assignee", "9" * 30)],
    "decide": [
        ("decided_by", ""), ("decided_by", "x" * 121), ("decided_on", "2999-01-01"), ("decided_on", "0001-01-01"), ("decided_on", ""),
        ("registration_number", "x" * 41), ("ground", "x" * 4001),
    ],
    "learn": [("learning_believed", ""), ("learning_happened", " "), ("learning_tried", "\x00")],
    "ask": [("body", ""), ("body", "x" * 4001)],
}  # fmt: skip


@pytest.mark.parametrize("step", BAD)
def test_bad_input_is_answered_beside_the_field_with_the_rest_kept(world: World, step: str) -> None:
    about, client = world.contribution(audience=Audience.DEPARTMENT), client_of(world.person("department_coordinator"))
    named = {
        "SELF": str(about.pk),
        "UNSEEN": str(world_elsewhere(world).pk),
        "DRAFT": str(world.contribution(Kind.IDEA, Status.DRAFT).pk),
        "MERGED": str(world.contribution(Kind.IDEA, Status.MERGED).pk),
        "HOME": str(world.municipality.pk),
        "COLLEAGUE": str(world.people["same_department"].pk),
    }
    good = posted(world, step, about)
    for field, value in BAD[step]:
        answer = client.post(address(about, step), {**good, field: named.get(value, value)})
        page = answer.content.decode()
        assert (answer.status_code, f'href="#id_{field}' in page) == (422, True), (field, value[:40])
        for other, typed in good.items():
            if other not in (field, "version") and not typed.isdecimal():
                assert typed in page, other
    assert (about.trail.count(), Contribution.objects.get(pk=about.pk).version) == (0, 1)


def world_elsewhere(world: World) -> Contribution:
    """Seen in the company only."""
    other = World()
    return other.contribution(audience=Audience.DEPARTMENT)


def test_a_target_by_address_and_those_that_are_alike(world: World) -> None:
    target, about = world.contribution(Kind.CHALLENGE, title="Hala trappor"), world.contribution(title="Hala trappor igen")
    client = client_of(world.person("organisation_coordinator"))
    assert f'value="{target.pk}"' in client.get(address(about, "merge")).content.decode()
    fields = {"reason": "Samma sak.", "target_address": f" https://example.test/challenges/{target.pk}/?x=1#comment-3 ", "version": "1"}
    assert client.post(address(about, "merge"), fields).status_code == 303
    assert Contribution.objects.get(pk=about.pk).merged_into_id == target.pk


def test_somebody_quicker_is_shown_with_what_was_typed_kept(world: World) -> None:
    about = world.contribution()
    fields = posted(world, "decide", about)
    advance(by=world.person("group_coordinator"), contribution=about, step="explore", values={"reason": "Vi tittar på det."})
    client = client_of(world.person("organisation_coordinator"))
    answer = client.post(address(about, "decide"), fields)
    page = answer.content.decode()
    assert (answer.status_code, "Något hände medan du skrev" in page, "Vi tittar på det." in page, "Kommunstyrelsen" in page) == (
        409,
        True,
        True,
        True,
    )
    assert 'name="version" value="2"' in page
    assert client.post(address(about, "decide"), {**fields, "version": "2"}).status_code == 303


def test_a_step_that_somebody_elses_step_has_closed_is_a_sentence(world: World) -> None:
    about = world.contribution()
    fields = posted(world, "explore", about)
    advance(by=world.person("group_coordinator"), contribution=about, step="decline", values=values_of(world))
    client = client_of(world.person("organisation_coordinator"))
    for answer in (client.post(address(about, "explore"), fields), client.get(address(about, "explore"))):
        assert (answer.status_code, "Det steget går inte att ta nu" in answer.content.decode()) == (409, True)
    assert about.trail.count() == 1


@pytest.mark.parametrize("version", ["", "x", "-1", "0", "9" * 30, "1.5", "\x00"])
def test_a_strange_version_is_an_old_one(world: World, version: str) -> None:
    about = world.contribution()
    answer = client_of(world.person("organisation_coordinator")).post(address(about, "explore"), {"reason": "Ja.", "version": version})
    assert (answer.status_code, about.trail.count()) == (409, 0)


@pytest.mark.parametrize(
    ("role", "step", "status"),
    [
        ("same_department", "decline", 403),
        ("author", "decline", 403),
        ("organisation_coordinator", "withdraw", 403),
        ("organisation_coordinator", "fly", 404),
        ("organisation_coordinator", "solve", 409),
        ("organisation_coordinator", "reply", 403),
        ("author", "reply", 409),
        ("other_department", "decline", 404),
    ],
)
def test_who_may_not(world: World, role: str, step: str, status: int) -> None:
    about, client = world.contribution(audience=Audience.DEPARTMENT), client_of(world.person(role))
    assert client.get(address(about, step)).status_code == status
    assert client.post(address(about, step), {"reason": "x", "body": "x"}).status_code == status
    assert about.trail.count() == 0


def test_sending_a_draft_has_a_page_of_its_own(world: World) -> None:
    draft = world.contribution(Kind.IDEA, Status.DRAFT)
    answer = client_of(world.person("author")).post(address(draft, "submit"), {"audience": "group"})
    assert (answer.status_code, answer["Location"]) == (303, f"/ideas/{draft.pk}/edit/")


def test_undo_by_the_toast_returns_to_where_one_was(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("organisation_coordinator"))
    answer = client.post(address(about, "explore"), {"reason": "Ja.", "version": "1", "next": "/triage/?tab=answer"})
    assert answer["Location"] == "/triage/?tab=answer"
    (message,) = get_messages(answer.wsgi_request)
    assert str(message) == f"”{about.title}”: Undersöks. Författaren får veta det om tio sekunder."
    assert message.extra_tags == f"{address(about, 'undo')}?next=%2Ftriage%2F%3Ftab%3Danswer"
    page = client.get("/triage/").content.decode()
    assert 'action="' + message.extra_tags + '"' in page
    answer = client.post(message.extra_tags)
    assert (answer.status_code, answer["Location"]) == (303, "/triage/?tab=answer")
    assert Contribution.objects.get(pk=about.pk).status == Status.SUBMITTED
    assert not Notice.objects.filter(cancelled_at__isnull=True).exists()


@pytest.mark.parametrize(
    "wanted", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", "\x00", "/x\r\nSet-Cookie: a=b"]
)
def test_the_way_back_never_leads_elsewhere(world: World, wanted: str) -> None:
    about, client = world.contribution(), client_of(world.person("organisation_coordinator"))
    answer = client.post(address(about, "explore"), {"reason": "Ja.", "next": wanted})
    assert answer.status_code == 303
    assert answer["Location"].startswith(("/ideas/", "/x"))
    assert "evil" not in answer["Location"]
    page = client.get(address(world.contribution(), "ask"), {"next": wanted}).content.decode()
    assert "evil" not in page.partition("<main")[2].partition("</main>")[0]


def test_undo_too_late_or_twice_is_a_sentence(world: World, time_machine: Any) -> None:
    about, client = world.contribution(), client_of(world.person("organisation_coordinator"))
    client.post(address(about, "explore"), {"reason": "Ja."})
    assert client.get(address(about, "undo")).status_code == 405
    assert client_of(world.person("group_coordinator")).post(address(about, "undo")).status_code == 403
    time_machine.move_to(about.trail.get().at + UNDO_WITHIN + datetime.timedelta(seconds=1), tick=False)
    late = client.post(address(about, "undo"))
    assert (late.status_code, "För sent att ångra" in late.content.decode()) == (409, True)
    client.post(address(about, "plan"), {"reason": "Ja."})
    assert [client.post(address(about, "undo")).status_code for _time in range(2)] == [303, 409]
    assert [entry.step for entry in about.trail.all()] == ["explore", "plan", "undo"]


def test_undo_brings_back_what_the_step_took_out_of_sight(world: World) -> None:
    """Coordinators of the company who give back what was theirs no longer see it, and can still regret."""
    about = world.contribution(audience=Audience.DEPARTMENT, owner_organisation=world.company)
    client = client_of(world.person("other_organisation_coordinator"))
    answer = client.post(address(about, "hand_over"), {"reason": "Ert.", "owner": str(world.municipality.pk)})
    assert answer["Location"] == "/"
    assert client.get(f"/ideas/{about.pk}/").status_code == 404
    answer = client.post(address(about, "undo"))
    assert (answer.status_code, answer["Location"]) == (303, f"/ideas/{about.pk}/")
    assert client_of(world.person("other_organisation")).post(address(about, "undo")).status_code == 404


def test_undo_too_late_says_nothing_of_what_is_out_of_sight(world: World, time_machine: Any) -> None:
    about = world.contribution(audience=Audience.DEPARTMENT, owner_organisation=world.company)
    client = client_of(world.person("other_organisation_coordinator"))
    client.post(address(about, "hand_over"), {"reason": "Ert.", "owner": str(world.municipality.pk)})
    time_machine.move_to(about.trail.get().at + UNDO_WITHIN + datetime.timedelta(seconds=1), tick=False)
    assert client.post(address(about, "undo")).status_code == 404


def test_htmx_gets_the_form_alone_and_is_sent_on_when_it_is_done(world: World) -> None:
    about, client = world.contribution(), client_of(world.person("organisation_coordinator"))
    htmx = {"HX-Request": "true"}
    part = client.get(address(about, "decline"), headers=htmx).content.decode()
    assert ("<html" in part, "<form" in part, "<h1" in part) == (False, True, True)
    wrong = client.post(address(about, "decline"), {"reason": "Nej."}, headers=htmx)
    assert (wrong.status_code, "<html" in wrong.content.decode(), "Nej." in wrong.content.decode()) == (422, False, True)
    done = client.post(address(about, "decline"), posted(world, "decline", about), headers=htmx)
    assert (done.status_code, done["HX-Redirect"]) == (204, f"/ideas/{about.pk}/")


def test_ids_in_the_form_are_once_each(world: World) -> None:
    page = client_of(world.person("organisation_coordinator")).get(address(world.contribution(), "decline")).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids)) > 10


# What comes back by itself


def test_parked_comes_back_once_on_its_day_late_or_twice(world: World) -> None:
    due = world.contribution(Kind.IDEA, Status.PARKED, parked_until=world.today)
    late = world.contribution(Kind.CHALLENGE, Status.PARKED, parked_until=world.today - datetime.timedelta(days=40))
    later = world.contribution(Kind.IDEA, Status.PARKED, parked_until=world.today + datetime.timedelta(days=1))
    assert return_parked() == 2
    return_parked_task()
    assert [Contribution.objects.get(pk=row.pk).status for row in (due, late, later)] == ["exploring", "understanding", "parked"]
    assert list(TrailEntry.objects.order_by("contribution").values_list("contribution", "step", "by")) == [  # type: ignore[comparison-overlap]
        (due.pk, "return", None), (late.pk, "return", None),
    ]  # fmt: skip
    assert Notice.objects.filter(kind="contributions.moved", recipient=world.people["author"]).count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_bring_it_back_once() -> None:
    world = World()
    about = world.contribution(Kind.IDEA, Status.PARKED, parked_until=world.today)
    assert sorted(at_once(return_parked, return_parked, return_parked)) == [0, 0, 1]
    assert about.trail.count() == 1


def test_a_step_back_asks_what_was_learnt(world: World) -> None:
    about, client = world.contribution(Kind.IDEA, Status.TESTING), client_of(world.person("organisation_coordinator"))
    assert client.post(address(about, "back_to_planned"), {}).status_code == 422
    assert client.post(address(about, "back_to_planned"), LEARNT).status_code == 303
    entry = about.trail.get()
    assert (entry.learning_happened, entry.from_status, entry.to_status) == ("Den var för tung.", Status.TESTING, Status.PLANNED)
