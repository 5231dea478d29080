"""What tests of several files begin with."""

import pytest

from tests.factories import ContactFactory, RecognitionFactory


@pytest.fixture
def contact():  # type: ignore[no-untyped-def]
    """A contact of a company that is recognised for one qualification."""
    return RecognitionFactory(company=ContactFactory().company).company.memberships.get()
