"""Numbers of reports that people can read to each other on the phone: TK-7K3M-9QF."""

import re
import secrets

# Without letters and digits that look or sound like others: 0 O Q, 1 I L, 2 Z, 5 S, 8 B, D, U V W.
LETTERS = "34679ACEFGHJKMNPRTXY"
GROUPS = (4, 3)
_NUMBER = re.compile(rf"TK([{LETTERS}]{{{GROUPS[0]}}})([{LETTERS}]{{{GROUPS[1]}}})")


def new_number() -> str:
    """A number by lot, of 1.28 thousand million; the database refuses one that exists already."""
    return "TK-" + "-".join("".join(secrets.choice(LETTERS) for _ in range(length)) for length in GROUPS)


def read_number(text: str) -> str:
    """The number as it is stored, however somebody typed it ("tk 7k3m 9qf"); empty when it is none."""
    found = _NUMBER.fullmatch("".join(letter for letter in text.upper() if letter.isalnum()))
    return f"TK-{found[1]}-{found[2]}" if found else ""
