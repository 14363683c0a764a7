"""The bell's pages, the choices, and stopping from a mail."""

from __future__ import annotations

import datetime
import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import outbox, unsubscribing
from notifications.enums import Channel, Frequency, MailState
from notifications.models import Digest, DigestChoice, Notice, Preference
from notifications.unsubscribing import Wish, token_of
from organisation.models import Person
from tests.factories import PersonFactory
from tests.notifications.conftest import Saying, World

pytestmark = pytest.mark.django_db
INDEX, PANEL, READ, PREFERENCES = (reverse(f"notifications:{name}") for name in ("index", "panel", "read", "preferences"))


@pytest.fixture
def person() -> Person:
    return PersonFactory.create()


@pytest.fixture
def browser(client: Client, person: Person) -> Client:
    client.force_login(person)
    return client


def tell(person: Person, *numbers: int, kind: str = "test.note", **more: Any) -> None:
    for n in numbers:
        outbox.tell([person], kind, {"n": n}, **more)


def titles(response: Any) -> list[str]:
    return re.findall(r">(Title \d+)</a>", response.content.decode())


def unread(person: Person) -> set[int]:
    return {notice.ids["n"] for notice in Notice.objects.unread().filter(recipient=person)}


def test_the_page_shows_the_unread_newest_first_and_all_on_request(browser: Client, person: Person, saying: Saying) -> None:
    tell(person, 1, 2, 3)
    tell(PersonFactory.create(), 4)
    Notice.objects.filter(ids={"n": 2}).update(read_at=timezone.now())
    assert titles(browser.get(INDEX)) == ["Title 3", "Title 1"]
    assert titles(browser.get(INDEX, {"show": "all"})) == ["Title 3", "Title 2", "Title 1"]


def test_an_empty_page_says_so(browser: Client, saying: Saying) -> None:
    assert "Allt är läst" in browser.get(INDEX).content.decode()
    assert "Inget än" in browser.get(INDEX, {"show": "all"}).content.decode()


def test_what_may_no_longer_be_seen_is_only_counted(browser: Client, person: Person, saying: Saying) -> None:
    tell(person, 1, 2)
    saying.gone = {1}
    page = browser.get(INDEX).content.decode()
    assert "Title 1" not in page
    assert "1 avisering gäller något som inte längre delas med dig." in page
    saying.gone = {1, 2}
    assert "Markera alla som lästa" in browser.get(INDEX).content.decode()


def test_pages_follow_each_other_without_gap_or_repeat(browser: Client, person: Person, saying: Saying) -> None:
    tell(person, *range(45))
    seen, address = [], INDEX
    while address:
        response = browser.get(address)
        seen += titles(response)
        onward = re.search(r'href="(\?[^"]*after=[^"]*)" rel="next"', response.content.decode())
        address = INDEX + onward[1].replace("&amp;", "&") if onward else ""
    assert seen == [f"Title {n}" for n in reversed(range(45))]


@pytest.mark.parametrize("after", ["", "x", "%00", "1" * 3000, "-1"])
def test_a_cursor_that_is_none_is_the_first_page(browser: Client, person: Person, saying: Saying, after: str) -> None:
    tell(person, 1)
    assert titles(browser.get(INDEX, {"after": after})) == ["Title 1"]


def test_looking_changes_nothing(browser: Client, person: Person, saying: Saying) -> None:
    tell(person, 1)
    for address in (INDEX, PANEL, PREFERENCES, READ):
        browser.get(address)
    assert unread(person) == {1}


def test_the_bell_shows_the_latest_five(browser: Client, person: Person, saying: Saying) -> None:
    tell(person, *range(7))
    assert titles(browser.get(PANEL, headers={"HX-Request": "true"})) == [f"Title {n}" for n in (6, 5, 4, 3, 2)]
    assert browser.get(PANEL).headers["Location"] == INDEX


def test_one_all_or_a_threads_notices_are_marked_as_read(browser: Client, person: Person, saying: Saying) -> None:
    tell(person, 1, 2, thread="a")
    tell(person, 3, thread="b")
    tell(person, 4)
    response = browser.post(READ, {"notice": Notice.objects.get(ids={"n": 4}).pk, "next": INDEX + "?show=all"})
    assert (response.status_code, response.headers["Location"]) == (303, INDEX + "?show=all")
    assert unread(person) == {1, 2, 3}
    assert browser.post(READ, {"thread": "a"}, headers={"HX-Request": "true"}).status_code == 204
    assert unread(person) == {3}
    browser.post(READ)
    assert unread(person) == set()


def test_nobody_marks_what_is_anothers(browser: Client, saying: Saying) -> None:
    other = PersonFactory.create()
    tell(other, 1, thread="a")
    assert browser.post(READ, {"notice": Notice.objects.get().pk}).status_code == 404
    browser.post(READ, {"thread": "a"})
    browser.post(READ)
    assert unread(other) == {1}


@pytest.mark.parametrize("number", ["", "x", "-1", "٣", "9" * 30, "1.5", "\0"])
def test_a_number_that_is_no_notice_is_not_found(browser: Client, saying: Saying, number: str) -> None:
    assert browser.post(READ, {"notice": number}).status_code == 404


def test_only_this_site_is_gone_back_to(browser: Client, saying: Saying) -> None:
    for address in ("//evil.test", "https://evil.test", "javascript:x()", "/\\evil.test"):
        assert browser.post(READ, {"next": address}).headers["Location"] == "/"


@pytest.mark.parametrize("number", [1, 3])
def test_pages_cost_the_same_whatever_they_show(
    browser: Client, person: Person, saying: Saying, number: int, django_assert_num_queries: Any
) -> None:
    for kind in ("test.note", "test.news", "test.request"):
        tell(person, *range(number), kind=kind)
    with django_assert_num_queries(5):  # session, person, notices, unread, roles
        browser.get(INDEX)
    with django_assert_num_queries(4):
        browser.get(PANEL, headers={"HX-Request": "true"})


# Choices


def choices(browser: Client) -> dict[str, str]:
    """What the form of the page would send as it stands."""
    page = browser.get(PREFERENCES).content.decode()
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', tag)) | {"checked": " checked" in tag} for tag in re.findall(r"<input[^>]*>", page)]
    return {str(field["name"]): str(field["value"]) for field in inputs if field.get("type") == "radio" and field["checked"]}


def test_the_choices_begin_as_the_house_has_set_them(browser: Client, saying: Saying) -> None:
    now = choices(browser)
    assert (now["test.note"], now["test.news"], now["digest"]) == ("direct", "digest", "daily")
    assert "test.duty" not in now


def test_a_choice_is_kept_and_only_what_was_changed(browser: Client, person: Person, saying: Saying) -> None:
    response = browser.post(PREFERENCES, {**choices(browser), "test.note": "bell", "digest": "weekly"})
    assert response.status_code == 303
    assert list(Preference.objects.values_list("person", "kind", "channel")) == [(person.pk, "test.note", Channel.BELL)]
    assert DigestChoice.objects.get().frequency == Frequency.WEEKLY
    assert choices(browser)["test.note"] == "bell"
    browser.post(PREFERENCES, {**choices(browser), "test.note": "direct"})
    assert Preference.objects.get().channel == Channel.DIRECT


def test_what_waits_for_its_mail_follows_the_choice(browser: Client, person: Person, saying: Saying) -> None:
    tell(person, 1)
    tell(person, 2, kind="test.news")
    form = choices(browser)
    browser.post(PREFERENCES, {**form, "test.note": "digest", "test.news": "bell"})
    assert list(Notice.objects.order_by("id").values_list("channel", "mail")) == [("digest", "none"), ("bell", "none")]
    browser.post(PREFERENCES, {**form, "test.note": "direct", "test.news": "direct"})
    assert list(Notice.objects.order_by("id").values_list("channel", "mail")) == [("digest", "none"), ("bell", "none")]


@pytest.mark.parametrize("value", ["", "carrier pigeon", "\0", "x" * 100_000, None])
def test_a_way_that_is_not_offered_is_named_beside_its_row_and_the_rest_is_kept(browser: Client, saying: Saying, value: str | None) -> None:
    form = {**choices(browser), "test.news": "bell", "test.note": value}
    response = browser.post(PREFERENCES, {name: value for name, value in form.items() if value is not None})
    page = response.content.decode()
    assert response.status_code == 422
    assert 'id="id_test.note_error">Välj ett av sätten som finns.' in page
    assert re.search(r'name="test.news" value="bell"[^>]* checked', page)
    assert not Preference.objects.exists()


def test_a_form_from_before_a_kind_came_says_what_is_missing(browser: Client, saying: Saying) -> None:
    assert browser.post(PREFERENCES, {}).status_code == 422


# Stopping from a mail (RFC 8058)


def stop(person: Person, *codes: str) -> str:
    return reverse("notifications:unsubscribe", args=(token_of(Wish(person.pk, codes)),))


def test_a_mail_program_stops_a_kind_with_one_post(person: Person, saying: Saying) -> None:
    program = Client(enforce_csrf_checks=True)
    tell(person, 1)
    for _time in range(2):
        response = program.post(stop(person, "test.note"), {"List-Unsubscribe": "One-Click"})
        assert response.status_code == 200
    assert Preference.objects.get().channel == Channel.BELL
    assert Notice.objects.get().mail == MailState.NONE
    tell(person, 2)
    assert Notice.objects.latest("id").channel == Channel.BELL


def test_the_digest_is_stopped_likewise(person: Person, saying: Saying) -> None:
    Digest.objects.create(person=person, day=datetime.date(2026, 11, 23), mail=MailState.WAITING)
    assert Client(enforce_csrf_checks=True).post(stop(person, unsubscribing.DIGEST)).status_code == 200
    assert DigestChoice.objects.get().frequency == Frequency.NEVER
    assert Digest.objects.get().mail == MailState.DROPPED


def test_opening_the_link_changes_nothing_and_offers_one_button(client: Client, person: Person, saying: Saying) -> None:
    page = client.get(stop(person, "test.note", "test.news")).content.decode()
    assert not Preference.objects.exists()
    assert "<li>News</li><li>Notes</li>" in page
    assert page.count('type="submit"') == 1
    assert "Sluta få de här mejlen" in page


def test_the_page_speaks_the_readers_language_without_a_sign_in(client: Client, saying: Saying) -> None:
    english = PersonFactory.create(language="en")
    response = client.get(stop(english, unsubscribing.DIGEST))
    assert "Stop the digest?" in response.content.decode()


def test_only_what_the_token_names_is_stopped_and_only_for_its_person(client: Client, person: Person, saying: Saying) -> None:
    other = PersonFactory.create()
    client.post(stop(person, "test.note"))
    assert list(Preference.objects.values_list("person", "kind")) == [(person.pk, "test.note")]
    client.post(stop(other, "test.duty", "no.such.kind"))
    assert Preference.objects.count() == 1


@pytest.mark.parametrize("forgery", ["x", ":::::::", "å{0}", "{0}a", "{0}:", "a{0}", "W10:{0}"])
def test_a_forged_token_is_not_found_and_says_what_to_do(client: Client, person: Person, saying: Saying, forgery: str) -> None:
    token = forgery.format(token_of(Wish(person.pk, ("test.note",))))
    address = reverse("notifications:unsubscribe", args=(token,))
    for response in (client.get(address), client.post(address)):
        assert response.status_code == 404
        assert "Länken fungerar inte" in response.content.decode()
    assert not Preference.objects.exists()


def test_a_token_cannot_be_turned_to_somebody_else(client: Client, person: Person, saying: Saying) -> None:
    other = PersonFactory.create()
    mine, theirs = token_of(Wish(person.pk, ("test.note",))), token_of(Wish(other.pk, ("test.note",)))
    mixed = theirs.split(":")[0] + ":" + mine.split(":")[1]
    assert client.post(reverse("notifications:unsubscribe", args=(mixed,))).status_code == 404


def test_ten_thousand_tokens_are_read_back(saying: Saying) -> None:
    wishes = [Wish(n, ("test.note",)) for n in range(10_000)]
    assert [unsubscribing.wish_in(token_of(wish)) for wish in wishes] == wishes


def test_the_page_of_a_thing_reads_what_was_told_of_it(client: Client, world: World) -> None:
    """By a request of its own, since looking changes nothing; without script it is ticked off by hand."""
    world.take("ask", body="När?")
    client.force_login(world.author)
    page = client.get(world.idea.get_absolute_url()).content.decode()
    (asked,) = re.findall(r"<div hidden hx-post=\"([^\"]*)\" hx-trigger=\"load\" hx-swap=\"none\" hx-vals='([^']*)'>", page)
    assert Notice.objects.unread().filter(recipient=world.author).count() == 1
    assert client.post(asked[0], json.loads(asked[1]), headers={"HX-Request": "true"}).status_code == 204
    assert not Notice.objects.unread().filter(recipient=world.author).exists()
    assert 'hx-trigger="load"' not in client.get(world.idea.get_absolute_url()).content.decode()
