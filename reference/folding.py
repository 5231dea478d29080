"""Text as it is searched: without capitals, accents and punctuation."""

import re
import unicodedata


def fold(text: str) -> str:
    """`verzorgende ig` from "Verzorgende-IG"; letters a-z, digits and single spaces remain."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", " ", plain).strip()
