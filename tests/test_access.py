"""Every address × every role × GET and POST, against the table in access.txt. An address missing from the table fails.

The world: an idea for the author's department alone, in one organisation; the roles stand inside, beside and outside of it.
A failing test shows the line as it is now, to be judged before it goes into the table.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from tests.addresses import ROLES, addresses, arguments, client_of, small_world, table, whole

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(settings: Any) -> dict[str, Any]:
    settings.ACCOUNT_RATE_LIMITS = False
    return small_world()


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("name", sorted(addresses()))
def test_address_answers_each_role_as_the_table_says(name: str, method: str, world: dict[str, Any]) -> None:
    route = addresses()[name]
    url = reverse(name, kwargs=arguments(name, route, world))
    answers = []
    for role in ROLES:
        before = transaction.savepoint()
        client = client_of(world["people"][role], role)
        response = client.get(url) if method == "GET" else client.post(url)
        whole(response)
        answers.append(str(response.status_code))
        transaction.savepoint_rollback(before)
    assert table().get((method, name)) == answers, f"{method} {name} {' '.join(answers)}"


def test_the_table_holds_no_address_that_is_gone() -> None:
    assert {name for _method, name in table()} <= set(addresses())
