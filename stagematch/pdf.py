"""Drawing a PDF that screen readers can read too (PDF/UA)."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import typst


def drawn(layout: Path, content: Mapping[str, object], *, at: datetime) -> bytes:
    """The PDF that a Typst layout makes of this content; `at` is the date that it carries, so that the same content is the same file."""
    data = {"data": json.dumps(content)}
    return typst.compile(str(layout), sys_inputs=data, ignore_system_fonts=True, pdf_standards="ua-1", timestamp=int(at.timestamp()))
