"""The screen of the ideas, its window, and the call: link, poster and QR code."""

from __future__ import annotations

import datetime
import io
from xml.etree import ElementTree

import pytest
import segno
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from challenges.actions.windows import close_windows
from challenges.models import Challenge
from contributions.enums import Audience, Kind, Status
from contributions.lifecycle import IllegalStep, StaleVersion, advance
from contributions.models import Contribution, TrailEntry
from contributions.queries.page import related
from tests.contributions.test_talk import client_of
from tests.contributions.threads import at_once
from tests.contributions.world import World
from tests.factories import IdeaFactory

DAY = datetime.timedelta(days=1)


def opened(world: World, closes: datetime.timedelta = 5 * DAY, **more: object) -> Contribution:
    more.setdefault("audience", Audience.GROUP)
    return world.contribution(Kind.CHALLENGE, Status.OPEN_FOR_IDEAS, ideas_close_at=timezone.now() + closes, **more)


def test_the_ideas_are_listed_as_far_as_one_may_see_them_in_the_order_chosen(world: World) -> None:
    about = opened(world)
    IdeaFactory.create(author=world.people["same_department"], answers=about, title="Sanda tidigare", support_count=1)
    IdeaFactory.create(author=world.people["same_department"], answers=about, title="Värm hängrännan", support_count=9)
    IdeaFactory.create(author=world.people["same_department"], answers=about, title="Bara för oss", audience=Audience.DEPARTMENT)
    IdeaFactory.create(author=world.people["same_department"], answers=about, title="Halvskriven", status=Status.DRAFT)
    client = client_of(world.person("other_organisation"))
    page = client.get(f"/challenges/{about.pk}/ideas/?sort=supported").content.decode()
    assert page.index("Värm hängrännan") < page.index("Sanda tidigare")
    assert not any(hidden in page for hidden in ("Bara för oss", "Halvskriven"))
    newest = client.get(f"/challenges/{about.pk}/ideas/?sort=' OR 1=1").content.decode()
    assert newest.index("Värm hängrännan") < newest.index("Sanda tidigare")
    assert f"/ideas/new/?answers={about.pk}" in page
    assert len(related(world.person("author"), about).answered_with) == 3


def test_days_left_and_nothing_to_press_when_the_time_is_over(world: World) -> None:
    page = client_of(world.person("author")).get(f"/challenges/{opened(world).pk}/ideas/").content.decode()
    assert "dagar är kvar" in page
    over = opened(world, -DAY)
    page = client_of(world.person("author")).get(f"/challenges/{over.pk}/ideas/").content.decode()
    assert ("Idétiden tog slut" in page, f"?answers={over.pk}" in page) == (True, False)


def test_the_coordinator_moves_the_last_day_and_ends_it_early(world: World) -> None:
    about, coordinator = opened(world), world.person("organisation_coordinator")
    last = world.today + 20 * DAY
    for role in ("lead", "author", "same_department"):
        with pytest.raises(PermissionDenied):
            advance(by=world.person(role), contribution=about, step="extend", values={"closes_on": last, "reason": "x"})
    with pytest.raises(ValidationError) as refusal:
        advance(by=coordinator, contribution=about, step="extend", values={"closes_on": world.today - DAY, "reason": "x"})
    assert list(refusal.value.message_dict) == ["closes_on"]
    entry = advance(by=coordinator, contribution=about, step="extend", values={"closes_on": last, "reason": "Helgen kom emellan."})
    closes = Challenge.objects.get(pk=about.pk).ideas_close_at
    assert closes is not None
    assert (timezone.localdate(closes), entry.to_status, entry.text) == (last + DAY, Status.OPEN_FOR_IDEAS, "Helgen kom emellan.")
    ended = advance(by=coordinator, contribution=about, step="close_ideas", values={"reason": "Vi har nog."})
    row = Challenge.objects.get(pk=about.pk)
    assert (row.ideas_close_at, row.is_open_for_ideas, row.status) == (ended.at, False, Status.OPEN_FOR_IDEAS)
    assert close_windows() == 0
    with pytest.raises(ValidationError):
        advance(by=coordinator, contribution=about, step="close_ideas", values={"reason": "x"})
    advance(by=coordinator, contribution=about, step="undo")


def test_a_window_ended_early_and_taken_back_ends_on_its_day(world: World) -> None:
    about, coordinator = opened(world), world.person("organisation_coordinator")
    before = Challenge.objects.get(pk=about.pk).ideas_close_at
    assert before is not None
    advance(by=coordinator, contribution=about, step="close_ideas", values={"reason": "Vi har nog."})
    advance(by=coordinator, contribution=about, step="undo")
    assert Challenge.objects.get(pk=about.pk).ideas_close_at == before
    assert [close_windows(), close_windows(now=before), close_windows(now=before + DAY)] == [0, 1, 0]


def test_the_step_is_on_the_screen_of_those_who_take_it_and_in_no_next_step(world: World) -> None:
    about = opened(world)
    for role, shown in (("organisation_coordinator", True), ("lead", False)):
        page = client_of(world.person(role)).get(f"/challenges/{about.pk}/ideas/").content.decode()
        assert (f"/contributions/{about.pk}/steps/extend/" in page) is shown
    page = client_of(world.person("organisation_coordinator")).get(f"/challenges/{about.pk}/").content.decode()
    assert "Nästa steg:</strong> Handlingsplan</p>" in page
    with pytest.raises(IllegalStep):
        advance(by=world.person("organisation_coordinator"), contribution=world.contribution(Kind.CHALLENGE), step="extend")


def test_the_short_address_leads_to_the_call_by_the_sign_in_page(world: World, client: object) -> None:
    about = opened(world)
    answer = client.get(f"/c/{about.pk}/")  # type: ignore[attr-defined]
    assert answer["Location"] == f"/accounts/login/?next=/c/{about.pk}/"
    assert client_of(world.person("author")).get(f"/c/{about.pk}/")["Location"] == f"/challenges/{about.pk}/ideas/"
    early = world.contribution(Kind.CHALLENGE, Status.UNDERSTANDING)
    assert client_of(world.person("author")).get(f"/c/{early.pk}/")["Location"] == f"/challenges/{early.pk}/understanding/"
    idea = world.contribution()
    for path in (
        f"/c/{idea.pk}/",
        f"/challenges/{idea.pk}/ideas/",
        f"/challenges/{idea.pk}/understanding/",
        f"/challenges/{idea.pk}/poster/",
    ):
        assert client_of(world.person("author")).get(path)["Location"] == f"/ideas/{idea.pk}/"


def test_what_may_not_be_seen_has_no_call(world: World) -> None:
    about = opened(world, audience=Audience.DEPARTMENT, title="Bara för oss")
    stranger = client_of(world.person("other_organisation"))
    for path in (
        f"/c/{about.pk}/",
        *(f"/challenges/{about.pk}/{name}" for name in ("ideas/", "poster/", "poster/qr.svg", "understanding/")),
    ):
        answer = stranger.get(path)
        assert (answer.status_code, b"Bara" in answer.content) == (404, False), path


@pytest.mark.parametrize(
    ("audience", "words"), [(Audience.GROUP, "För alla som arbetar i Kiruna kommun"), (Audience.DEPARTMENT, "med enheter")]
)
def test_the_poster_says_the_question_the_day_the_address_and_for_whom(world: World, audience: Audience, words: str) -> None:
    about = opened(world, audience=audience, title="Halka vid skolorna", root_problem="Isen kommer av taket.")
    page = client_of(world.person("author")).get(f"/challenges/{about.pk}/poster/").content.decode()
    sheet = page[page.index('class="sheet"') : page.index("</article>")]
    for part in (
        "Halka vid skolorna",
        "Isen kommer av taket.",
        "Ge en idé senast",
        f"/c/{about.pk}/",
        f"/challenges/{about.pk}/poster/qr.svg",
        words,
    ):
        assert part in sheet, part


def test_the_qr_code_is_the_short_address_and_a_picture_of_its_own(world: World, settings: object) -> None:
    settings.SITE_URL = "https://innovation.example.test"  # type: ignore[attr-defined]
    about = opened(world)
    answer = client_of(world.person("author")).get(f"/challenges/{about.pk}/poster/qr.svg")
    drawing = ElementTree.fromstring(answer.content)  # noqa: S314 - our own
    wanted = segno.make(f"https://innovation.example.test/c/{about.pk}/", error="m", micro=False)
    assert (answer["Content-Type"], drawing.get("width")) == ("image/svg+xml", str(wanted.symbol_size(8, 4)[0]))
    assert answer.content.decode() == drawn(wanted)


def drawn(code: segno.QRCode) -> str:
    out = io.BytesIO()
    code.save(out, kind="svg", scale=8, border=4, dark="#000", light="#fff", svgns=True)
    return out.getvalue().decode()


@pytest.mark.django_db(transaction=True)
def test_two_who_move_the_day_at_once_do_not_overwrite_each_other() -> None:
    world = World()
    about, one, other = opened(world), world.person("organisation_coordinator"), world.person("group_coordinator")
    values = [{"closes_on": world.today + number * DAY, "reason": "x"} for number in (9, 10)]
    found = at_once(
        lambda: advance(by=one, contribution=about, step="extend", values=values[0], version=1),
        lambda: advance(by=other, contribution=about, step="extend", values=values[1], version=1),
    )
    assert sorted(type(one).__name__ for one in found) == [StaleVersion.__name__, TrailEntry.__name__]
