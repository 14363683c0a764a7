from tests.contributions.conftest import world

__all__ = ["world"]
