"""The real reference data, loaded once: it is public, and every test of this app is about it."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from reference.loading import load_reference
from reference.models import PostcodeArea


@pytest.fixture(scope="package")
def _reference_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Committed, so that each test need not load them, and gone again before another app's tests make rows of their own."""
    with django_db_blocker.unblock():
        load_reference()
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def reference(_reference_rows: None, db: None) -> Iterator[None]:
    """A test that may use the reference tables; its own changes are rolled back."""
    assert PostcodeArea.objects.exists()
    yield
    assert connection.in_atomic_block


@pytest.fixture
def live_reference(transactional_db: None) -> None:
    """The same for a browser test, whose tables are emptied afterwards."""
    load_reference()
