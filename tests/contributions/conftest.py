import pytest

from contributions.models import Contribution
from tests.contributions.merges import idea
from tests.contributions.world import World


@pytest.fixture
def world(db: None) -> World:
    return World()


@pytest.fixture
def pair(world: World) -> tuple[Contribution, Contribution]:
    """An idea of somebody beside, and the author's, which it may be merged into."""
    return idea(world.people["other_department"], title="Karta över snö"), idea(world.people["author"], title="Karta över is")
