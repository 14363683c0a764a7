"""Every address that takes a form or reads its address, with what nobody should send: a message and the words kept, never a 500.

`THOROUGH=1` asks more of it.
"""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from contributions.enums import Status
from contributions.models import Comment, Report
from notifications.models import Notice
from organisation.enums import Role
from organisation.models import Person
from tests.addresses import ROLES, addresses, client_of, small_world, table, whole
from tests.bad_input import ODD, THOROUGH, Form, problems, some
from tests.buttons import Press, presses
from tests.factories import DepartmentFactory, IdeaFactory, PersonFactory, RoleAssignmentFactory
from tests.forms import FORMS, account_forms, reverse_in

pytestmark = pytest.mark.django_db

BUTTONS = {
    "account_logout", "account_signup", "challenge_assess_decline", "challenge_experience_mark", "challenge_set_aside",
    "challenge_step_down", "challenge_why_shift", "comment_delete", "comment_restore", "draft_discard", "drafts_undo", "end_coauthor", "file_remove",
    "file_take_away", "files", "follow", "invitation", "merge_withdraw", "notifications:read", "notifications:unsubscribe", "on_behalf",
    "organisation:deactivate", "organisation:reactivate", "organisation:reopen_department", "plan_item_done", "plan_item_remove",
    "report_handled", "resource_take_back", "restore", "set_language", "similar", "triage_bring_in", "triage_stay", "triage_undo", "unhide",
}  # fmt: skip
"""Posts without a form to refuse: they read at most a field or two, and take anything."""


@pytest.fixture
def world(settings: Any) -> dict[str, Any]:
    settings.ACCOUNT_RATE_LIMITS = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return small_world()


@pytest.mark.parametrize("forms", FORMS, ids=lambda forms: forms.__name__)
def test_a_form_says_what_is_wrong_and_keeps_what_was_typed(world: dict[str, Any], forms: Any) -> None:
    found = {name: problems(form, client_of(world["people"][form.role], form.role)) for name, form in forms(world).items()}
    assert {name: amiss for name, amiss in found.items() if amiss} == {}


def test_the_code_of_a_mail(world: dict[str, Any], mailoutbox: list[Any]) -> None:
    client = Client()
    client.post(reverse("account_request_login_code"), {"email": world["idea"].author.email})
    code = re.search(r"^\s*([A-Z0-9]{3,}-?[A-Z0-9]{3,})\s*$", mailoutbox[0].body, re.MULTILINE)
    assert code
    form = Form(reverse("account_confirm_login_code"), "", {"code": code[1]}, needed={"code"}, free={"code"}, refused=200)
    assert problems(form, client) == []


def test_a_new_password_by_mail(world: dict[str, Any], mailoutbox: list[Any]) -> None:
    account_forms(world)
    client = Client()
    client.post(reverse("account_reset_password"), {"email": world["idea"].author.email})
    link = re.search(r"https?://[^/]+(/accounts/\S+)", mailoutbox[0].body)
    assert link
    new = {"password1": "Norrsken över Kebnekaise", "password2": "Norrsken över Kebnekaise"}
    form = Form(client.get(link[1])["Location"], "", new, needed=set(new), free=set(new), secret=set(new), refused=200)
    assert problems(form, client) == []


def test_no_form_is_forgotten(world: dict[str, Any]) -> None:
    described = {name.split()[0] for forms in FORMS for name in forms(world)}
    mailed = {"account_confirm_login_code", "account_reset_password_from_key"}
    assert described | mailed | BUTTONS == posts()


def test_each_button_does_what_it_is_for(world: dict[str, Any]) -> None:
    """In a form filled in well this is asked by `problems`; of the other buttons the table shows somebody who gets through."""
    found = presses(world)
    assert set(found) == {name for name in BUTTONS if not lets_somebody_through(name)}
    done = {name: (press.is_done(), pressed(world, press), press.is_done()) for name, press in found.items()}
    assert done == dict.fromkeys(found, (False, 303, True))


def pressed(world: dict[str, Any], press: Press) -> int:
    return client_of(world["people"][press.role], press.role).post(press.url, press.typed).status_code


def lets_somebody_through(name: str) -> bool:
    """Of those who are signed in, since the others are led to the sign-in page."""
    answers = dict(zip(ROLES, table()["POST", name], strict=True))
    return any(answer in ("200", "302", "303") for role, answer in answers.items() if role not in ("anonymous", "disabled"))


def posts() -> set[str]:
    """Names of the addresses that somebody may post to."""
    taken = {name for (method, name), answers in table().items() if method == "POST" and set(answers) - {"302", "405"}}
    return taken | CLOSED_TO_MOST


CLOSED_TO_MOST = {"account_change_password", "account_confirm_login_code", "account_logout", "account_signup", "set_language"}
"""Those that lead the people of the table on, whoever they are."""


def is_fault(client: Client, method: str, url: str, *args: Any, **kwargs: Any) -> bool:
    """Whether the server fails; whatever was written is taken back."""
    client.raise_request_exception = False
    before = transaction.savepoint()
    answer = getattr(client, method)(url, *args, **kwargs)
    whole(answer)
    transaction.savepoint_rollback(before)
    return answer.status_code >= 500


def person_for(name: str) -> str:
    return "admin" if name.startswith("organisation") else "coordinator"


def test_a_button_takes_anything(world: dict[str, Any]) -> None:
    names, found = (
        (
            "next",
            "language",
            "notice",
            "thread",
            "title",
            "problem",
            "except",
            "on",
            "comment",
            "person",
            "answer",
            "word",
            "taken",
            "version",
            "List-Unsubscribe",
        ),
        [],
    )
    for address in sorted(BUTTONS):
        client, url = client_of(world["people"][person_for(address)], ""), reverse_in(world, address)
        for value in ODD if THOROUGH or address == "notifications:read" else some(ODD, address):
            for typed in (dict.fromkeys(names, value), {"thread": value}, {"next": value, "language": "sv"}):
                found += [(address, typed)] if is_fault(client, "post", url, typed) else []
    assert found == []


def test_a_body_that_is_no_form(world: dict[str, Any]) -> None:
    bodies = {
        "application/json": b'{"title": ["a"]}',
        "multipart/form-data": b"--x",
        "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="title"\r\n\r\n\xff\r\n--x',
        "application/x-www-form-urlencoded; charset=utf-16": b"title=%ff%fe",
        "application/x-www-form-urlencoded": "&".join(f"a{number}=" for number in range(600)).encode(),
        "text/plain": b"\0",
    }
    found = []
    for name in sorted(posts()):
        client, url = client_of(world["people"][person_for(name)], ""), reverse_in(world, name)
        found += [
            (name, kind)
            for kind, body in some(list(bodies.items()), name)
            if is_fault(client, "generic", "POST", url, body, content_type=kind)
        ]
    assert found == []


def test_more_than_fits_in_one_request_gets_a_page_of_its_own(world: dict[str, Any]) -> None:
    client = client_of(world["people"]["colleague"], "")
    came = client.post(reverse_in(world, "comments"), {"body": "a" * 3_000_000})
    assert (came.status_code, "Gå tillbaka och försök igen" in came.content.decode()) == (400, True)


LISTS = ("ideas", "challenges", "search", "learnings", "mine", "similar", "triage", "network", "notifications:index")
PARAMETERS = (
    "q", "status", "department", "organisation", "answers", "sort", "after", "kind", "tab", "item", "show", "before", "reply", "comment",
    "next", "except", "for", "part", "parent", "closed", "page",
    "past", "at", "scope", "label", "of", "target",
)  # fmt: skip
CURSORS = [
    base64.urlsafe_b64encode(text).decode() for text in (b"[]", b"[0,1e400,1]", b'[0,"\\u0000","x"]', b"[1,null,null]", b"{}", b"[" * 5_000)
]
VALUES = ["-1", "garbage", "1e400", "\0", "x" * 10_240, *ODD, *CURSORS]
NOT_FOR_PEOPLE = {"live", "ready"}


def reading() -> dict[str, str]:
    """Addresses that answer to GET, and a role that they answer."""
    wanted = ("coordinator", "admin", "author", "anonymous")
    answers = {name: dict(zip(ROLES, row, strict=True)) for (method, name), row in table().items() if method == "GET"}
    found = {name: next((role for role in wanted if row[role] == "200"), "") for name, row in answers.items()}
    return {name: role for name, role in found.items() if role and name not in NOT_FOR_PEOPLE}


def test_nothing_in_an_address_is_an_error(world: dict[str, Any]) -> None:
    found = []
    for name, role in sorted(reading().items()):
        client, url = client_of(world["people"][role], role), reverse_in(world, name)
        for value in some(VALUES, name, of=8):
            repeated = {"q": [value, "halka", value], "after": [value, value]}
            one_by_one = [repeated, *({one: value} for one in PARAMETERS)] if THOROUGH and name in LISTS else []
            for query in (dict.fromkeys(PARAMETERS, value), *one_by_one):
                found += [(name, query)] if is_fault(client, "get", url, query) else []
    assert found == []


@pytest.mark.parametrize(
    ("address", "query"),
    [
        ("/triage/", "tab=x&tab=mine&item=1e400&item=2"),
        ("/ideas/", "page=-1&after=garbage"),
        ("/search/", "q=%00&q=halka"),
        ("/ideas/", "status=declined&status=x&q=a&q=b"),
        ("/mine/", "tab=x"),
        ("/network/", "department=1&department=x&organisation=%00"),
        ("/notifications/", "show=all&show=x&after=%ff"),
    ],
)
def test_a_list_shows_what_it_can(world: dict[str, Any], address: str, query: str) -> None:
    assert client_of(world["people"]["coordinator"], "").get(f"{address}?{query}").status_code == 200


@pytest.mark.parametrize("number", ["0", "9" * 30, *(["999999999999999999", "-1", "1e400", "%00", "²"] if THOROUGH else [])])
def test_a_number_that_is_nobodys_leads_nowhere(world: dict[str, Any], number: str) -> None:
    numbered = [route for route in addresses().values() if "<int:" in route]
    urls = ["/" + re.sub(r"<\w+:\w+>", lambda part: number if "int:" in part[0] else "decline", route) for route in numbered]
    admin = RoleAssignmentFactory.create(role=Role.ADMIN)
    RoleAssignmentFactory.create(person=admin.person)
    client = client_of(admin.person, "")
    assert len(urls) > 30
    answers = {url: (client.get(url).status_code, client.post(url).status_code) for url in urls}
    assert {url: answer for url, answer in answers.items() if not {*answer} <= {404, 405} or 404 not in answer} == {}


def test_what_belongs_elsewhere_is_refused(world: dict[str, Any]) -> None:
    """Ids that are there, but not in this place or not for this person."""
    elsewhere = IdeaFactory.create(audience="department")
    said = Comment.objects.create(contribution=elsewhere, author=elsewhere.author, body="Hej", body_html="<p>Hej</p>")
    report = Report.objects.create(contribution=elsewhere, by=elsewhere.author, reason="Ett namn.")
    notice = Notice.objects.create(recipient=elsewhere.author, kind="contributions.commented", channel="bell")
    home = world["idea"].department
    other, closed = DepartmentFactory.create(), DepartmentFactory.create(organisation=home.organisation, closed_at="2026-01-01T00:00Z")
    local = RoleAssignmentFactory.create(role=Role.ADMIN, organisation=home.organisation, person__department=home).person
    somebody = PersonFactory.create(department=home)
    pk, person = world["idea"].pk, {"given_name": "Sara", "family_name": "Niemi", "email": "s@example.test", "language": "sv"}
    reason, role = {"reason": "Ett namn."}, {"role": "coordinator", "start_on": "2026-12-01"}
    sent: list[tuple[Person, str, dict[str, Any], int]] = [
        (world["people"]["colleague"], f"/contributions/{pk}/comments/", {"body": "Hej", "parent": said.pk}, 422),
        (world["people"]["colleague"], f"/contributions/{pk}/report/", {**reason, "comment": said.pk}, 404),
        (world["people"]["coordinator"], f"/contributions/{pk}/hide/", {**reason, "comment": said.pk}, 404),
        (world["people"]["coordinator"], f"/contributions/{pk}/unhide/", {"comment": said.pk}, 404),
        (world["people"]["coordinator"], f"/contributions/{pk}/reports/{report.pk}/", {}, 404),
        (world["people"]["coordinator"], f"/contributions/{pk}/steps/merge/", {**reason, "target": elsewhere.pk}, 422),
        (world["people"]["coordinator"], f"/contributions/{pk}/steps/merge/", {**reason, "target": pk}, 422),
        (world["people"]["coordinator"], f"/contributions/{pk}/steps/assign/", {"assignee": somebody.pk}, 422),
        (world["people"]["coordinator"], f"/contributions/{pk}/steps/hand_over/", {**reason, "owner": home.organisation_id}, 422),
        (world["people"]["coordinator"], "/notifications/read/", {"notice": notice.pk}, 404),
        (world["people"]["author"], f"/ideas/{pk}/edit/", {"title": "Hal trappa", "problem": "Halt. " * 9, "touched": closed.pk, "version": 1}, 422),
        (local, "/organisation/people/new/", {**person, "department": other.pk}, 422),
        (local, "/organisation/people/new/", {**person, "department": closed.pk}, 422),
        (local, f"/organisation/people/{elsewhere.author_id}/edit/", {**person, "department": home.pk}, 404),
        (local, f"/organisation/people/{somebody.pk}/roles/new/", {**role, "scope": f"department-{other.pk}"}, 422),
        (local, f"/organisation/people/{somebody.pk}/roles/new/", {**role, "scope": "group"}, 422),
        (local, f"/organisation/departments/{home.pk}/", {"name": "Natten", "parent": other.pk}, 422),
        (local, f"/organisation/departments/{home.pk}/close/", {"people_to": home.pk}, 422),
    ]  # fmt: skip
    assert [client_of(by, "").post(url, typed).status_code for by, url, typed, _answer in sent] == [answer for *_rest, answer in sent]
    assert (elsewhere.comments.get().hidden_at, Notice.objects.get(pk=notice.pk).read_at) == (None, None)
    assert (Report.objects.get(pk=report.pk).handled_at, world["idea"].comments.count()) == (None, 1)


@profile(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=1_000 if THOROUGH else 25, deadline=None)
@given(
    st.sampled_from(LISTS),
    st.dictionaries(st.sampled_from(PARAMETERS), st.lists(st.text(max_size=30) | st.sampled_from(CURSORS), max_size=3)),
)
def test_no_list_fails_whatever_is_asked(coordinators: Client, name: str, asked: dict[str, list[str]]) -> None:
    assert coordinators.get(reverse(name), asked).status_code == 200


@pytest.fixture
def coordinators(world: dict[str, Any]) -> Client:
    IdeaFactory.create(author=world["people"]["coordinator"], status=Status.DRAFT)
    return client_of(world["people"]["coordinator"], "")
