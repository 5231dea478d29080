"""Public ids as browsers send them: whatever is no id is left out."""

from collections.abc import Iterable
from uuid import UUID


def uuids(texts: Iterable[str]) -> list[UUID]:
    """Those of the texts that are UUIDs, in their order."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
