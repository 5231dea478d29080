"""Drawing a PDF that screen readers can read too (PDF/UA)."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import typst


def drawn(layout: Path, content: Mapping[str, object], *, at: datetime) -> bytes:
    """The PDF that a Typst layout makes of this content; `at` is the date that it carries, so that the same content is the same file.

    A sign that no font here has (an emoji, Chinese) becomes a box. The standard forbids that, so such a file is drawn without its seal.
    """
    data, moment = {"data": json.dumps(content)}, int(at.timestamp())
    try:
        return typst.compile(str(layout), sys_inputs=data, ignore_system_fonts=True, timestamp=moment, pdf_standards="ua-1")
    except typst.TypstError:
        return typst.compile(str(layout), sys_inputs=data, ignore_system_fonts=True, timestamp=moment)
