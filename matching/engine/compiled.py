"""How kernels that allocate nothing are compiled: without counting references to the arrays they are given.

Counting is an atomic operation at every reading of an array out of a tuple; threads fight for it. Whoever calls holds the arrays.
"""

from __future__ import annotations

from typing import Any

UNCOUNTED: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False}
