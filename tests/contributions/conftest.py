import pytest

from tests.contributions.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()
