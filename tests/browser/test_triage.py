"""Triage of twenty by keyboard alone and by touch, two coordinators on one item, many at once, keys off; axe in both looks.

Key presses and taps are counted as they are made, a tap for each field too; what is typed into a field is not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from statistics import median

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

COORDINATOR = "koordinator@kiruna.example"
turn = count()
"""What is planted later stands first in the queue."""
TWENTY, WAYS, MOST_PRESSES, MOST_TAPS = 20, 6, 4, 4
SEND = "dialog[open] .row > [type=submit]:not([name])"


def plant(site: Site, number: int, prefix: str) -> list[int]:
    """Copies of something that waits, so that there is a queue of known length; late, so that they stand first."""
    columns = [str(name) for (name,) in site.demo.ask(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'contributions_contribution' AND column_name <> 'id' ORDER BY 1"
    )]  # fmt: skip
    child = [str(name) for (name,) in site.demo.ask(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'ideas_idea' AND column_name <> 'contribution_id' ORDER BY 1"
    )]  # fmt: skip
    changed = {
        "title": f"'{prefix} ' || n", "token": "gen_random_uuid()", "promised_on": f"current_date - {200 + 30 * next(turn)} + n", "promise_paused_at": "NULL",
        "answered_at": "NULL", "version": "1", "status": "'submitted'", "resumes_as": "''", "assigned_to_id": "NULL", "parked_until": "NULL",
        "merged_into_id": "NULL", "comment_count": "0", "came_back_at": "NULL",
    }  # fmt: skip
    own, its = "".join(f", {name}" for name in child), "".join(f", i.{name}" for name in child)
    values = ", ".join(changed.get(name, f"m.{name}") for name in columns)
    statement = f"""
        WITH m AS (SELECT c.* FROM contributions_contribution c JOIN organisation_organisation o ON o.id = c.owner_organisation_id
                   WHERE c.kind = 'idea' AND c.status <> 'draft' AND o.code = 'kiruna-kommun' AND c.title <> '' AND c.hidden_at IS NULL ORDER BY c.id LIMIT 1),
        made AS (INSERT INTO contributions_contribution ({", ".join(columns)})
                 SELECT {values} FROM m, generate_series(1, {number}) n RETURNING id),
        child AS (INSERT INTO ideas_idea (contribution_id{own})
                  SELECT made.id{its} FROM made, ideas_idea i
                  WHERE i.contribution_id = (SELECT id FROM m))
        SELECT id FROM made ORDER BY id
    """  # noqa: S608 - names of columns
    site.demo.ask(
        "UPDATE contributions_contribution SET came_back_at = NULL WHERE came_back_at IS NOT NULL RETURNING id"
    )  # else they come first
    rows = site.demo.ask(statement)
    return [int(str(row[0])) for row in rows]


def status_of(site: Site, pk: int) -> object:
    return site.demo.ask(f"SELECT status FROM contributions_contribution WHERE id = {pk}")[0][0]  # noqa: S608 - a number


def assigned(site: Site, *pks: int) -> int:
    held = site.demo.ask("SELECT id FROM contributions_contribution WHERE assigned_to_id IS NOT NULL")
    return len({(pk,) for pk in pks} & {*held})


@dataclass
class Hands:
    """Whoever works through the queue; `presses` holds how many there were for each item."""

    page: Page
    presses: list[int] = field(default_factory=list)

    def begin(self) -> None:
        self.presses.append(0)

    def key(self, *keys: str) -> None:
        for one in keys:
            self.presses[-1] += 1
            self.page.keyboard.press(one)

    def tap(self, selector: str) -> None:
        self.presses[-1] += 1
        self.page.locator(selector).first.tap()

    def typed(self, text: str) -> None:
        self.page.keyboard.insert_text(text)

    def open_by_touch(self, address: str) -> None:
        self.tap(f"[data-dialog][href*='{address}']")
        self.opened()

    def write(self, name: str, text: str) -> None:
        """Tap the field, although it may have the focus already: on a telephone that is what brings up the keyboard."""
        self.tap(f"dialog[open] [name={name}]")
        self.typed(text)

    def opened(self) -> None:
        self.page.locator("dialog[open] form").wait_for()

    def in_hand(self) -> str:
        return self.page.locator("#it").inner_text()


@contextmanager
def touched(site: Site, scheme: str) -> Iterator[Page]:
    """A phone with a finger on it, signed in."""
    with site.page(COORDINATOR):
        pass
    context = site.browser.new_context(
        base_url=site.url, viewport={"width": 390, "height": 844}, has_touch=True, locale="sv-SE", storage_state=site.states[COORDINATOR],
        color_scheme="dark" if scheme == "dark" else "light",
    )  # fmt: skip
    context.set_default_timeout(15_000)
    yield context.new_page()
    context.close()


def by_keys(hands: Hands, act: int) -> None:
    """Six ways to deal with an item, in turn."""
    match act % 6:
        case 0:
            hands.key("a")
            hands.opened()
            hands.typed("Vi undersöker det tillsammans med enheten.")
            hands.key("Control+Enter")
        case 1:
            hands.key("f")
            hands.opened()
            hands.typed("Hur ofta händer det?")
            hands.key("Control+Enter")
        case 2:
            hands.key("s")
            hands.opened()
            hands.typed("Efter flytten.")
            hands.key("Control+Enter")
        case 3:
            hands.key("m")
        case 4:
            hands.key("e")
            hands.opened()
            hands.typed("Vinter")
            hands.key("Enter")
        case 5:
            hands.key("n")
            hands.opened()
            hands.key("3", "Control+a")
            hands.typed("Det skulle kosta för mycket i år.")
            hands.key("Tab", "Control+a")
            hands.typed("Om det blir pengar över i höst.")
            hands.key("Control+Enter")


def dealt_with(hands: Hands, before: str) -> None:
    hands.page.wait_for_function("before => document.querySelector('#it')?.innerText !== before", arg=before)
    hands.page.wait_for_load_state()


def test_twenty_by_keyboard_alone(site: Site, axe: Callable[[Page], list[str]]) -> None:
    plant(site, TWENTY, "Tangent")
    with site.page(COORDINATOR) as page:
        page.goto("/triage/")
        hands = Hands(page)
        for act in range(TWENTY):
            hands.begin()
            before = hands.in_hand()
            assert before == f"Tangent {act + 1}"
            by_keys(hands, act)
            dealt_with(hands, before)
        page.keyboard.press("?")
        page.locator("dialog[open] dl").wait_for()
        assert axe(page) == []
    print(f"\nkey presses per item: median {median(hands.presses)}, most {max(hands.presses)}, all {hands.presses}")  # noqa: T201 - the figure
    assert median(hands.presses) <= MOST_PRESSES


def by_touch(hands: Hands, act: int) -> None:
    """The same six ways with a finger: a tap for each thing opened, each field written in or chosen, and each thing sent."""
    match act % 6:
        case 0:
            hands.open_by_touch("/steps/explore/")
            hands.write("reason", "Vi undersöker det tillsammans med enheten.")
            hands.tap(SEND)
        case 1:
            hands.open_by_touch("/steps/ask/")
            hands.write("body", "Hur ofta händer det?")
            hands.tap(SEND)
        case 2:
            hands.open_by_touch("/steps/park/")
            hands.write("reason", "Efter flytten.")
            hands.tap("dialog[open] button[name=until]")
        case 3:
            hands.tap("article button[name=assignee]")
        case 4:
            hands.open_by_touch("/labels/")
            hands.write("name", "Vinter")
            hands.tap(SEND)
        case 5:
            hands.open_by_touch("/steps/decline/")
            hands.tap("dialog[open] [name=reason_code][value=money]")
            hands.write("reason", "Det skulle kosta för mycket i år.")
            hands.write("change", "Om det blir pengar över i höst.")
            hands.tap(SEND)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_twenty_by_touch(site: Site, axe: Callable[[Page], list[str]], scheme: str) -> None:
    number = TWENTY if scheme == "light" else WAYS
    plant(site, number, f"Tryck {scheme}")
    with touched(site, scheme) as page:
        page.goto("/triage/")
        assert not page.locator("#queue").is_visible()
        hands = Hands(page)
        for act in range(number):
            hands.begin()
            before = hands.in_hand()
            assert before == f"Tryck {scheme} {act + 1}"
            by_touch(hands, act)
            dealt_with(hands, before)
        page.locator("#bring").wait_for()
        assert axe(page) == []
        assert page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    print(f"\ntaps per item: median {median(hands.presses)}, most {max(hands.presses)}, all {hands.presses}")  # noqa: T201 - the figure
    assert median(hands.presses) <= MOST_TAPS


def chosen_act(page: Page, name: str) -> None:
    page.locator(f"[data-dialog][href*='/steps/{name}/']").first.click()
    page.locator("dialog[open] form").wait_for()


def another_coordinator(site: Site) -> tuple[str, str]:
    """Address and name of whoever coordinates the whole group, who from now on signs in as the demo's accounts do."""
    rows = site.demo.ask(f"""
        UPDATE organisation_person SET password = (SELECT password FROM organisation_person WHERE email = '{COORDINATOR}')
        WHERE id = (SELECT person_id FROM organisation_roleassignment
                    WHERE role = 'coordinator' AND organisation_id IS NULL AND department_id IS NULL ORDER BY id LIMIT 1)
        RETURNING email, given_name || ' ' || family_name
    """)  # noqa: S608 - an address of the demo
    return str(rows[0][0]), str(rows[0][1])


def test_the_later_of_two_sees_what_the_first_did_and_chooses(site: Site, axe: Callable[[Page], list[str]]) -> None:
    (pk,) = plant(site, 1, "Samtidigt")
    address, name = another_coordinator(site)
    with site.page(COORDINATOR) as page, site.page(address) as other:
        for one in (page, other):
            one.goto(f"/triage/?item={pk}")
        chosen_act(page, "decline")
        page.locator("dialog[open] [name=reason_code][value=money]").check()
        page.fill("dialog[open] [name=reason]", "Det ryms inte i år.")
        page.fill("dialog[open] [name=change]", "En ny budget.")
        chosen_act(other, "ask")
        other.fill("dialog[open] [name=body]", "Hur ofta händer det?")
        other.keyboard.press("Control+Enter")
        other.locator(".toast").wait_for()
        page.get_by_role("button", name="Skicka svaret").click()
        page.locator("dialog[open] [role=alert]").wait_for()
        said = page.locator("dialog[open]").inner_text()
        assert "Hur ofta händer det?" in said
        assert name in said
        assert page.input_value("dialog[open] [name=reason]") == "Det ryms inte i år."
        assert axe(page) == []
        page.get_by_role("button", name="Skicka svaret").click()
        page.locator(".toast").wait_for()
        assert status_of(site, pk) == "declined"


def test_many_at_once_by_key_and_taken_back(site: Site) -> None:
    first, second = plant(site, 2, "Flera")
    with site.page(COORDINATOR) as page:
        page.goto(f"/triage/?item={first}")
        assert not page.locator(".many").is_visible()
        page.keyboard.press("x")
        page.locator(f"input[value='{second}-1']").check()
        assert page.locator("[data-chosen]").inner_text() == "2"
        page.get_by_role("button", name="Ta dem själv").click()
        page.get_by_text("2 är ändrade.").wait_for()
        assert assigned(site, first, second) == 2
        page.keyboard.press("u")
        page.get_by_text("Ångrat").first.wait_for()
        assert assigned(site, first, second) == 0


def test_a_beginning_is_filled_in_before_it_is_sent(site: Site) -> None:
    (pk,) = plant(site, 1, "Mall")
    with site.page(COORDINATOR) as page:
        page.goto(f"/triage/?item={pk}")
        page.keyboard.press("n")
        page.locator("dialog[open] form").wait_for()
        page.get_by_role("button", name="Ryms inte i budgeten nu").click()
        assert page.is_checked("dialog[open] [name=reason_code][value=money]")
        page.keyboard.press("Control+Enter")
        page.locator("dialog[open]").get_by_text("inom hakparentes: [summa]").first.wait_for()
        assert status_of(site, pk) == "submitted"


def test_keys_that_are_off_do_nothing(site: Site) -> None:
    plant(site, 2, "Tyst")
    with site.page(COORDINATOR) as page:
        for wanted in (False, True):
            page.goto("/mine/settings/")
            page.set_checked("[name=single_keys]", wanted)
            page.locator("main form button[type=submit]").first.click()
            page.wait_for_load_state()
            page.goto("/triage/")
            assert (page.locator(".triage [aria-keyshortcuts]").count() > 0) is wanted
            address = page.url
            page.keyboard.press("j")
            page.wait_for_timeout(500)
            assert (page.url != address) is wanted
