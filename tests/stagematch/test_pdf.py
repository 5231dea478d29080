"""Files that people get in writing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from stagematch.pdf import drawn

LAYOUT = """
#set document(title: "Brief")
#set text(lang: "nl")
#let content = json(bytes(sys.inputs.data))
= Brief
#content.text
"""


@pytest.mark.parametrize(("text", "sealed"), [("Op de werkvloer geen hekken.", True), ("Op de werkvloer ❌ geen hekken. 工場", False)])
def test_a_letter_is_drawn_whatever_signs_are_in_it(text: str, sealed: bool, tmp_path: Path) -> None:
    layout = tmp_path / "letter.typ"
    layout.write_text(LAYOUT)
    letter = drawn(layout, {"text": text}, at=datetime(2026, 11, 22, tzinfo=UTC))
    assert letter.startswith(b"%PDF")
    assert (b"pdfuaid" in letter) == sealed
