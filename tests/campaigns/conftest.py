"""Who acts in tests of campaigns."""

from typing import Any

import pytest

from accounts.hats import HatKind
from tests.factories import PostFactory


@pytest.fixture
def scout() -> Any:
    return PostFactory(kind=HatKind.SCOUT)
