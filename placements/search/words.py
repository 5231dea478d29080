"""What somebody types about the work, as qualifications and as words in the texts of places.

Dutch stems by PostgreSQL, typing errors by trigrams, and a short list of synonyms of our own (reference.words).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection

from placements.search import names
from reference.folding import fold
from reference.words import SHORTEST_GUESS, asked_words, synonyms

MOST_GUESSES = 12

# Likeness is asked only for what no qualification has word for word; 0.6 is pg_trgm's own threshold for `<%`.
_FIND = """
    WITH exact AS MATERIALIZED (
        SELECT crebo FROM reference_qualification WHERE current AND to_tsvector('dutch', search_text) @@ to_tsquery('dutch', %(words)s)
    ), guess AS (
        SELECT crebo, word_similarity(%(text)s, search_text) AS alike FROM reference_qualification
         WHERE current AND %(text)s <%% search_text AND NOT EXISTS (SELECT FROM exact)
         ORDER BY alike DESC, crebo LIMIT %(most)s
    )
    SELECT crebo, NULL AS alike, NULL AS stems FROM exact UNION ALL SELECT crebo, alike, NULL FROM guess
    UNION ALL SELECT NULL, NULL, to_tsquery('dutch', %(words)s)::text
"""
# The side of the squares with which stems are marked in the rows (placements/migrations/search.sql), metres.
SQUARE = 20_000
# From there on the planner gives the index up and reads every row: 20 seconds instead of a tenth.
MOST_TERMS = 300
_STEM = re.compile(r"'([^']*)'")


@dataclass(frozen=True)
class Words:
    """What was typed: its stems as a tsquery for texts of places, and the qualifications it means, perhaps only by likeness."""

    stems: str
    crebos: tuple[int, ...]
    guessed: bool = False


def tsquery(text: str) -> str:
    """All words of a text with their synonyms, as to_tsquery reads it: `((kok) | (keuken)) & ((brood))`; only letters and digits of theirs."""
    parts = []
    for word in asked_words(text):
        same = synonyms().get(word, ())
        phrases = [" & ".join(one.split()) for one in (word, *same)]
        parts.append(f"({' | '.join(f'({phrase})' for phrase in phrases)})")
    return " & ".join(parts)


def understand(text: str) -> Words:
    """What a text means: qualifications by stem and synonym, else by likeness; five digits are a crebo.

    One query; another one where two letters that changed places made a word of ours unknown.
    """
    found = _understand(text)
    mended = "" if found.crebos else _unswapped(text)
    if not mended:
        return found
    return Words(found.stems, _understand(mended).crebos, guessed=True)


def _unswapped(text: str) -> str:
    """The text with two neighbouring letters changed back wherever that makes a word of ours of one that is none; empty if nowhere."""
    known, asked, changed = names.words(), asked_words(text), False
    for at, word in enumerate(asked):
        if len(word) >= SHORTEST_GUESS and word not in known:
            swaps = (word[:n] + word[n + 1] + word[n] + word[n + 2 :] for n in range(len(word) - 1))
            asked[at] = next((swap for swap in swaps if swap in known), word)
            changed |= asked[at] != word
    return " ".join(asked) if changed else ""


def _understand(text: str) -> Words:
    words = tsquery(text)
    if not words:
        return Words("", ())
    asked = " ".join(word for word in asked_words(text) if len(word) >= SHORTEST_GUESS)
    with connection.cursor() as cursor:
        cursor.execute(_FIND, {"words": words, "text": asked, "most": MOST_GUESSES})
        *found, (_crebo, _alike, stems) = sorted(cursor.fetchall(), key=lambda row: row[2] is not None)
    if re.fullmatch(r"\d{5}", fold(text)):
        return Words(stems, (int(fold(text)),))
    best = max((alike for _crebo, alike, _stems in found if alike is not None), default=0)
    guessed = best > 0
    return Words(stems, tuple(sorted(crebo for crebo, alike, _stems in found if not guessed or alike >= best - 0.1)), guessed)


def around(stems: str, origin: tuple[int, int], radius: int) -> str:
    """A query of stems, for the squares that a circle touches: `'kok'` becomes `('kok@2109' | 'kok@2110')`.

    Where that would be too many words, the stems as they are: whoever asks leaves out what lies outside the circle all the same.
    """
    x, y = origin
    columns = range(max(0, (x - radius) // SQUARE), (x + radius) // SQUARE + 1)
    rows = range(max(0, (y - radius) // SQUARE), (y + radius) // SQUARE + 1)
    squares = [100 * row + column for row in rows for column in columns]
    if len(squares) * len(_STEM.findall(stems)) > MOST_TERMS:
        return stems
    return _STEM.sub(lambda stem: "(" + " | ".join(f"'{stem[1]}@{square}'" for square in squares) + ")", stems)
