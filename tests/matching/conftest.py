"""A round of four students with three slots, for the tests of pages; the others make worlds of their own."""

import pytest

from matching.models import Run
from matching.services import decisions
from tests.matching.making import World


@pytest.fixture
def world() -> World:
    return World(students=4, capacities=(1, 2))


@pytest.fixture
def taken(world: World) -> Run:
    """A run that was taken over."""
    run = world.run()
    decisions.take_over(run=run, actor=world.actor)
    return run
