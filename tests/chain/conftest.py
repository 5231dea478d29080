"""What the chain needs of the browser."""

import pytest
from playwright.sync_api import expect


@pytest.fixture(autouse=True)
def _patience() -> None:
    """A page may be slow on a busy machine; that is no finding of this test."""
    expect.set_options(timeout=15_000)
